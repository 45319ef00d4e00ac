/**
 * The photos of one report, or of several of the same patient, as blob: URLs, in the order in which they were taken.
 * The page has no other reference to them.
 */

/** The types that a browser may draw; never SVG, which can hold script. */
const TYPES = ["image/jpeg", "image/png", "image/webp", "image/avif", "image/heic"];

/**
 * @typedef {object} Print
 * @property {string} report - the id of its report; empty for the page's own
 * @property {string} name - such as "photos/001.jpg"
 * @property {string} type
 * @property {number} width - in pixels, as stored
 * @property {number} height
 * @property {Blob | null} blob - the photo itself; null until it has arrived
 * @property {string} url - of it; empty until then
 * @property {string} small - of its small picture; empty where there is none
 * @property {Date} date - when it was taken, or else its report made
 * @property {boolean} isTaken - whether the date is the camera's
 */

export class Album {
  /** @type {Print[]} */
  prints = [];

  /** Whether dates tell photos apart. */
  get isDated() {
    return this.prints.some((print) => print.isTaken || print.report !== this.prints[0].report);
  }

  /**
   * @param {import("./engine.js").Report} told
   * @param {string} [report] - its id; empty for the page's own
   * @returns {Print[]} its photos
   */
  add({ photos, details }, report = "") {
    // Where some have no date, the sender's order is the better one.
    const isTaken = photos.every(({ taken }) => taken);
    const made = photos.map(({ name, type, width, height, taken, thumb }) => {
      const small = thumb ? URL.createObjectURL(picture(thumb, "image/jpeg")) : "";
      const date = new Date(isTaken ? taken : details.created);
      return { report, name, type, width, height, blob: null, url: "", small, date, isTaken };
    });
    this.prints = [...this.prints, ...made].sort((one, other) => one.date.valueOf() - other.date.valueOf());
    return made;
  }

  /**
   * @param {import("./engine.js").Arrived} photo
   * @param {string} [report]
   * @returns {Print | undefined} undefined where it has arrived before, and is not taken again
   */
  arrive({ name, data }, report = "") {
    const print = this.prints.find((one) => one.report === report && one.name === name && !one.url);
    if (!print) return;
    print.blob = picture(data, print.type);
    print.url = URL.createObjectURL(print.blob);
    print.small ||= print.url;
    return print;
  }

  /** Lets go of all photos: their addresses lead nowhere from now on. */
  close() {
    for (const { url, small } of this.prints) [url, small].forEach(URL.revokeObjectURL);
    this.prints = [];
  }
}

/** @param {ArrayBuffer} data @param {string} type @returns {Blob} of a type that draws, or of none */
function picture(data, type) {
  return new Blob([data], { type: TYPES.includes(type) ? type : "application/octet-stream" });
}
