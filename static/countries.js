/**
 * The countries in which photos open, as their sender chooses them: one after the other, out of all there are.
 */

import { countryName as name, offerCountries } from "./countrynames.js";
import { keep } from "./keyed.js";
import { _ } from "./text.js";
import { announce, copy, fill, part } from "./views.js";

export class Countries {
  #frame;
  #select;
  /** @type {string[]} */
  #codes = [];

  /** @param {HTMLElement} frame */
  constructor(frame) {
    this.#frame = frame;
    this.#select = /** @type {HTMLSelectElement} */ (part(frame, "country"));
    offerCountries(this.#select, "");
    part(frame, "addCountry").addEventListener("click", () => this.#add());
  }

  /** @param {string[]} codes */
  show(codes) {
    this.#codes = codes;
    this.#select.value = "";
    this.#list();
  }

  /** @returns {string[]} those that are chosen, and one that was about to be */
  get codes() {
    const about = this.#select.value;
    return about && !this.#codes.includes(about) ? [...this.#codes, about] : this.#codes;
  }

  #add() {
    const added = this.#select.value;
    this.show(this.codes);
    if (added) announce(_("{country} has been added.", { country: name(added) }));
    this.#select.focus();
  }

  #list() {
    keep(part(this.#frame, "countries"), this.#codes, (code) => code, (code) => this.#line(code), (node, code) =>
      fill(node, { country: name(code) }));
  }

  /** @param {string} code */
  #line(code) {
    return copy("country-line", {}, {
      remove: () => {
        this.#codes = this.#codes.filter((one) => one !== code);
        this.#list();
        announce(_("{country} has been removed.", { country: name(code) }));
        this.#select.focus();
      },
    });
  }
}
