/**
 * The one large photo: fitted into its frame, or point for point with the frame as a window on it.
 */

import { part } from "./views.js";

export class Frame {
  #box;
  #image;
  #button;
  #unshown;

  /** @param {Element} view */
  constructor(view) {
    this.#box = part(view, "frame");
    this.#image = /** @type {HTMLImageElement} */ (part(view, "photo"));
    this.#button = part(view, "size");
    this.#unshown = part(view, "unshown");
    this.#image.addEventListener("error", () => this.#shown(false));
    this.#image.addEventListener("load", () => this.#shown(true));
  }

  /** Whether a reader can see it: a phone shows either this or the small pictures. */
  get visible() {
    return this.#box.offsetParent !== null;
  }

  get isActual() {
    return this.#box.dataset.size === "actual";
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /** @param {{name: string, url: string}} photo @param {string} label */
  show({ name, url }, label) {
    this.fit();
    this.#image.src = url;
    this.#image.alt = label;
    this.#image.dataset.photo = name;
  }

  toggle() {
    if (this.isActual) this.fit();
    else this.#actual();
  }

  fit() {
    this.#box.dataset.size = "fit";
    this.#button.textContent = "Actual size";
    this.#image.removeAttribute("width");
  }

  /** One point of the photo on each point of the screen, starting in the middle. */
  #actual() {
    this.#box.dataset.size = "actual";
    this.#button.textContent = "Fit";
    this.#image.width = Math.round(this.#image.naturalWidth / devicePixelRatio);
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.#box;
    this.#box.scrollTo((scrollWidth - clientWidth) / 2, (scrollHeight - clientHeight) / 2);
  }

  /** @param {boolean} shown */
  #shown(shown) {
    this.#image.hidden = !shown;
    this.#unshown.hidden = shown;
  }
}
