/**
 * The bar that shows how far the opening of the photos has come.
 */

import { announce, part, show } from "./views.js";
import { step } from "./text.js";

/**
 * @param {() => void} cancel
 * @returns {{progress: (now: import("./engine.js").Progress) => void}}
 */
export function showOpening(cancel) {
  const view = show("opening", {}, { cancel });
  const bar = /** @type {HTMLProgressElement} */ (part(view, "bar"));
  const words = part(view, "words");
  let said = "";

  /** @param {import("./engine.js").Progress} now */
  const progress = (now) => {
    const share = now.total ? now.done / now.total : null;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    words.textContent = step(now);
    // A screen reader hears each step once, and each quarter of the way.
    const news = `${now.stage} ${Math.floor((share ?? 0) * 4)}`;
    if (news !== said && view.isConnected) announce(step(now));
    said = news;
  };
  return { progress };
}
