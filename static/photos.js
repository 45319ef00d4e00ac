/**
 * The viewer: small pictures of all photos, one photo large, and the details.
 * It holds the only references to the photos; close() lets go of all of them.
 */

import { Frame } from "./frame.js";
import { all, part, show } from "./views.js";
import { when } from "./words.js";

/** The types that a browser may draw; never SVG, which can hold script. */
const TYPES = ["image/jpeg", "image/png", "image/webp", "image/avif", "image/heic"];
/** As in style.css: wide enough for the small pictures beside the large one. */
const WIDE = matchMedia("(min-width: 60rem)");

/** @typedef {import("./engine.js").Opened} Opened */

export class Viewer {
  /** @type {{name: string, url: string, small: string}[]} */
  #photos;
  #at = 0;
  #view;
  #frame;
  #listening = new AbortController();

  /**
   * @param {Opened} opened
   * @param {{close: () => void, signOut: () => void}} acts
   */
  constructor(opened, acts) {
    this.#photos = opened.photos.map(({ name, type, data, thumb }) => {
      const url = address(data, type);
      return { name, url, small: thumb ? address(thumb, "image/jpeg") : url };
    });
    this.#view = show("photos", texts(opened), {
      ...acts,
      all: () => this.#back(),
      previous: () => this.#pick(this.#at - 1),
      next: () => this.#pick(this.#at + 1),
      size: () => this.#frame.toggle(),
    });
    this.#frame = new Frame(this.#view);
    this.#layOut();
    const signal = this.#listening.signal;
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    addEventListener("popstate", () => this.#grid(), { signal });
  }

  /** Takes the photos off the screen and out of the page's memory. */
  close() {
    this.#listening.abort();
    for (const image of this.#view.querySelectorAll("img")) image.removeAttribute("src");
    for (const { url, small } of this.#photos) [url, small].forEach(URL.revokeObjectURL);
    this.#photos = [];
    this.#view.remove();
  }

  #layOut() {
    const single = this.#photos.length === 1;
    this.#view.dataset.count = single ? "one" : "many";
    this.#view.dataset.show = single ? "photo" : "grid";
    part(this.#view, "details").toggleAttribute("open", WIDE.matches);
    part(this.#view, "thumbs").append(...this.#photos.map((_, index) => this.#thumb(index)));
    this.#pick(0);
  }

  /** @param {number} index */
  #thumb(index) {
    const item = /** @type {HTMLTemplateElement} */ (document.getElementById("thumb")).content;
    const node = document.importNode(item, true);
    const image = /** @type {HTMLImageElement} */ (node.querySelector("img"));
    image.src = this.#photos[index].small;
    image.alt = this.#label(index);
    node.querySelector("button")?.addEventListener("click", () => this.#open(index));
    return node;
  }

  #label = (/** @type {number} */ index) => `Photo ${index + 1} of ${this.#photos.length}`;

  #buttons = () => [...all(part(this.#view, "thumbs"), "button")];

  /** @param {number} index - of the photo to show large; out of range does nothing */
  #pick(index) {
    if (!this.#photos[index]) return;
    this.#at = index;
    this.#frame.show(this.#photos[index], this.#label(index));
    part(this.#view, "count").textContent = `${index + 1} of ${this.#photos.length}`;
    turnOff(part(this.#view, "previous"), index === 0);
    turnOff(part(this.#view, "next"), index === this.#photos.length - 1);
    for (const [at, button] of this.#buttons().entries()) {
      button.setAttribute("aria-current", String(at === index));
      if (at === index && WIDE.matches) button.scrollIntoView({ block: "nearest" });
    }
  }

  /** @param {number} index */
  #open(index) {
    this.#pick(index);
    if (WIDE.matches) return;
    // So that a phone's own Back button leads to the small pictures, not out of the page.
    history.pushState("photo", "");
    this.#view.dataset.show = "photo";
    scrollTo(0, 0);
    this.#frame.focus();
  }

  #back() {
    if (this.#frame.isActual) this.#frame.fit();
    else if (history.state === "photo") history.back();
  }

  #grid() {
    this.#frame.fit();
    this.#view.dataset.show = "grid";
    this.#buttons()[this.#at]?.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Escape") return this.#back();
    // At actual size the arrow keys move the photo in its frame.
    if (this.#frame.isActual || !this.#frame.visible) return;
    if (event.key === "ArrowLeft") this.#pick(this.#at - 1);
    if (event.key === "ArrowRight") this.#pick(this.#at + 1);
  }
}

/** Unlike "disabled", this keeps the focus. @param {Element} button @param {boolean} off */
const turnOff = (button, off) => button.setAttribute("aria-disabled", String(off));

/** @param {ArrayBuffer} data @param {string} type @returns {string} a blob: URL */
function address(data, type) {
  const safe = TYPES.includes(type) ? type : "application/octet-stream";
  return URL.createObjectURL(new Blob([data], { type: safe }));
}

/** @param {Opened} opened @returns {Record<string, string>} */
const texts = ({ details, entry }) => ({
  heading: details.patient ? `Patient ${details.patient}` : "Photos",
  ...details,
  created: when(details.created),
  opening: `Opening no. ${entry.number} was recorded ${when(entry.recorded)}.`,
});
