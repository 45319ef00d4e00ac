/**
 * The phone's side: it has scanned a computer's code, and sends it the link of one report, sealed to the computer's key.
 */

import * as api from "./api.js";
import { NO_LINK, readLink } from "./pasted.js";
import { explain, is, Problem } from "./problems.js";
import * as shelf from "./shelf.js";
import { _, when } from "./text.js";
import { copy, current, fill, part, show } from "./views.js";

export class Phone {
  #visitor;
  #scanned;
  #problem;

  /**
   * @param {import("./visitor.js").Visitor} visitor
   * @param {{handover: string, key: string}} scanned
   * @param {(error: unknown) => void} problem
   */
  constructor(visitor, scanned, problem) {
    this.#visitor = visitor;
    this.#scanned = scanned;
    this.#problem = problem;
  }

  /** Asks which photos are to go to which computer: both are told, and nothing goes by itself. */
  async show() {
    const before = current();
    const { handover, key } = this.#scanned;
    const account = this.#visitor.account?.id ?? "";
    const [{ computer }, { mark }, found] = await Promise.all([
      api.getHandover(handover),
      this.#visitor.ask("mark_handover", { name: handover, key }),
      shelf.all(account).catch(() => []), // a browser that keeps nothing
    ]);
    if (!before.isConnected) return;
    const going = found.filter(({ use }) => use === "computer").sort((a, b) => b.until - a.until);
    const others = found.filter(({ report }) => !going.some((one) => one.report === report));
    const ready = [...going, ...others];
    const form = /** @type {HTMLFormElement} */ (show("choose", { computer, mark, who: this.#visitor.name }));
    part(form, "photos").append(...ready.map(choice));
    part(form, "photos").hidden = !ready.length;
    part(form, "typed").hidden = ready.length > 0;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(form, ready);
    });
  }

  /** @param {HTMLFormElement} form @param {shelf.Kept[]} ready */
  async #send(form, ready) {
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    fill(form, { error: "" });
    try {
      const { handover: name, key } = this.#scanned;
      const { report, fragment } = ready.length ? chosen(form, ready) : typed(form);
      const { sealed } = await this.#visitor.ask("seal_handover", { name, key, report, fragment });
      await api.leaveAtHandover(name, sealed);
      await shelf.drop(this.#visitor.account?.id ?? "", report, "computer").catch(() => {});
      show("passed", { who: this.#visitor.name });
    } catch (error) {
      if (is(error, "handover_over", "sign_in")) return this.#problem(error);
      fill(form, { error: explain(error).text });
    } finally {
      form.ariaBusy = "false";
    }
  }
}

/** @param {shelf.Kept} kept @param {number} index */
function choice({ patient, sender, sent }, index) {
  const from = sender ? _("Photos from {sender}", { sender }) : _("Photos");
  const what = patient ? _("Patient {patient}", { patient }) : from;
  const node = copy("choice", { what, about: sent && _("Sent {when}", { when: when(sent) }) });
  const input = /** @type {HTMLInputElement} */ (node.querySelector("input"));
  input.value = String(index);
  input.checked = index === 0;
  return node;
}

/** @param {HTMLFormElement} form @param {shelf.Kept[]} ready */
const chosen = (form, ready) => ready[Number(new FormData(form).get("photos"))];

/** @param {HTMLFormElement} form @throws {Problem} */
function typed(form) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("#link"));
  const link = readLink(input.value);
  if (link) return link;
  input.setAttribute("aria-invalid", "true");
  input.focus();
  throw new Problem("LinkMistyped", NO_LINK);
}
