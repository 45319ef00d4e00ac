/**
 * Brightness, contrast and invert (for photos of X-rays): of the photo on the screen, never of the photo itself.
 * Nothing is changed until somebody asks; what is changed is said over the photo, and gone with the next one.
 */

import { _ } from "./text.js";
import { all, part } from "./views.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {{brightness: number, contrast: number, invert: number}} Light - each a percentage */

const PLAIN = { brightness: 100, contrast: 100, invert: 0 };

export class Adjust {
  #panel;
  #stage;
  #told;
  /** Of each frame, and for which photo. @type {WeakMap<Frame, {print: unknown, light: Light}>} */
  #lights = new WeakMap();

  /** @param {HTMLElement} view @param {import("./stage.js").Stage} stage @param {() => void} told - after each change */
  constructor(view, stage, told) {
    this.#panel = part(view, "light");
    this.#stage = stage;
    this.#told = told;
    for (const slider of this.#sliders) {
      slider.addEventListener("input", () => this.#set({ [slider.name]: slider.valueAsNumber }));
    }
    this.#button("invert").addEventListener("click", () => this.invert());
    this.#button("reset").addEventListener("click", () => this.reset());
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  toggle() {
    this.#panel.hidden = !this.#panel.hidden;
    if (this.isOpen) this.#sliders[0].focus();
  }

  invert() {
    this.#set({ invert: 100 - this.#light.invert });
  }

  reset() {
    this.#set(PLAIN);
  }

  /** @param {Frame} frame @returns {string} what is changed, in words; empty where nothing is */
  words(frame) {
    const { brightness, contrast, invert } = this.#of(frame);
    const isChanged = brightness !== 100 || contrast !== 100;
    return [isChanged && _("Brightness and contrast changed"), invert && _("Inverted")].filter(Boolean).join(" · ");
  }

  /** Shows the frame at hand as it is to be seen; the panel tells of it. */
  update() {
    const light = this.#light;
    for (const frame of this.#stage.frames) paint(frame.box, this.#of(frame));
    for (const slider of this.#sliders) slider.valueAsNumber = light[/** @type {keyof Light} */ (slider.name)];
    this.#button("invert").ariaPressed = String(light.invert > 0);
  }

  get #light() {
    return this.#of(this.#stage.frame);
  }

  get #sliders() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (all(this.#panel, "input"));
  }

  /** @param {Frame} frame */
  #of(frame) {
    const kept = this.#lights.get(frame);
    return kept && kept.print === frame.print ? kept.light : PLAIN;
  }

  /** @param {Partial<Light>} light */
  #set(light) {
    const frame = this.#stage.frame;
    this.#lights.set(frame, { print: frame.print, light: { ...this.#light, ...light } });
    this.#told();
  }

  #button = (/** @type {string} */ name) => part(this.#panel, name);
}

/** @param {HTMLElement} box @param {Light} light */
function paint(box, light) {
  const told = Object.entries(light).map(([name, percent]) => `${name}(${percent}%)`).join(" ");
  box.style.setProperty("--light", light === PLAIN ? "none" : told);
}
