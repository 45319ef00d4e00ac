/**
 * The small pictures of all photos, by the day they were taken, with the time between the days.
 */

import { apart, day, interval } from "./dates.js";

/** @typedef {import("./album.js").Print} Print */

export class Thumbs {
  #list;
  #open;
  /** @type {Print | undefined} */
  #at;
  /** @type {Map<Print, HTMLButtonElement>} */
  #buttons = new Map();

  /** @param {HTMLElement} list @param {(print: Print) => void} open - one that was pressed */
  constructor(list, open) {
    this.#list = list;
    this.#open = open;
  }

  /** @param {import("./album.js").Album} album @param {(print: Print) => string} label */
  show({ prints, isDated }, label) {
    this.#buttons.clear();
    const items = prints.map((print, index) => {
      const before = prints[index - 1];
      const begins = isDated && (!before || apart(before, print) !== 0);
      return [...(begins ? [heading(before, print)] : []), this.#thumb(print, label(print))];
    });
    this.#list.replaceChildren(...items.flat());
  }

  /** @param {Print} print - it has arrived, and may have had no small picture before */
  arrive(print) {
    const image = this.#buttons.get(print)?.querySelector("img");
    if (image && !image.src) image.src = print.small;
  }

  /** @param {Print[]} shown - large; the first is the one at hand @param {boolean} follows - whether the list may scroll */
  mark(shown, follows) {
    for (const [print, button] of this.#buttons) {
      button.setAttribute("aria-current", String(print === shown[0]));
      button.classList.toggle("other", shown.includes(print, 1));
    }
    if (follows && shown[0] !== this.#at) this.#buttons.get(shown[0])?.scrollIntoView({ block: "nearest" });
    this.#at = shown[0];
  }

  /** @param {Print} print */
  focus(print) {
    this.#buttons.get(print)?.focus();
  }

  /** @param {Print} print @param {string} label */
  #thumb(print, label) {
    const item = /** @type {HTMLTemplateElement} */ (document.getElementById("thumb")).content;
    const node = document.importNode(item, true);
    const button = /** @type {HTMLButtonElement} */ (node.querySelector("button"));
    const image = /** @type {HTMLImageElement} */ (node.querySelector("img"));
    if (print.small) image.src = print.small;
    image.alt = label;
    button.addEventListener("click", () => this.#open(print));
    this.#buttons.set(print, button);
    return node;
  }
}

/** @param {Print | undefined} before @param {Print} print */
function heading(before, print) {
  const item = document.createElement("li");
  const time = document.createElement("span");
  item.className = "day";
  time.textContent = before ? interval(before, print) : "";
  item.append(day(print), " ", time);
  return item;
}
