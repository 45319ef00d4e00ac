/**
 * Where on the body: a figure to tap on, and the same as a list. Both say the same at any time.
 */

import { SITES } from "./sites.js";
import { _ } from "./text.js";
import { all, part } from "./views.js";

const SVG = "http://www.w3.org/2000/svg";
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const LABELS = { front: _("Body from the front"), back: _("Body from the back") };

/** @typedef {keyof typeof SITES} Side */

export class Site {
  #select;
  #place;
  #sides;

  /** @param {HTMLElement} view */
  constructor(view) {
    this.#select = /** @type {HTMLSelectElement} */ (part(view, "site"));
    this.#place = part(view, "figure");
    this.#sides = /** @type {NodeListOf<HTMLInputElement>} */ (all(view, "[name=side]"));
    for (const side of /** @type {Side[]} */ (["front", "back"])) {
      const group = document.createElement("optgroup");
      group.label = LABELS[side];
      group.append(...SITES[side].map(({ name }) => new Option(name, name)));
      this.#select.append(group);
    }
    this.#select.addEventListener("change", () => this.#told());
    for (const input of this.#sides) input.addEventListener("change", () => this.#draw(/** @type {Side} */ (input.value)));
    this.#draw("front");
  }

  /** What is said, in words; empty: nothing. */
  get value() {
    return this.#select.value;
  }

  set value(name) {
    this.#select.value = name;
    this.#told();
  }

  /** Shows on the figure what the list says. */
  #told() {
    const side = /** @type {Side[]} */ (Object.keys(SITES)).find((one) => SITES[one].some(({ name }) => name === this.value));
    if (side) for (const input of this.#sides) input.checked = input.value === side;
    this.#draw(side ?? this.#side);
  }

  /** @returns {Side} */
  get #side() {
    return [...this.#sides].find(({ checked }) => checked)?.value === "back" ? "back" : "front";
  }

  /** @param {Side} side */
  #draw(side) {
    const figure = document.createElementNS(SVG, "svg");
    figure.setAttribute("viewBox", "0 0 240 444");
    figure.setAttribute("role", "radiogroup");
    figure.setAttribute("aria-label", LABELS[side]);
    figure.append(...SITES[side].map((region) => this.#region(region)), ...sides(side));
    figure.addEventListener("keydown", (event) => this.#key(figure, event));
    this.#place.replaceChildren(figure);
    this.#mark(figure);
  }

  /** @param {import("./sites.js").Region} region */
  #region({ name, path, mirrored }) {
    const node = document.createElementNS(SVG, "path");
    node.setAttribute("d", path);
    node.setAttribute("role", "radio");
    node.setAttribute("aria-label", name);
    if (mirrored) node.setAttribute("transform", "matrix(-1 0 0 1 240 0)");
    // A second tap takes it back.
    node.addEventListener("click", () => this.#choose(node, this.value === name ? "" : name));
    return node;
  }

  /** @param {SVGElement} node @param {string} name */
  #choose(node, name) {
    this.#select.value = name;
    this.#mark(/** @type {SVGElement} */ (node.parentElement));
    node.focus();
  }

  /** As for radio buttons: one of them takes the focus, arrows lead to the others. @param {SVGElement} figure */
  #mark(figure) {
    const nodes = [...figure.querySelectorAll("path")];
    const chosen = nodes.find((node) => node.ariaLabel === this.value);
    for (const node of nodes) {
      node.setAttribute("aria-checked", String(node === chosen));
      node.setAttribute("tabindex", node === (chosen ?? nodes[0]) ? "0" : "-1");
    }
  }

  /** @param {SVGElement} figure @param {KeyboardEvent} event */
  #key(figure, event) {
    const nodes = [...figure.querySelectorAll("path")];
    const at = nodes.findIndex((node) => node === document.activeElement);
    const step = STEPS[/** @type {keyof STEPS} */ (event.key)];
    if (at < 0 || (!step && event.key !== " ")) return;
    event.preventDefault();
    const node = nodes[(at + (step ?? 0) + nodes.length) % nodes.length];
    this.#choose(node, node.ariaLabel ?? "");
  }
}

/** Which side is which: nobody should have to think whose right is meant. @param {Side} side */
function sides(side) {
  const words = side === "front" ? [_("Right"), _("Left")] : [_("Left"), _("Right")];
  return words.map((word, index) => {
    const node = document.createElementNS(SVG, "text");
    node.setAttribute("x", index ? "238" : "2");
    node.setAttribute("y", "16");
    node.setAttribute("text-anchor", index ? "end" : "start");
    node.setAttribute("aria-hidden", "true");
    node.textContent = word;
    return node;
  });
}
