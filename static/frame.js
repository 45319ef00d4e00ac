/**
 * The one large photo: fitted into its frame, or point for point with the frame as a window on it.
 * Until it has arrived its small picture stands in, marked as such: nobody must judge by that.
 */

import { _ } from "./text.js";
import { part, turnOff } from "./views.js";

export class Frame {
  #box;
  #image;
  #button;
  #preview;
  #unshown;

  /** @param {Element} view */
  constructor(view) {
    this.#box = part(view, "frame");
    this.#image = /** @type {HTMLImageElement} */ (part(view, "photo"));
    this.#button = part(view, "size");
    this.#preview = part(view, "preview");
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

  /** Whether the photo itself is shown, not its small picture. */
  get #isWhole() {
    return "photo" in this.#image.dataset;
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  /** @param {import("./album.js").Print} print @param {string} label */
  show({ name, url, small }, label) {
    this.fit();
    if (url) this.#image.dataset.photo = name;
    else delete this.#image.dataset.photo;
    this.#image.alt = url ? label : _("{photo}, preview only", { photo: label });
    if (url || small) this.#image.src = url || small;
    else this.#image.removeAttribute("src");
    this.#image.hidden = !(url || small);
    this.#preview.hidden = this.#isWhole;
    this.#unshown.hidden = true;
    turnOff(this.#button, !this.#isWhole);
  }

  toggle() {
    if (this.isActual) this.fit();
    else if (this.#isWhole) this.#actual();
  }

  fit() {
    this.#box.dataset.size = "fit";
    this.#button.textContent = _("Actual size");
    this.#image.removeAttribute("width");
  }

  /** One point of the photo on each point of the screen, starting in the middle. */
  #actual() {
    this.#box.dataset.size = "actual";
    this.#button.textContent = _("Fit");
    this.#image.width = Math.round(this.#image.naturalWidth / devicePixelRatio);
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = this.#box;
    this.#box.scrollTo((scrollWidth - clientWidth) / 2, (scrollHeight - clientHeight) / 2);
  }

  /** @param {boolean} shown */
  #shown(shown) {
    this.#image.hidden = !shown;
    this.#unshown.hidden = shown || !this.#isWhole;
  }
}
