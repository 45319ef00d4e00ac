/**
 * Zooms, moves, turns and mirrors one photo in its frame, down to its pixels.
 * OpenSeadragon draws, from copies of ever smaller size (pyramid.js).
 */

import OpenSeadragon from "./openseadragon.js";
import { halves, Pyramid } from "./pyramid.js";

const SECONDS = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.25;
const SWIPE = 60; // CSS pixels: a finger that only taps moves less
const GESTURES = { clickToZoom: false, dblClickToZoom: true, flickEnabled: SECONDS > 0 };
const OPTIONS = {
  drawer: "canvas",
  showNavigationControl: false,
  keyboardNavEnabled: false, // keys.js
  tabIndex: "",
  animationTime: SECONDS,
  visibilityRatio: 1,
  minZoomImageRatio: 1,
  maxZoomPixelRatio: 8,
  immediateRender: true, // not every smaller copy first
  maxImageCacheCount: 24, // tiles of 4 MB
  gestureSettingsMouse: GESTURES,
  gestureSettingsTouch: GESTURES,
  gestureSettingsPen: GESTURES,
};

/**
 * What a photo has just done, as seen: `x` and `y` in widths of the frame, `factor` of the zoom.
 * @typedef {{x: number, y: number, factor: number}} Motion
 */
/**
 * @typedef {object} Hears
 * @property {() => void} ready - the photo is drawn, or can be seen no longer
 * @property {() => void} fitted - all of the photo is seen now, or not any more
 * @property {(motion: Motion) => void} moved
 * @property {(by: 1 | -1) => void} swiped - by a finger, over a photo that is fitted: 1 to the left
 */

export class Look {
  isReady = false;
  isFitted = true;
  #element;
  #hears;
  #viewer;
  #last = { center: new OpenSeadragon.Point(0, 0), zoom: 1 };
  /** Where a finger came down; no number for what cannot be a swipe. */
  #pressed = NaN;
  /** @type {Pyramid | null} */
  #source = null;
  /** How often something else was to be shown. */
  #shown = 0;
  /** Its frame has another size now. @type {{wasFitted: boolean} | null} */
  #resized = null;

  /** @param {HTMLElement} element - filled by the photo @param {Hears} hears */
  constructor(element, hears) {
    this.#element = element;
    this.#hears = hears;
    this.#viewer = OpenSeadragon({ element, ...OPTIONS });
    const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ act) => this.#viewer.addHandler(name, act);
    on("viewport-change", () => this.#resized ? this.#refit(this.#resized) : this.#moved());
    on("zoom", () => this.#fits(this.#viewport.getZoom() < this.#viewport.getHomeZoom() * 1.01));
    on("canvas-press", ({ position, pointerType }) => {
      this.#pressed = pointerType === "mouse" ? NaN : position.x;
    });
    on("canvas-pinch", () => { this.#pressed = NaN; });
    on("canvas-release", ({ position }) => this.#swiped(position.x - this.#pressed));
    on("resize", () => { this.#resized = { wasFitted: this.isFitted }; }); // "viewport-change" follows at once
  }

  get isMirrored() {
    return this.isReady && this.#viewport.getFlip();
  }

  get #viewport() {
    return this.#viewer.viewport;
  }

  /** @param {Blob} blob @param {string} name - of the photo */
  async show(blob, name) {
    this.hide();
    const number = ++this.#shown;
    const levels = await halves(blob).catch(() => []); // without any it stays as the browser draws it
    if (!levels.length) return;
    const source = new Pyramid(levels, name);
    if (number !== this.#shown) return source.close();
    this.#source = source;
    this.#viewer.addOnceHandler("open", () => {
      this.#viewport.setRotation(0, true);
      this.#viewport.setFlip(false);
      this.fit(true);
      this.#viewer.world.getItemAt(0).whenFullyLoaded(() => requestAnimationFrame(() => this.#drawn(source)));
    });
    this.#viewer.open(source);
  }

  /** Takes the photo away, and its copies out of memory. */
  hide() {
    this.#shown++;
    this.isReady = false;
    this.isFitted = true;
    this.#element.dataset.drawn = "";
    this.#viewer.close();
    this.#source?.close();
    this.#source = null;
  }

  close() {
    this.hide();
    this.#viewer.destroy();
  }

  /** @param {number} factor */
  zoom(factor) {
    this.#viewport.zoomBy(factor).applyConstraints();
  }

  /** All of the photo, as large as the frame allows. @param {boolean} [now] - not little by little */
  fit(now = SECONDS === 0) {
    this.#viewport.goHome(now);
    if (now) this.#here();
  }

  /** One point of the photo on each point of the screen. */
  actual() {
    this.#viewport.zoomTo(this.#viewport.imageToViewportZoom(1 / devicePixelRatio)).applyConstraints();
  }

  /** @param {number} degrees - clockwise, as seen */
  turn(degrees) {
    this.#viewport.rotateBy(this.#viewport.getFlip() ? -degrees : degrees, undefined, true);
    this.fit(true);
  }

  mirror() {
    this.#viewport.toggleFlip();
  }

  /** Moves the window over the photo. @param {number} x - in widths of the frame @param {number} y */
  move(x, y) {
    this.#viewport.panBy(this.#unseen(x, y)).applyConstraints();
  }

  /** Does as another photo did. @param {Motion} motion */
  follow({ x, y, factor }) {
    this.#viewport.zoomTo(this.#viewport.getZoom(true) * factor, undefined, true);
    this.#viewport.panTo(this.#viewport.getCenter(true).plus(this.#unseen(x, y)), true);
    this.#here();
  }

  /** @param {Pyramid} source */
  #drawn(source) {
    if (source !== this.#source) return;
    this.isReady = true;
    this.#element.dataset.drawn = "yes";
    this.#hears.ready();
  }

  #moved() {
    const { center, zoom } = this.#last;
    this.#here();
    const now = this.#last;
    const seen = now.center.minus(center).rotate(this.#viewport.getRotation()).times(now.zoom);
    const x = this.#viewport.getFlip() ? -seen.x : seen.x;
    if (this.isReady) this.#hears.moved({ x, y: seen.y, factor: now.zoom / zoom });
  }

  /** A way across the screen as one across the photo. @param {number} x @param {number} y */
  #unseen(x, y) {
    const seen = new OpenSeadragon.Point(this.#viewport.getFlip() ? -x : x, y);
    return seen.rotate(-this.#viewport.getRotation()).divide(this.#viewport.getZoom(true));
  }

  #here() {
    this.#last = { center: this.#viewport.getCenter(true), zoom: this.#viewport.getZoom(true) };
  }

  /** @param {number} way - to the right, in CSS pixels */
  #swiped(way) {
    const { width } = this.#element.getBoundingClientRect();
    if (this.isFitted && Math.abs(way) > Math.min(SWIPE, width / 3)) this.#hears.swiped(way < 0 ? 1 : -1);
  }

  /**
   * A photo that was fitted stays so when its frame changes, also before it is drawn; no other one follows.
   * @param {{wasFitted: boolean}} resized
   */
  #refit({ wasFitted }) {
    this.#resized = null;
    if (wasFitted) this.fit(true);
    else this.#viewport.applyConstraints(true);
    this.#here();
  }

  /** @param {boolean} isFitted */
  #fits(isFitted) {
    if (isFitted === this.isFitted) return;
    this.isFitted = isFitted;
    this.#hears.fitted();
  }
}
