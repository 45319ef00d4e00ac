/**
 * What stands beside the photos to be read: until when they open, how to reach the sender, the PDF, and the proof of
 * this opening.
 */

import { save } from "./save.js";
import { Saving } from "./saving.js";
import { _, ngettext, when } from "./text.js";
import { all, copy, fill, part } from "./views.js";

/**
 * @typedef {object} Told - of a report, by the engine
 * @property {{not_after: string, most_each: string, most: string}} rules - as the log says them; empty: none
 * @property {{number: number, recorded: string}} entry - of the log
 * @property {{entry: string, receipt: string}} proof - of that entry
 * @property {boolean} pdf - whether there is one
 * @property {boolean} download - whether the sender lets it be saved
 */

export class Read {
  #node;
  #saving;
  /** Of what was saved last. */
  #forget = () => {};

  /**
   * @param {HTMLElement} view
   * @param {Told} told
   * @param {{contact: string | null, key_server: string}} from
   * @param {(what: string) => Promise<import("./saving.js").Saved>} take - gets a file to save
   */
  constructor(view, told, { contact, key_server }, take) {
    this.#node = copy("more", texts(told, key_server, contact), {
      prove: () => this.#prove(),
      saveProof: () => {
        this.#forget();
        // One line of an excerpt (LOG.md section 10): `safelight log verify` proves it, anywhere.
        const { entry, receipt } = told.proof;
        this.#forget = save(`opening-${told.entry.number}.ndjson`, `${JSON.stringify({ entry, receipt })}\n`);
      },
    });
    if (contact) this.#reach(contact);
    if (!told.pdf) part(this.#node, "pdf").remove();
    else if (told.download) this.#saving = new Saving(part(this.#node, "pdf"), () => take("pdf"));
    const details = part(view, "details");
    details.insertBefore(this.#node, all(details, '[data-act="signOut"]')[0]);
  }

  /** All has arrived: the PDF too. */
  complete() {
    this.#saving?.ready();
  }

  close() {
    this.#forget();
    this.#saving?.close();
  }

  /** @param {string} contact - in its one form: what stands in an address as it is */
  #reach(contact) {
    const isMail = contact.includes("@");
    const ways = { call: `tel:${contact}`, text: `sms:${contact}`, mail: `mailto:${encodeURIComponent(contact)}` };
    for (const [name, address] of Object.entries(ways)) {
      const link = /** @type {HTMLAnchorElement} */ (part(this.#node, name));
      link.href = address;
      link.hidden = isMail !== (name === "mail");
    }
    part(this.#node, "reach").hidden = false;
  }

  #prove() {
    const panel = part(this.#node, "proof");
    panel.hidden = !panel.hidden;
    part(this.#node, "prove").ariaExpanded = String(!panel.hidden);
  }
}

/** @param {Told} told @param {string} keyServer @param {string | null} contact @returns {import("./views.js").Fills} */
const texts = (told, keyServer, contact) => ({
  contact,
  until: until(told),
  pdf: told.download
    ? _("A PDF with these photos came with them.")
    : _("A PDF with these photos came with them. It can only be saved, and the sender lets you look, not save."),
  recorded: _("It was recorded {when}, as entry {number} of the log of {server}. The sender can see it.", {
    when: when(told.entry.recorded),
    number: String(told.entry.number),
    server: new URL(keyServer).host,
  }),
  proved: _(
    "This device has checked it: the log holds this entry, and all that it held when you last looked. Anybody can check it again from the file that you save.",
  ),
  receipt: told.proof.receipt,
});

/** @param {Told} told @returns {string} until when, and how often they open, in plain words */
export function until({ rules: { not_after, most_each, most } }) {
  if (!not_after) return _("The sender has let you open them this once.");
  const each = most_each ? _(", {times} for each person", { times: times(Number(most_each)) }) : "";
  const all = most ? _(", {times} in all", { times: times(Number(most)) }) : "";
  return _("They open until {time}{each}{all}.", { time: when(not_after, true), each, all });
}

/** @param {number} count */
const times = (count) => (count === 2 ? _("twice") : ngettext("once", "{count} times", count));
