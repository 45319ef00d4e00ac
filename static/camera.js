/**
 * The camera's view: what it sees, a shutter, how many photos there are. The stream ends when the view is left, and while
 * nobody looks at the page.
 */

import { Lens } from "./lens.js";
import { explain } from "./problems.js";
import { _, local, ngettext } from "./text.js";
import { announce, fill, part, show, turnOff } from "./views.js";

export class Camera {
  #roll;
  #leave;
  #lens = new Lens();
  /** @type {HTMLElement} */
  #view;
  #video;
  /** @type {import("./roll.js").Shot | undefined} */
  #instead;
  #isBusy = false;
  #seen = () => (document.visibilityState === "visible" ? this.#start() : this.#lens.stop());

  /**
   * @param {import("./roll.js").Roll} roll
   * @param {(problem?: string) => void} leave - goes on from here; with what is in the way of the camera
   * @param {import("./roll.js").Shot} [instead] - that is to be taken again
   */
  constructor(roll, leave, instead) {
    this.#roll = roll;
    this.#leave = leave;
    this.#instead = instead;
    this.#view = show("camera", {}, {
      done: () => this.#end(),
      shoot: () => this.#shoot(),
      torch: () => this.#torch(),
    });
    this.#video = /** @type {HTMLVideoElement} */ (part(this.#view, "video"));
    this.#choice.addEventListener("change", () => this.#start(this.#choice.value));
    this.#video.addEventListener("loadeddata", () => (this.#view.dataset.ready = ""));
    document.addEventListener("visibilitychange", this.#seen);
    this.update();
    this.#start();
  }

  /** The roll has changed. */
  update() {
    if (!this.#view.isConnected) return;
    const { shots } = this.#roll;
    const last = /** @type {HTMLImageElement} */ (part(this.#view, "last"));
    const thumb = shots.findLast((shot) => shot.thumb)?.thumb ?? "";
    if (thumb) last.src = thumb;
    last.hidden = !thumb;
    const count = ngettext("{count} photo", "{count} photos", shots.length);
    fill(this.#view, { count: shots.length ? count : "", done: shots.length ? _("Done") : _("Back") });
  }

  /** @param {string} [device] */
  async #start(device = this.#choice.value) {
    delete this.#view.dataset.ready;
    try {
      await this.#lens.start(this.#video, device);
      if (!this.#view.isConnected) return;
      await this.#offer();
    } catch (error) {
      this.#end(explain(error).text);
    }
  }

  /** Shows which cameras there are, and whether this one has a light. */
  async #offer() {
    const lenses = await this.#lens.all();
    const named = lenses.map(({ id, name }, index) => new Option(name || _("Camera {number}", { number: index + 1 }), id));
    this.#choice.replaceChildren(...named);
    this.#choice.value = this.#lens.device;
    this.#choice.hidden = lenses.length < 2;
    part(this.#view, "torch").hidden = !this.#lens.hasTorch;
    part(this.#view, "torch").ariaPressed = "false";
  }

  async #torch() {
    const button = part(this.#view, "torch");
    const on = button.ariaPressed !== "true";
    await this.#lens.light(on);
    button.ariaPressed = String(on);
  }

  async #shoot() {
    if (this.#isBusy || !("ready" in this.#view.dataset)) return;
    this.#busy(true);
    fill(this.#view, { error: "" });
    const error = await this.#take().catch((failed) => explain(failed).text);
    if (!this.#view.isConnected) return;
    this.#busy(false);
    if (error) fill(this.#view, { error });
  }

  /** @returns {Promise<string>} what went wrong; empty: nothing */
  async #take() {
    const data = await this.#lens.shoot(this.#video);
    if (!this.#view.isConnected) return "";
    const added = this.#roll.add(data, { instead: this.#instead, taken: local(new Date()) });
    this.#flash();
    announce(ngettext("{count} photo", "{count} photos", this.#roll.shots.length));
    if (!this.#instead) {
      added.then((error) => error && fill(this.#view, { error }));
      return ""; // the next one may be taken while the engine looks at this one
    }
    this.#end();
    return "";
  }

  /** So that eyes hear the shutter. */
  #flash() {
    this.#video.animate?.([{ opacity: 0.2 }, { opacity: 1 }], 180);
  }

  /** @param {boolean} on */
  #busy(on) {
    this.#isBusy = on;
    turnOff(part(this.#view, "shoot"), on);
  }

  /** @param {string} [problem] */
  #end(problem) {
    this.#lens.stop();
    document.removeEventListener("visibilitychange", this.#seen);
    if (this.#view.isConnected) this.#leave(problem);
  }

  get #choice() {
    return /** @type {HTMLSelectElement} */ (part(this.#view, "lens"));
  }
}
