/**
 * A signature by finger or pen: kept as lines of points, drawn on a canvas.
 */

const UNITS = 1000;
const LIMIT = 50_000; // characters, as reports have it; a signature has about two thousand

export class Signature {
  #canvas;
  #pen;
  /** Each of points x,y in thousandths of width and height. @type {string[][]} */
  #strokes = [];
  /** @type {string[] | undefined} that is being drawn */
  #stroke;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#draw(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (this.#stroke = undefined));
  }

  /** @returns {string} as report.xml has it; empty: nobody has signed */
  get value() {
    return this.#strokes.map((stroke) => stroke.join(" ")).join(";");
  }

  clear() {
    this.#strokes = [];
    this.#pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    this.#stroke = [];
    this.#strokes.push(this.#stroke);
    this.#draw(event);
  }

  /** @param {PointerEvent} event */
  #draw(event) {
    const stroke = this.#stroke;
    if (!stroke || this.value.length > LIMIT - 20) return;
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const to = [(event.clientX - left) / width, (event.clientY - top) / height].map(within);
    const last = stroke.at(-1);
    if (last === to.join(",")) return;
    stroke.push(to.join(","));
    this.#line(last ? last.split(",").map(Number) : to, to);
  }

  /** @param {number[]} from @param {number[]} to */
  #line(from, to) {
    const [x, y] = [this.#canvas.width / UNITS, this.#canvas.height / UNITS];
    Object.assign(this.#pen, { lineWidth: 6, lineCap: "round", lineJoin: "round", strokeStyle: "#1b1b1b" });
    this.#pen.beginPath();
    this.#pen.moveTo(from[0] * x, from[1] * y);
    this.#pen.lineTo(to[0] * x, to[1] * y);
    this.#pen.stroke();
  }
}

/** @param {number} share - of a side */
const within = (share) => Math.round(UNITS * Math.min(1, Math.max(0, share)));
