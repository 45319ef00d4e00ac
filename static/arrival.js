/**
 * The line that says how far the fetching of the photos has come; it stands in the viewer's head,
 * and again at a photo that is not there yet.
 */

import { announce, fill } from "./views.js";
import { _, step } from "./text.js";

export class Arrival {
  #view;

  /** @param {HTMLElement} view */
  constructor(view) {
    this.#view = view;
  }

  /** @param {import("./engine.js").Progress} now */
  progress(now) {
    this.#tell("fetching", step(now));
  }

  /** All photos are here, and the whole file is the one that was sent. */
  complete() {
    this.#end("complete", _("Everything has arrived and been checked."));
  }

  /** What has arrived stays; the rest may be asked for again. */
  interrupt() {
    this.#end("interrupted", _("The rest could not be fetched."));
  }

  /** @param {string} state @param {string} text */
  #end(state, text) {
    this.#tell(state, text);
    announce(text);
  }

  /** @param {string} state @param {string} text */
  #tell(state, text) {
    this.#view.dataset.arrival = state;
    fill(this.#view, { arrival: text });
  }
}
