/**
 * The viewer: small pictures of all photos, one photo large, and the details.
 * It opens with the small pictures; the photos arrive one by one.
 */

import { Album } from "./album.js";
import { Arrival } from "./arrival.js";
import { Frame } from "./frame.js";
import { Saving } from "./saving.js";
import { _, when } from "./text.js";
import { all, part, show, turnOff } from "./views.js";

/** As in style.css: wide enough for the small pictures beside the large one. */
const WIDE = matchMedia("(min-width: 60rem)");

/** @typedef {import("./engine.js").Report} Report */

export class Viewer {
  #album;
  #at = 0;
  #view;
  #frame;
  #listening = new AbortController();

  /**
   * @param {Report} report
   * @param {{close: () => void, signOut: () => void, again: () => void}} acts
   * @param {() => Promise<import("./saving.js").Saved>} take - gets the file to save
   */
  constructor(report, acts, take) {
    this.#album = new Album(report.photos);
    this.#view = show("photos", texts(report), {
      ...acts,
      all: () => this.#back(),
      previous: () => this.#pick(this.#at - 1),
      next: () => this.#pick(this.#at + 1),
      size: () => this.#frame.toggle(),
      again: () => {
        // The button goes away, and must not take the focus with it.
        all(this.#view, "[data-focus]")[0].focus({ preventScroll: true });
        acts.again();
      },
    });
    this.arrival = new Arrival(this.#view);
    if (report.download) this.saving = new Saving(this.#view, take);
    this.#frame = new Frame(this.#view);
    this.#layOut();
    const signal = this.#listening.signal;
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    addEventListener("popstate", () => this.#grid(), { signal });
  }

  /** @param {import("./engine.js").Arrived} photo */
  arrive(photo) {
    const index = this.#album.add(photo);
    if (index < 0) return;
    const small = this.#buttons()[index].querySelector("img");
    if (small && !small.src) small.src = this.#album.prints[index].small;
    if (index === this.#at) this.#pick(index);
  }

  /** All photos are here, and the whole file is the one that was sent. */
  complete() {
    this.arrival.complete();
    this.saving?.ready();
  }

  /** Takes the photos off the screen and out of the page's memory. */
  close() {
    this.#listening.abort();
    for (const image of this.#view.querySelectorAll("img")) image.removeAttribute("src");
    this.#album.close();
    this.saving?.close();
    this.#view.remove();
  }

  #layOut() {
    const single = this.#album.prints.length === 1;
    this.#view.dataset.count = single ? "one" : "many";
    this.#view.dataset.show = single ? "photo" : "grid";
    part(this.#view, "details").toggleAttribute("open", WIDE.matches);
    part(this.#view, "thumbs").append(...this.#album.prints.map((print, index) => this.#thumb(index)));
    this.#pick(0);
  }

  /** @param {number} index */
  #thumb(index) {
    const item = /** @type {HTMLTemplateElement} */ (document.getElementById("thumb")).content;
    const node = document.importNode(item, true);
    const image = /** @type {HTMLImageElement} */ (node.querySelector("img"));
    const { small } = this.#album.prints[index];
    if (small) image.src = small;
    image.alt = this.#label(index);
    node.querySelector("button")?.addEventListener("click", () => this.#open(index));
    return node;
  }

  #label = (/** @type {number} */ index) => _("Photo {number} of {count}", this.#place(index));

  #place = (/** @type {number} */ index) => ({ number: index + 1, count: this.#album.prints.length });

  #buttons = () => [...all(part(this.#view, "thumbs"), "button")];

  /** @param {number} index - of the photo to show large; out of range does nothing */
  #pick(index) {
    if (!this.#album.prints[index]) return;
    this.#at = index;
    this.#frame.show(this.#album.prints[index], this.#label(index));
    part(this.#view, "count").textContent = _("{number} of {count}", this.#place(index));
    turnOff(part(this.#view, "previous"), index === 0);
    turnOff(part(this.#view, "next"), index === this.#album.prints.length - 1);
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
    const [previous, next] = document.dir === "rtl" ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
    if (event.key === previous) this.#pick(this.#at - 1);
    if (event.key === next) this.#pick(this.#at + 1);
  }
}

/** @param {Report} report @returns {Record<string, string>} */
const texts = ({ details, entry }) => ({
  heading: details.patient ? _("Patient {patient}", { patient: details.patient }) : _("Photos"),
  ...details,
  created: when(details.created),
  opening: _("This opening was recorded {when}, as entry {number} of the log.", {
    when: when(entry.recorded),
    number: String(entry.number),
  }),
});
