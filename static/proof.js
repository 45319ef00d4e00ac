/**
 * The proof of one entry, shown below it: the engine checks it on this device, and it can be saved for others to check.
 */

import { remember, remembered } from "./logs.js";
import { explain, is } from "./problems.js";
import { save } from "./save.js";
import { _ } from "./text.js";
import { announce, fill, part } from "./views.js";

const NOTE = _(
  "Proved is who did what and when. Address and browser are kept beside the log, so that they can be erased.",
);

/** @typedef {{entry: string, receipt: string, checkpoint: string}} Proved */
/** @typedef {(door: string, args: object) => Promise<any>} Ask */

export class Proof {
  #node;
  #ask;
  /** @type {Proved | undefined} */
  #proved;

  /**
   * @param {HTMLElement} node - of the entry
   * @param {Ask} ask - the engine, about this report
   * @param {{number: number, said: object}} entry
   * @param {{keyServer: string, logKey: string}} log
   */
  constructor(node, ask, entry, log) {
    this.#node = node;
    this.#ask = ask;
    this.entry = entry;
    this.log = log;
  }

  /** Shows the proof, or hides it again. */
  async toggle() {
    const panel = part(this.#node, "proved");
    panel.hidden = !panel.hidden;
    part(this.#node, "prove").ariaExpanded = String(!panel.hidden);
    if (!panel.hidden) await this.#check();
  }

  saveProof = () => save(`entry-${this.entry.number}.tlog-proof`, this.#proved?.receipt ?? "");

  saveEntry = () => save(`entry-${this.entry.number}.json`, this.#proved?.entry ?? "");

  async #check() {
    this.#tell("checking", _("Checking …"));
    const { keyServer, logKey } = this.log;
    const args = { said: this.entry.said, log_key: logKey, remembered: remembered(keyServer) };
    try {
      const proved = await this.#ask("prove", args);
      this.#proved = proved;
      remember(keyServer, proved.checkpoint);
      const words = _("This entry is in the key server’s log, as entry {number}. Checked on this device just now.", {
        number: String(this.entry.number),
      });
      this.#tell("proved", words, NOTE);
    } catch (error) {
      this.#proved = undefined;
      const { text } = explain(error);
      if (is(error, "cancelled")) return;
      const refused = is(error, "BadProof");
      this.#tell(refused ? "refused" : "unknown", refused ? _("The proof does not hold. {text}", { text }) : text);
    }
  }

  /** @param {string} verdict @param {string} words @param {string} [note] */
  #tell(verdict, words, note = "") {
    const panel = part(this.#node, "proved");
    panel.dataset.verdict = verdict;
    fill(panel, { verdict: words, note });
    part(panel, "files").hidden = !this.#proved;
    announce(words);
  }
}
