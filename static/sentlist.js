/**
 * The list of what somebody has sent: each line is there at once, and says how it stands once the engine knows.
 */

import { keep } from "./keyed.js";
import { recipients } from "./people.js";
import { patient } from "./sentlink.js";
import { _, ngettext, when } from "./text.js";
import { copy, fill, part, show } from "./views.js";

const SHOWN = 10; // reports, each of which is a question to a key server

/** @typedef {import("./api.js").Own} Own */

export class SentList {
  #view;
  #visit;
  #shown = SHOWN;

  /**
   * @param {string} who - is signed in
   * @param {{visit: (path: string) => void, more: () => void, signOut: () => void}} acts
   */
  constructor(who, { visit, more, signOut }) {
    this.#visit = visit;
    this.#view = show("list", { who }, { signOut, more: () => this.#more(more) });
  }

  /**
   * @param {Own[]} reports - newest first
   * @param {Map<string, import("./shelf.js").Kept>} kept - on this device, by report
   * @returns {Own[]} those that are shown
   */
  reports(reports, kept) {
    const shown = reports.slice(0, this.#shown);
    keep(part(this.#view, "reports"), shown, ({ id }) => id, (own) => this.#line(own), (node, own) =>
      fill(node, { to: recipients(own), sent: _("Sent {when}", { when: when(own.sent) }), patient: patient(kept.get(own.id)) }));
    part(this.#view, "more").hidden = reports.length <= shown.length;
    return shown;
  }

  /** @param {string} id @param {{state: {kind: string, words: string}, waiting: number}} found */
  standing(id, { state, waiting }) {
    const node = this.#view.querySelector(`[data-key="${id}"]`);
    if (!node) return;
    fill(node, { state: state.words, asks: asks(waiting) });
    part(node, "state").dataset.kind = state.kind;
  }

  /** @param {string} text - why what is shown may be old; empty: it is not */
  stale(text) {
    fill(this.#view, { stale: text });
  }

  /** @param {() => void} refresh */
  #more(refresh) {
    const last = part(this.#view, "reports").lastElementChild;
    /** @type {HTMLElement | null | undefined} */ (last?.querySelector("a"))?.focus();
    this.#shown += SHOWN;
    refresh();
  }

  /** @param {Own} own */
  #line({ id }) {
    const node = copy("report-line", { state: "…" });
    const link = /** @type {HTMLAnchorElement} */ (part(node, "link"));
    link.href = `/sent/${id}`;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.#visit(link.pathname);
    });
    return node;
  }
}

/** @param {number} waiting */
function asks(waiting) {
  if (!waiting) return "";
  return ngettext("Somebody waits for your answer", "{count} people wait for your answer", waiting);
}
