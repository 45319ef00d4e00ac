/**
 * Does something again and again while the page is seen: at once, and then some seconds after each time.
 */

const SECONDS = 10;

export class Every {
  #work;
  #isStopped = false;
  /** @type {Promise<void> | undefined} the work under way */
  #running;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #seen = () => {
    if (document.visibilityState === "visible") this.now();
    else clearTimeout(this.#timer);
  };

  /** @param {() => Promise<void>} work - that never fails */
  constructor(work) {
    this.#work = work;
    document.addEventListener("visibilitychange", this.#seen);
    this.now();
  }

  /** Does it now; where it is under way, once more afterwards: that one may have begun too early. */
  async now() {
    clearTimeout(this.#timer);
    await this.#running;
    if (this.#isStopped) return;
    this.#running ??= this.#once();
    await this.#running;
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#seen);
  }

  async #once() {
    await this.#work();
    this.#running = undefined;
    if (this.#isStopped || document.visibilityState !== "visible") return;
    this.#timer = setTimeout(() => this.now(), SECONDS * 1000);
  }
}
