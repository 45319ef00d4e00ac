/**
 * The photos of one report as blob: URLs. The page has no other reference to them.
 */

/** The types that a browser may draw; never SVG, which can hold script. */
const TYPES = ["image/jpeg", "image/png", "image/webp", "image/avif", "image/heic"];

/**
 * @typedef {object} Print
 * @property {string} name - such as "photos/001.jpg"
 * @property {string} type
 * @property {string} url - of the photo itself; empty until it has arrived
 * @property {string} small - of its small picture; empty where there is none
 */

export class Album {
  /** @type {Print[]} */
  prints;

  /** @param {import("./engine.js").Photo[]} photos */
  constructor(photos) {
    this.prints = photos.map(({ name, type, thumb }) => {
      return { name, type, url: "", small: thumb ? address(thumb, "image/jpeg") : "" };
    });
  }

  /**
   * @param {import("./engine.js").Arrived} photo
   * @returns {number} its place; -1 where it has arrived before, and is not taken again
   */
  add({ name, data }) {
    const index = this.prints.findIndex((print) => print.name === name && !print.url);
    const print = this.prints[index];
    if (!print) return -1;
    print.url = address(data, print.type);
    print.small ||= print.url;
    return index;
  }

  /** Lets go of all photos: their addresses lead nowhere from now on. */
  close() {
    for (const { url, small } of this.prints) [url, small].forEach(URL.revokeObjectURL);
    this.prints = [];
  }
}

/** @param {ArrayBuffer} data @param {string} type @returns {string} a blob: URL */
function address(data, type) {
  const safe = TYPES.includes(type) ? type : "application/octet-stream";
  return URL.createObjectURL(new Blob([data], { type: safe }));
}
