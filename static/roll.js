/**
 * The photos taken, in order. Their bytes are in the engine's memory alone; the page has numbers and small pictures.
 */

import { explain } from "./problems.js";

/**
 * @typedef {object} Added - what the door add_photo says
 * @property {number} photo
 * @property {string} type
 * @property {number} width
 * @property {number} height
 * @property {string[]} removed - what was taken out of the file, in words
 * @property {string} taken
 * @property {ArrayBuffer} thumb - JPEG, upright
 * @property {number} size - bytes
 */
/** @typedef {{key: number, added: Added | null, thumb: string}} Shot - not added: the engine is still at it */
/** @typedef {(door: string, args: object) => Promise<any>} Ask */

export class Roll {
  /** @type {Shot[]} */
  shots = [];
  #ask;
  #changed;
  #last = 0;
  /** @type {Set<Promise<string>>} */
  #pending = new Set();

  /** @param {Ask} ask @param {() => void} changed - is told that something is other than before */
  constructor(ask, changed) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** @returns {number[]} by which the engine knows them, in order */
  get numbers() {
    return this.shots.flatMap(({ added }) => (added ? [added.photo] : []));
  }

  /**
   * @param {Uint8Array} data
   * @param {{instead?: Shot, taken?: string}} [how] - in the place of which one; when, where this page has taken it
   * @returns {Promise<string>} what is wrong with it; empty: nothing
   */
  add(data, { instead, taken = "" } = {}) {
    /** @type {Shot} */
    const shot = { key: ++this.#last, added: null, thumb: "" };
    const at = instead ? this.shots.indexOf(instead) : -1;
    if (at < 0) this.shots.push(shot);
    else this.#forget(this.shots.splice(at, 1, shot)[0]);
    this.#changed();
    const work = this.#add(shot, { data, taken });
    this.#pending.add(work);
    return work.finally(() => this.#pending.delete(work));
  }

  /** All that was given has been looked at. @returns {Promise<unknown>} */
  settled() {
    return Promise.all(this.#pending);
  }

  /** @param {Shot} shot @param {number} to - its new place, from 0 */
  move(shot, to) {
    const from = this.shots.indexOf(shot);
    if (from < 0 || to < 0 || to >= this.shots.length || to === from) return;
    this.shots.splice(to, 0, ...this.shots.splice(from, 1));
    this.#changed();
  }

  /** @param {Shot} shot */
  remove(shot) {
    const at = this.shots.indexOf(shot);
    if (at < 0) return;
    this.#forget(this.shots.splice(at, 1)[0]);
    this.#changed();
  }

  clear() {
    for (const shot of this.shots.splice(0)) this.#forget(shot);
    this.#changed();
  }

  /** The engine has ended, and its memory with it. */
  lost() {
    for (const { thumb } of this.shots.splice(0)) URL.revokeObjectURL(thumb);
  }

  /** @param {Shot} shot @param {{data: Uint8Array, taken: string}} photo - no file's name: patients' names stand in them */
  async #add(shot, photo) {
    try {
      const added = await this.#ask("add_photo", photo);
      if (!this.shots.includes(shot)) {
        this.#drop(added);
        return "";
      }
      shot.added = added;
      shot.thumb = URL.createObjectURL(new Blob([added.thumb], { type: "image/jpeg" }));
      this.#changed();
      return "";
    } catch (error) {
      this.remove(shot);
      return explain(error).text;
    }
  }

  /** @param {Shot} shot */
  #forget({ added, thumb }) {
    URL.revokeObjectURL(thumb);
    if (added) this.#drop(added);
  }

  /** @param {Added} added */
  #drop({ photo }) {
    this.#ask("drop_photo", { photo }).catch(() => {}); // an engine that has ended holds none
  }
}
