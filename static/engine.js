/**
 * Starts the worker that opens sealed reports, and calls its doors.
 *
 * Worker to page: {ready, engine, bootMilliseconds}, {failed: sentence, part, kind},
 * {call, progress} any number of times, {call, answer}. Page to worker: {call, door, args}.
 */

import { Problem } from "./problems.js";
import { _, CATALOGUE } from "./text.js";

const SECONDS = 60;
const WORKER = `${document.documentElement.dataset.engine}worker.js`;

// The only policy that the page's Content Security Policy allows: it can make no other URL.
const policy = window.trustedTypes?.createPolicy("safelight-worker", {
  createScriptURL: () => WORKER,
});

/** @typedef {{stage: string, done: number, total: number}} Progress - done and total in bytes */
/**
 * @typedef {object} Photo
 * @property {string} name - such as "photos/001.jpg"
 * @property {string} type
 * @property {number} width
 * @property {number} height
 * @property {string} taken - when, by the camera's own clock, of no time zone; empty where it did not say
 * @property {ArrayBuffer | null} thumb - JPEG
 */
/**
 * What the door open_report tells once, as soon as the small pictures can be shown.
 * @typedef {object} Report
 * @property {"report"} stage
 * @property {Record<"patient" | "question" | "notes" | "site" | "sender" | "created", string>
 *   & {consent: import("./consented.js").Consent | null}} details
 * @property {Photo[]} photos
 * @property {{number: number, recorded: string}} entry - of the log
 * @property {{entry: string, receipt: string}} proof - that the log has the entry (LOG.md)
 * @property {Record<"mark" | "not_after" | "most_each" | "most", string>} rules - as the entry says them; empty: none
 * @property {boolean} pdf - whether one came with the photos
 * @property {boolean} download - whether the sender lets them be saved
 * @property {{origin: string, checkpoint: string}} log - what to remember of it
 */
/** @typedef {{stage: "photo", name: string, data: ArrayBuffer}} Arrived - told once for each photo */
/**
 * @typedef {object} Call
 * @property {(answer: any) => void} resolve
 * @property {(problem: Problem) => void} reject
 * @property {(told: any) => void} progress
 */

/** Whether this browser has what the worker needs. */
export const supported = () => "WebAssembly" in window && "Worker" in window && !!crypto.subtle;

export class Engine {
  /** @type {Worker | undefined} */
  #worker;
  /** @type {Map<number, Call>} */
  #calls = new Map();
  #last = 0;
  /** @type {{call: number, door: string, args: object}[]} messages to post once the worker can hear them */
  #waiting = [];
  /** @type {Problem | undefined} why it cannot be used any more */
  #problem;
  #isReady = false;
  #watchdog = setTimeout(() => this.#fail(_("It took too long to load. Try again, perhaps where the connection is better.")), SECONDS * 1000);

  constructor() {
    try {
      const url = policy ? policy.createScriptURL(WORKER) : WORKER;
      // TypeScript's types do not know Trusted Types.
      this.#worker = new Worker(/** @type {any} */ (url), { type: "module" });
      this.#worker.onmessage = ({ data }) => this.#hear(data);
      this.#worker.onerror = () => this.#fail(_("A part of it could not be loaded. Check that you are connected, then try again."));
    } catch {
      this.#fail(_("This browser refused to start it. Try again, or open the link in another browser."));
    }
  }

  /**
   * Waits for the engine where it is still loading: a worker loses what it is sent before that.
   * @param {string} door
   * @param {object} args - a Uint8Array in it is the engine's from then on
   * @param {(told: any) => void} [progress] - of the door's own kind
   * @returns {Promise<any>} the door's answer
   * @throws {Problem} what the door says, "engine" where it failed, "unsupported" where it would fail again,
   *   "cancelled" after end()
   */
  call(door, args, progress = () => {}) {
    if (this.#problem) return Promise.reject(this.#problem);
    const call = ++this.#last;
    this.#waiting.push({ call, door, args });
    if (this.#isReady) this.#post();
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject, progress });
    });
  }

  /** Ends the worker and everything in its memory; calls under way end as "cancelled". */
  end() {
    this.#stop(new Problem("cancelled", ""));
  }

  /** @param {any} message */
  #hear(message) {
    if (message.ready) {
      this.#isReady = true;
      if (CATALOGUE.plural) this.#worker?.postMessage({ door: "speak", args: CATALOGUE });
      clearTimeout(this.#watchdog);
      this.#post();
    }
    if (message.failed) this.#stop(new Problem(message.kind, _(message.failed, { part: message.part })));
    const call = this.#calls.get(message.call);
    if (!call) return;
    if (message.progress) return call.progress(message.progress);
    this.#calls.delete(message.call);
    const error = message.answer?.error;
    if (error) call.reject(new Problem(error.kind, error.text));
    else call.resolve(message.answer);
  }

  #post() {
    for (const message of this.#waiting.splice(0)) {
      // Handed over, not copied: a phone's memory is small.
      const bytes = Object.values(message.args).filter((value) => value instanceof Uint8Array);
      this.#worker?.postMessage(message, bytes.map(({ buffer }) => buffer));
    }
  }

  /** @param {string} sentence */
  #fail(sentence) {
    this.#stop(new Problem("engine", sentence));
  }

  /** @param {Problem} problem */
  #stop(problem) {
    clearTimeout(this.#watchdog);
    this.#worker?.terminate();
    this.#problem ??= problem;
    for (const call of this.#calls.values()) call.reject(this.#problem);
    this.#calls.clear();
  }
}
