/**
 * The reader's own name and the time of the opening, over all that is shown, where the sender wants it: a picture of the
 * screen shows who made it. It is a reminder, and no lock.
 */

import { LOCALE } from "./text.js";
import { copy } from "./views.js";

const TIMES = 60; // enough for a 27-inch screen

/**
 * @param {HTMLElement} view - with which it goes
 * @param {string} reader
 * @param {string} opened - RFC 3339
 */
export function mark(view, reader, opened) {
  if (view.querySelector(".mark")) return;
  const time = new Date(opened).toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });
  const node = copy("mark");
  for (let count = 0; count < TIMES; count++) {
    const words = document.createElement("span");
    words.dataset.words = `${reader} · ${time}`; // drawn by the style sheet: nothing to be read out or copied
    node.append(words);
  }
  view.append(node);
}
