/**
 * What is said about the photos: of whom they are, what is asked, where on the body, consent, and who can open them.
 */

import { Consent } from "./consent.js";
import { RollView } from "./rollview.js";
import { Site } from "./site.js";
import { Terms } from "./terms.js";
import { _ } from "./text.js";
import { fill, show, showAgain } from "./views.js";

/**
 * @typedef {object} Acts
 * @property {(instead?: import("./roll.js").Shot) => void} camera
 * @property {() => void} choose
 * @property {() => void} send
 */

export class Details {
  #view;
  #roll;
  #shots;
  #site;
  #consent;
  terms;

  /** @param {import("./roll.js").Roll} roll @param {import("./roll.js").Ask} ask @param {Acts} acts */
  constructor(roll, ask, { camera, choose, send }) {
    this.#roll = roll;
    this.#view = show("details", {}, {
      camera: () => camera(),
      choose,
      close: () => this.#shots.close(),
      again: () => camera(this.#shots.take()),
      remove: () => this.#shots.remove(),
      clear: () => this.#consent.clear(),
    });
    this.#shots = new RollView(this.#view, roll, ask);
    this.#site = new Site(this.#view);
    this.#consent = new Consent(this.#view);
    this.terms = new Terms(this.#view);
    this.#view.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#check()) send();
    });
    this.#patient.addEventListener("input", () => this.#complain(""));
    this.#patient.focus({ preventScroll: true });
  }

  /** Shows it as it was left. @param {string} [error] @param {string} [changed] - what is to be looked at once more */
  show(error = "", changed = "") {
    if (!this.#view.isConnected) showAgain(this.#view, "details");
    fill(this.#view, { error, changed });
  }

  /** Who signed in, if anybody. @param {string} who @param {import("./terms.js").Defaults | undefined} defaults */
  from(who, defaults) {
    fill(this.#view, { who });
    this.terms.usual(defaults);
  }

  /** The roll has changed. */
  update() {
    this.#shots.update();
  }

  /** What the door `seal` takes. */
  get letter() {
    return {
      ...this.terms.said,
      patient: this.#patient.value.trim(),
      question: this.#field("question").value.trim(),
      notes: this.#field("notes").value.trim(),
      site: this.#site.value,
      consent: this.#consent.said,
      begin: 0,
      countries: [],
    };
  }

  /** @returns {boolean} whether it can be sent; says what is wanting */
  #check() {
    const isNamed = Boolean(this.#patient.value.trim());
    this.#complain(isNamed ? "" : _("Type the patient’s ID: without it nobody knows whose photos these are."));
    if (!isNamed) this.#patient.focus();
    return isNamed && this.#roll.shots.length > 0 && this.#consent.check();
  }

  /** @param {string} error */
  #complain(error) {
    fill(this.#view, { "patient-error": error });
    if (error) this.#patient.setAttribute("aria-invalid", "true");
    else this.#patient.removeAttribute("aria-invalid");
  }

  get #patient() {
    return this.#field("patient");
  }

  /** @param {string} id */
  #field = (id) => /** @type {HTMLInputElement} */ (this.#view.querySelector(`#${id}`));
}
