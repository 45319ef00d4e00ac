/**
 * The viewer: small pictures of all photos, one or two photos large, and the details.
 * It opens with the small pictures; the photos arrive one by one.
 */

import { Album } from "./album.js";
import { Arrival } from "./arrival.js";
import { consented, drawSignature } from "./consented.js";
import { Saving } from "./saving.js";
import { Stage } from "./stage.js";
import { _, when } from "./text.js";
import { Thumbs } from "./thumbs.js";
import { all, announce, part, show } from "./views.js";

/** As in style.css: wide enough for the small pictures beside the large one. */
const WIDE = matchMedia("(min-width: 60rem)");

/** @typedef {import("./engine.js").Report} Report */
/** @typedef {import("./album.js").Print} Print */

export class Viewer {
  #album = new Album();
  #view;
  #stage;
  #thumbs;
  #further;
  #listening = new AbortController();

  /**
   * @param {Report} report
   * @param {{close: () => void, signOut: () => void, again: () => void, further: import("./further.js").Open}} acts
   * @param {() => Promise<import("./saving.js").Saved>} take - gets the file to save
   */
  constructor(report, { further, ...acts }, take) {
    this.#further = () => this.#letFurther(report.details.patient, further);
    this.#view = show("photos", texts(report), {
      ...acts,
      all: () => history.back(),
      previous: () => this.#stage.pick(this.#stage.neighbour(-1)),
      next: () => this.#stage.pick(this.#stage.neighbour(1)),
      copy: (event) => copyId(/** @type {HTMLElement} */ (event.currentTarget), report.details.patient),
      again: () => {
        // The button goes away, and must not take the focus with it.
        all(this.#view, "[data-focus]")[0].focus({ preventScroll: true });
        acts.again();
      },
    });
    drawSignature(this.#view, report.details.consent);
    this.arrival = new Arrival(this.#view);
    if (report.download) this.saving = new Saving(this.#view, take);
    this.#thumbs = new Thumbs(part(this.#view, "thumbs"), (print) => this.#open(print));
    this.#stage = new Stage(this.#view, this.#album, (shown) => this.#thumbs.mark(shown, WIDE.matches));
    part(this.#view, "details").toggleAttribute("open", WIDE.matches);
    this.add(report);
    const signal = this.#listening.signal;
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    addEventListener("popstate", () => this.#grid(), { signal });
    WIDE.addEventListener("change", () => this.#stage.pick(this.#stage.frame.print), { signal });
  }

  /** @param {Report} report @param {string} [id] - of a further report of the same patient */
  add(report, id = "") {
    const before = this.#album.prints.length;
    const [first] = this.#album.add(report, id);
    this.#thumbs.show(this.#album, this.#stage.label);
    const isSingle = this.#album.prints.length === 1;
    this.#view.dataset.count = isSingle ? "one" : "many";
    if (before < 2) this.#view.dataset.show = isSingle ? "photo" : "grid";
    if (id) this.#stage.tell();
    else this.#stage.pick(first); // it arrives first, whatever its date
  }

  /** @param {import("./engine.js").Arrived} photo @param {string} [id] - of the further report that it is from */
  arrive(photo, id) {
    const print = this.#album.arrive(photo, id);
    if (!print) return;
    this.#thumbs.arrive(print);
    this.#stage.arrive(print);
  }

  /** All photos are here, and the whole file is the one that was sent. */
  complete() {
    this.arrival.complete();
    this.saving?.ready();
    this.#further();
  }

  /** Takes the photos off the screen and out of the page's memory. */
  close() {
    this.#listening.abort();
    this.#stage.close();
    for (const image of this.#view.querySelectorAll("img")) image.removeAttribute("src");
    this.#album.close();
    this.saving?.close();
    this.#view.remove();
  }

  /** @param {string} patient @param {import("./further.js").Open} open */
  async #letFurther(patient, open) {
    // Not before: until these photos are here, all that is fetched is for them. Without a line it is left out.
    const loaded = await import("./further.js").catch(() => null);
    if (loaded && this.#view.isConnected) new loaded.Further(this.#view, this, patient, open);
  }

  /** @param {Print} print */
  #open(print) {
    this.#stage.pick(print);
    if (WIDE.matches) return;
    // So that a phone's own Back button leads to the small pictures, not out of the page.
    history.pushState("photo", "");
    this.#view.dataset.show = "photo";
    scrollTo(0, 0);
    this.#stage.frame.focus();
  }

  /** One step back: to the page, to all of the photo, to one photo, to the small pictures. */
  #back() {
    if (this.#stage.tools?.back()) return;
    if (history.state === "photo") history.back();
  }

  #grid() {
    const { print } = this.#stage.frame;
    this.#view.dataset.show = "grid";
    if (print) this.#thumbs.focus(print);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Escape") return this.#back();
    if (!this.#stage.frame.visible || isTyping(event.target)) return;
    const [previous, next] = document.dir === "rtl" ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
    // The arrow keys move a photo that is larger than its frame.
    const steps = { PageUp: -1, PageDown: 1, ...(this.#stage.frame.isFitted && { [previous]: -1, [next]: 1 }) };
    const by = /** @type {Record<string, number>} */ (steps)[event.key];
    if (by) this.#stage.pick(this.#stage.neighbour(by));
    if (by || this.#stage.tools?.key(event.key)) event.preventDefault();
  }
}

/** @param {EventTarget | null} target - one that has a use of its own for keys */
const isTyping = (target) => target instanceof Element && target.matches("input, select, textarea, dialog *, .about *");

/** @param {HTMLElement} button @param {string} patient */
async function copyId(button, patient) {
  await navigator.clipboard.writeText(patient).then(
    () => { button.textContent = _("Copied"); },
    () => { button.textContent = _("This browser refused"); },
  );
  announce(button.textContent ?? "");
}

/** @param {Report} report @returns {Record<string, string>} */
const texts = ({ details }) => ({
  heading: details.patient ? _("Patient {patient}", { patient: details.patient }) : _("Photos"),
  ...details,
  created: when(details.created),
  consent: consented(details.consent),
});
