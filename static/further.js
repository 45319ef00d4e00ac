/**
 * Brings the photos of a further report of the same patient in, by its own link: to compare today with last month.
 * It is opened as any other: released, logged and shown to its sender.
 */

import { NO_LINK, readLink } from "./pasted.js";
import { explain, Problem } from "./problems.js";
import { _ } from "./text.js";
import { announce, fill, part } from "./views.js";

/** @typedef {(link: {report: string, fragment: string}, hear: (told: any) => void) => Promise<void>} Open */

export class Further {
  #form;
  #input;
  #viewer;
  #patient;
  #open;
  /** @type {Set<string>} those that were let in */
  #reports = new Set();

  /**
   * @param {HTMLElement} view
   * @param {import("./photos.js").Viewer} viewer
   * @param {string} patient - whose photos these are
   * @param {Open} open
   */
  constructor(view, viewer, patient, open) {
    const section = part(view, "further");
    section.hidden = false;
    this.#form = /** @type {HTMLFormElement} */ (section.querySelector("form"));
    this.#input = /** @type {HTMLInputElement} */ (part(view, "further-link"));
    this.#viewer = viewer;
    this.#patient = patient;
    this.#open = open;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add();
    });
  }

  async #add() {
    if (this.#form.ariaBusy === "true") return;
    this.#tell("");
    const link = readLink(this.#input.value);
    if (!link) return this.#refuse(NO_LINK);
    if (this.#reports.has(link.report)) return this.#refuse(_("These photos are here already."));
    this.#form.ariaBusy = "true";
    try {
      await this.#open(link, (told) => this.#hear(link.report, told));
      if (!this.#reports.has(link.report)) throw new Problem("BadReport", _("Those photos are of another patient."));
      this.#input.value = "";
      this.#tell(_("The photos are here, in order of their dates."));
    } catch (error) {
      this.#refuse(explain(error).text);
    }
    this.#form.ariaBusy = "false";
  }

  /** @param {string} id @param {any} told */
  #hear(id, told) {
    if (told.stage === "report" && told.details.patient.trim() === this.#patient.trim()) {
      this.#reports.add(id);
      this.#viewer.add(told, id);
    } else if (told.stage === "photo" && this.#reports.has(id)) this.#viewer.arrive(told, id);
  }

  /** @param {string} text */
  #refuse(text) {
    this.#tell(text);
    this.#input.setAttribute("aria-invalid", "true");
    this.#input.focus();
  }

  /** @param {string} text */
  #tell(text) {
    this.#input.removeAttribute("aria-invalid");
    fill(this.#form, { "further-news": text });
    announce(text);
  }
}
