/**
 * Two photos side by side. They are moved and zoomed together, from wherever each was when they were linked:
 * so two photos of one place can be brought to match first.
 */

/** @typedef {import("./frame.js").Frame} Frame */

export class Compare {
  isLinked = true;
  #stage;

  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.#stage = stage;
  }

  get isOn() {
    return this.#stage.frames.length > 1;
  }

  /** The neighbour of the photo at hand comes beside it, and is at hand then; or goes again. */
  toggle() {
    const stage = this.#stage;
    if (this.isOn) return stage.remove(stage.frames[1]);
    const print = stage.neighbour(1) ?? stage.neighbour(-1);
    if (!print) return;
    this.isLinked = true;
    this.fit();
    stage.take(stage.add());
    stage.pick(print);
  }

  /** The other one is at hand. */
  other() {
    this.#others[0]?.focus();
  }

  link() {
    this.isLinked = !this.isLinked;
  }

  /** @param {Frame} frame - that has moved @param {import("./look.js").Motion} motion */
  moved(frame, motion) {
    if (this.isLinked && frame === this.#stage.frame) for (const other of this.#others) other.look?.follow(motion);
  }

  /** Where photos are linked, all are fitted: that is where each of them can be found again. */
  fit() {
    const isPair = this.isOn && this.isLinked;
    for (const { look } of isPair ? this.#stage.frames : [this.#stage.frame]) if (look?.isReady) look.fit(isPair || undefined);
  }

  get #others() {
    return this.#stage.frames.filter((frame) => frame !== this.#stage.frame && (frame.look?.isReady ?? true));
  }
}
