/**
 * The link of what was sent from this device, where it is kept here: to hand it on again, or to forget it.
 */

import { explain } from "./problems.js";
import * as shelf from "./shelf.js";
import { _ } from "./text.js";
import { announce, fill, part } from "./views.js";

/** @param {string} account @returns {Promise<Map<string, shelf.Kept>>} what is kept of what was sent, by report */
export async function keptHere(account) {
  try {
    const kept = await shelf.all(account);
    return new Map(kept.filter(({ use }) => use === "sent").map((one) => [one.report, one]));
  } catch {
    return new Map(); // this browser keeps nothing
  }
}

/** @param {shelf.Kept} [kept] @returns {string} of whom the photos are; empty where this device does not know */
export const patient = (kept) => (kept?.patient ? _("Patient {patient}", { patient: kept.patient }) : "");

export class SentLink {
  #view;
  #ask;
  #account;
  #report;
  #turn = 0;

  /**
   * @param {HTMLElement} view - with the part "again"
   * @param {import("./sentreport.js").Ask} ask
   * @param {import("./api.js").Account | null} account - the sender's
   * @param {string} report - its id
   */
  constructor(view, ask, account, report) {
    this.#view = view;
    this.#ask = ask;
    this.#account = account;
    this.#report = report;
  }

  /** Shows what this device keeps. @param {boolean} opens - whether the link is of any use */
  async show(opens) {
    part(this.#view, "again").hidden = !opens;
    const turn = ++this.#turn;
    const kept = await this.#kept();
    if (turn !== this.#turn) return; // what was read before something was forgotten, or is being read once more
    fill(this.#view, { patient: patient(kept) });
    part(this.#view, "here").hidden = !kept;
    part(this.#view, "notHere").hidden = Boolean(kept);
  }

  /** Opens the ways to hand the link on: for those who are named by now. */
  async offer() {
    const place = part(this.#view, "again");
    try {
      const kept = await this.#kept();
      if (!kept) return void (await this.show(true));
      const found = await this.#ask("links", { address: location.origin, fragment: kept.fragment });
      const { ways } = await import("./ways.js");
      const shares = found.links.length ? found.links : [{ contact: found.to[0] ?? "", link: found.link }];
      const nodes = shares.map((/** @type {import("./ways.js").Share} */ one) =>
        ways(one, this.#account?.name ?? "", shares.length > 1 ? one.contact : ""));
      part(this.#view, "ways").replaceChildren(...nodes);
      nodes[0].querySelector("button:not([hidden]), a")?.focus();
      part(this.#view, "offer").hidden = true;
      fill(place, { error: "" });
    } catch (error) {
      fill(place, { error: explain(error).text });
    }
  }

  /** The link stays good, wherever else it is. */
  async forget() {
    await shelf.drop(this.#account?.id ?? "", this.#report, "sent").catch(() => {}); // this browser keeps nothing
    this.#turn += 1;
    fill(this.#view, { patient: "" });
    part(this.#view, "ways").replaceChildren();
    part(this.#view, "offer").hidden = false;
  }

  /** Forgets at a press. @param {HTMLElement} focused - what has the focus from then on */
  async drop(focused) {
    await this.forget();
    await this.show(true);
    focused.focus();
    announce(_("The link is not kept on this device any more."));
  }

  #kept = async () => (await keptHere(this.#account?.id ?? "")).get(this.#report);
}
