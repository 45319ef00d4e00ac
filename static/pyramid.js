/**
 * One photo as OpenSeadragon wants it: in halves of its size, each in tiles.
 * The browser decodes it beside the page (an ImageBitmap), so that no step of a zoom waits for that; and no canvas is
 * larger than a tile: a phone has little room for them.
 */

import OpenSeadragon from "./openseadragon.js";

const TILE = 1024; // pixels
const SMALLEST = 512; // pixels of the longer side

/** @param {Blob} blob @returns {Promise<ImageBitmap[]>} the smallest first @throws where this browser cannot draw it */
export async function halves(blob) {
  const found = [await createImageBitmap(blob)];
  while (Math.max(found[0].width, found[0].height) > SMALLEST) {
    const [{ width, height }] = found;
    const size = { resizeWidth: Math.ceil(width / 2), resizeHeight: Math.ceil(height / 2) };
    found.unshift(await createImageBitmap(found[0], { ...size, resizeQuality: "medium" }));
  }
  return found;
}

export class Pyramid extends OpenSeadragon.TileSource {
  #levels;

  /** @param {ImageBitmap[]} levels @param {string} name - of the photo, for OpenSeadragon to tell its tiles by */
  constructor(levels, name) {
    const { width, height } = /** @type {ImageBitmap} */ (levels.at(-1));
    super({ width, height, tileSize: TILE, tileOverlap: 1, minLevel: 0, maxLevel: levels.length - 1 });
    this.#levels = levels;
    this.name = name;
  }

  /** @param {number} level @param {number} x @param {number} y */
  getTileUrl(level, x, y) {
    return `${this.name}?${level}/${x}/${y}`;
  }

  /** @param {number} level @param {number} x @param {number} y */
  getTilePostData(level, x, y) {
    return { level, x, y };
  }

  /** @param {any} job */
  downloadTileStart(job) {
    const { level, x, y } = job.postData;
    const whole = this.#levels[level];
    if (!whole.width) return job.fail("closed meanwhile");
    const [left, top] = [Math.max(0, x * TILE - 1), Math.max(0, y * TILE - 1)];
    const canvas = document.createElement("canvas");
    canvas.width = Math.min((x + 1) * TILE + 1, whole.width) - left;
    canvas.height = Math.min((y + 1) * TILE + 1, whole.height) - top;
    const context = canvas.getContext("2d");
    context?.drawImage(whole, -left, -top);
    job.finish(context, null, "context2d");
  }

  downloadTileAbort() {}

  close() {
    for (const level of this.#levels) level.close();
  }
}
