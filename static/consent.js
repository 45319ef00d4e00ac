/**
 * Who agrees to the photos, and how.
 */

import { Signature } from "./signature.js";
import { _ } from "./text.js";
import { fill, part } from "./views.js";

/** @typedef {{by: string, how: string, signature: string}} Said */

export class Consent {
  #view;
  #by;
  #way;
  #signature;

  /** @param {HTMLElement} view */
  constructor(view) {
    this.#view = view;
    this.#by = /** @type {HTMLSelectElement} */ (part(view, "by"));
    this.#way = /** @type {HTMLSelectElement} */ (part(view, "way"));
    this.#signature = new Signature(/** @type {HTMLCanvasElement} */ (part(view, "signature")));
    for (const select of [this.#by, this.#way]) select.addEventListener("change", () => this.#update());
  }

  /** @returns {Said | null} null where nothing is said */
  get said() {
    if (!this.#by.value) return null;
    const signature = this.#way.value === "signed" ? this.#signature.value : "";
    return { by: this.#by.value, how: this.#way.value, signature };
  }

  clear() {
    this.#signature.clear();
  }

  /** @returns {boolean} whether it can be told so; says what is wanting */
  check() {
    const isUnsigned = this.said?.how === "signed" && !this.said.signature;
    fill(this.#view, { "consent-error": isUnsigned ? _("The signature is missing. Sign, or choose another way.") : "" });
    if (isUnsigned) this.#way.focus();
    return !isUnsigned;
  }

  #update() {
    part(this.#view, "how").hidden = !this.#by.value;
    part(this.#view, "signing").hidden = this.#way.value !== "signed";
    fill(this.#view, { "consent-error": "" });
  }
}
