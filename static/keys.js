/**
 * Keys for everything that can be done with a photo, and the list of them.
 */

import { part } from "./views.js";

/** @type {Record<string, string>} key to tool */
export const KEYS = {
  "+": "in",
  "=": "in",
  "-": "out",
  0: "fit",
  1: "actual",
  r: "right",
  R: "left",
  m: "mirror",
  ArrowLeft: "move-left",
  ArrowRight: "move-right",
  ArrowUp: "move-up",
  ArrowDown: "move-down",
  l: "light",
  i: "invert",
  n: "reset",
  c: "compare",
  o: "other",
  k: "link",
  f: "full",
  "?": "keys",
};

export class Help {
  #dialog;
  #title;
  #isOn;

  /** @param {HTMLElement} view */
  constructor(view) {
    this.#dialog = /** @type {HTMLDialogElement} */ (part(view, "help"));
    this.#title = part(view, "help-title");
    this.#isOn = /** @type {HTMLInputElement} */ (part(view, "keys-on"));
    part(view, "help-close").addEventListener("click", () => this.#dialog.close());
  }

  /** Single keys can be switched off: speech input and tremor press them unmeant (WCAG 2.1.4). */
  get isOn() {
    return this.#isOn.checked;
  }

  open() {
    this.#dialog.showModal();
    this.#title.focus();
  }
}
