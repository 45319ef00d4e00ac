/**
 * One large photo, or one of two side by side. The browser draws it at once; what zooms and turns it (look.js) comes
 * later, and lies over it. Until it has arrived its small picture stands in, marked as such: nobody must judge by that.
 */

import { _ } from "./text.js";
import { copy, fill, part } from "./views.js";

/** @typedef {import("./album.js").Print} Print */

/**
 * Milliseconds from the loading of a photo until it has surely been painted, which nothing may delay: browsers decode it
 * beside the page, and do not tell when they have. Who only leafs through photos waits for nothing else meanwhile.
 */
const PAINTED = 300;

export class Frame {
  /** @type {Print | undefined} */
  print;
  /** @type {import("./look.js").Look | undefined} */
  look;
  element = copy("frame");
  box = part(this.element, "frame");
  #image = /** @type {HTMLImageElement} */ (part(this.element, "photo"));
  #preview = part(this.element, "preview");
  #unshown = part(this.element, "unshown");
  #drawn;
  #later = 0;

  /** @param {{drawn: () => void, touched: () => void}} hear - that the photo itself is drawn; that a person turns to it */
  constructor({ drawn, touched }) {
    this.#drawn = drawn;
    this.#image.addEventListener("error", () => this.#shown(false));
    this.#image.addEventListener("load", () => this.#shown(true));
    for (const name of ["pointerdown", "focusin", "wheel"]) this.box.addEventListener(name, touched, { capture: true, passive: true });
  }

  /** Whether a reader can see it: a phone shows either this or the small pictures. */
  get visible() {
    return this.box.offsetParent !== null;
  }

  /** Whether the photo itself is shown, not its small picture. */
  get isWhole() {
    return Boolean(this.print?.url);
  }

  /** Whether all of it is seen, as it is when it is opened. */
  get isFitted() {
    return !this.look?.isReady || this.look.isFitted;
  }

  focus() {
    this.box.focus({ preventScroll: true });
  }

  /** @param {Print} print */
  show(print) {
    clearTimeout(this.#later);
    this.print = print;
    this.look?.hide();
    const { name, url, small } = print;
    if (url) this.#image.dataset.photo = name;
    else delete this.#image.dataset.photo;
    if (url || small) this.#image.src = url || small;
    else this.#image.removeAttribute("src");
    this.#image.hidden = !(url || small);
    this.#preview.hidden = this.isWhole;
    this.#unshown.hidden = true;
  }

  /** @param {string} label - of the photo @param {string} caption - what stands below it */
  tell(label, caption) {
    this.box.ariaLabel = this.isWhole ? label : _("{photo}, preview only", { photo: label });
    this.#image.alt = this.box.ariaLabel;
    fill(this.element, { caption });
  }

  /** Takes the photo off the screen, and what zooms it out of memory. */
  close() {
    this.look?.close();
    this.look = undefined;
    this.#image.removeAttribute("src");
    this.element.remove();
  }

  /** @param {boolean} shown */
  #shown(shown) {
    this.#image.hidden = !shown;
    this.#unshown.hidden = shown || !this.isWhole;
    clearTimeout(this.#later);
    if (shown && this.isWhole) this.#later = setTimeout(this.#drawn, PAINTED);
  }
}
