/**
 * How a sender takes photos back: nobody opens them from now on, or they are deleted everywhere. Both stay so; each
 * is asked about before.
 */

import { _ } from "./text.js";
import { announce, fill, part } from "./views.js";

/** @typedef {"withdraw" | "delete"} Door */

/** @type {Record<Door, {title: string, words: string, more: string, yes: string, done: string}>} */
const QUESTIONS = {
  withdraw: {
    title: _("Withdraw these photos?"),
    words: _("From now on nobody can open them, and that stays so. To show them again, you have to send them again."),
    more: _("What was opened before may have been seen, photographed or noted down. That cannot be taken back."),
    yes: _("Withdraw them"),
    done: _("The photos are withdrawn."),
  },
  delete: {
    title: _("Delete these photos everywhere?"),
    words: _(
      "The key, the sealed file and whom they were for are deleted on the servers. Nobody can ever open these photos " +
        "again, you neither. If a record needs them, save them there first.",
    ),
    more: _(
      "The log goes on saying what happened. What was opened before may have been seen, photographed or noted down: " +
        "that cannot be taken back.",
    ),
    yes: _("Delete them everywhere"),
    done: _("The photos are deleted everywhere."),
  },
};

export class TakeBack {
  #view;
  #act;
  #dialog;
  /** @type {Door} */
  #door = "withdraw";

  /**
   * @param {HTMLElement} view
   * @param {(door: Door) => Promise<string>} act - resolves to what went wrong, or to nothing
   */
  constructor(view, act) {
    this.#view = view;
    this.#act = act;
    this.#dialog = /** @type {HTMLDialogElement} */ (part(view, "dialog"));
  }

  /** @param {string} kind - how the report stands */
  show(kind) {
    const isOpen = !["withdrawn", "unfinished", "deleted"].includes(kind);
    part(this.#view, "withdraw").hidden = !isOpen;
    part(this.#view, "takeback").hidden = kind === "deleted";
    part(this.#view, "gone").hidden = kind !== "deleted";
  }

  /** @param {Door} door */
  ask(door) {
    this.#door = door;
    fill(this.#dialog, { error: "", ...QUESTIONS[door] });
    this.#dialog.showModal();
    part(this.#dialog, "no").focus();
  }

  close() {
    this.#dialog.close();
  }

  async yes() {
    const error = await this.#act(this.#door);
    fill(this.#dialog, { error });
    if (error) return;
    this.close();
    /** @type {HTMLElement | null} */ (this.#view.querySelector("[data-focus]"))?.focus();
    announce(QUESTIONS[this.#door].done);
  }
}
