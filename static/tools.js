/**
 * The buttons around a large photo, each with its key: they act on the photo that is at hand.
 */

import { Adjust } from "./adjust.js";
import { Compare } from "./compare.js";
import { KEYS, Help } from "./keys.js";
import { Look } from "./look.js";
import { _ } from "./text.js";
import { all, announce, fill, turnOff } from "./views.js";

const STEP = 1.5;
const MOVE = 0.2; // of the frame's width

/** @typedef {import("./frame.js").Frame} Frame */

export class Tools {
  #view;
  #stage;
  #adjust;
  #compare;
  #help;
  #listening = new AbortController();
  /** What needs a photo that can be zoomed. @type {Record<string, (look: Look) => void>} */
  #acts = {
    in: (look) => look.zoom(STEP),
    out: (look) => look.zoom(1 / STEP),
    fit: () => this.#compare.fit(),
    actual: (look) => look.actual(),
    left: (look) => look.turn(-90),
    right: (look) => look.turn(90),
    mirror: (look) => look.mirror(),
    "move-left": (look) => look.move(-MOVE, 0),
    "move-right": (look) => look.move(MOVE, 0),
    "move-up": (look) => look.move(0, -MOVE),
    "move-down": (look) => look.move(0, MOVE),
    light: () => this.#adjust.toggle(),
    invert: () => this.#adjust.invert(),
    reset: () => this.#adjust.reset(),
  };
  /** @type {Record<string, () => void>} */
  #others = {
    compare: () => this.#compare.toggle(),
    other: () => this.#compare.other(),
    link: () => this.#compare.link(),
    full: () => this.#fill(!this.#isFull),
    small: () => {
      this.#fill(false); // the button goes away, and must not take the focus with it
      this.#stage.frame.focus();
    },
    more: () => this.#view.toggleAttribute("data-more"),
    keys: () => this.#help.open(),
  };

  /** @param {HTMLElement} view @param {import("./stage.js").Stage} stage */
  constructor(view, stage) {
    this.#view = view;
    this.#stage = stage;
    this.#adjust = new Adjust(view, stage, () => this.update());
    this.#compare = new Compare(stage);
    this.#help = new Help(view);
    for (const button of all(view, "[data-tool]")) {
      button.addEventListener("click", () => this.#use(button.dataset.tool ?? ""));
    }
    const left = () => document.fullscreenElement || this.#fill(false);
    document.addEventListener("fullscreenchange", left, { signal: this.#listening.signal });
  }

  /** @param {Frame} frame - its photo has been drawn: it can be zoomed soon */
  equip(frame) {
    const { print } = frame;
    if (!print?.blob) return;
    frame.look ??= new Look(/** @type {HTMLElement} */ (frame.box.querySelector(".look")), {
      ready: () => this.update(),
      fitted: () => this.update(),
      moved: (motion) => this.#compare.moved(frame, motion),
      swiped: (by) => this.#stage.pick(this.#stage.neighbour(by)),
    });
    frame.look.show(print.blob, print.url);
    if (this.#compare.isOn) this.#compare.fit(); // so that linked photos start from the same
  }

  /** @param {string} key @returns {boolean} whether it was for a tool */
  key(key) {
    const name = this.#help.isOn ? KEYS[key] : undefined;
    if (!name || (name.startsWith("move") && this.#stage.frame.isFitted)) return false;
    this.#use(name);
    return true;
  }

  /** Undoes what was opened last. @returns {boolean} whether there was anything */
  back() {
    const { frame } = this.#stage;
    if (this.#isFull) this.#fill(false);
    else if (this.#adjust.isOpen) this.#use("light");
    else if (!frame.isFitted) this.#use("fit");
    else if (this.#compare.isOn) this.#use("compare");
    else return false;
    return true;
  }

  /** Shows which buttons can be pressed, and what is not as it was sent. */
  update() {
    const { frame, frames } = this.#stage;
    const isReady = Boolean(frame.look?.isReady);
    this.#adjust.update();
    for (const button of all(this.#view, "[data-tool]")) {
      const name = button.dataset.tool ?? "";
      turnOff(button, name in this.#acts && !isReady);
      const state = this.#states[name]?.();
      if (state !== undefined) button.setAttribute(button.ariaExpanded === null ? "aria-pressed" : "aria-expanded", String(state));
    }
    this.#view.toggleAttribute("data-moves", !frame.isFitted);
    for (const one of frames) {
      const marks = [one.look?.isMirrored && _("Mirrored"), this.#adjust.words(one)].filter(Boolean).join(" · ");
      if (one === frame && (one.box.dataset.marks ?? "") !== marks) announce(marks);
      one.box.dataset.marks = marks;
      fill(one.element, { marks });
    }
  }

  close() {
    this.#listening.abort();
    this.#fill(false);
  }

  /** @type {Record<string, () => boolean>} */
  #states = {
    mirror: () => Boolean(this.#stage.frame.look?.isMirrored),
    light: () => this.#adjust.isOpen,
    compare: () => this.#compare.isOn,
    link: () => this.#compare.isLinked,
    full: () => this.#isFull,
    more: () => "more" in this.#view.dataset,
  };

  /** @param {string} name */
  #use(name) {
    const { look } = this.#stage.frame;
    if (name in this.#others) this.#others[name]();
    else if (look?.isReady) this.#acts[name](look);
    this.update();
  }

  get #isFull() {
    return "full" in this.#view.dataset;
  }

  /** The whole window, and the whole screen where the browser can (an iPhone's cannot). @param {boolean} isFull */
  #fill(isFull) {
    this.#view.toggleAttribute("data-full", isFull);
    if (isFull) this.#view.removeAttribute("data-more");
    if (isFull) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    this.update();
  }
}
