/**
 * Photos do not stay on a screen that nobody is at. They are closed when their page is left, when nobody has touched it
 * for a while, and when its person signs out in another tab.
 */

import { session } from "./api.js";
import { _ } from "./text.js";
import { copy, state } from "./views.js";

const MINUTES = 10; // as long as wards' own screens commonly stay open
const NOTICE = 60_000; // milliseconds before, in which it is said
const TICK = 5_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "scroll"];

/**
 * @typedef {object} Watched
 * @property {() => boolean} isOpen - whether photos are to be seen
 * @property {(news?: string) => void} close - takes them away, for good, and says why
 * @property {() => void} end - ends the engine, where there are none
 */

/** @param {Watched} page */
export function watch({ isOpen, close, end }) {
  let touched = Date.now();
  const notice = copy("idle", {}, { stay: () => notice.remove() }); // any touch keeps them open, this one too
  const look = () => {
    const left = touched + MINUTES * 60_000 - Date.now();
    if (!isOpen()) touched = Date.now();
    else if (left <= 0) close(_("Nobody has touched this page for {minutes} minutes.", { minutes: MINUTES }));
    // Not while somebody is about to press its button: what lies behind would be pressed.
    if (!isOpen() || (left > NOTICE && !notice.matches(":hover"))) notice.remove();
    else if (!notice.isConnected) document.body.append(notice);
  };
  const touch = () => {
    if (touched + MINUTES * 60_000 <= Date.now()) look(); // who wakes a screen must not see them first
    touched = Date.now();
  };
  setInterval(look, TICK);
  for (const sign of SIGNS) addEventListener(sign, touch, { capture: true, passive: true });
  document.addEventListener("visibilitychange", look);
  session.addEventListener("message", () => isOpen() && close(_("You have signed out in another tab.")));
  // A browser may keep the page as it is, to come back to.
  addEventListener("pagehide", () => (isOpen() ? close() : end()));
  addEventListener("pageshow", ({ persisted }) => persisted && state() !== "closed" && location.reload());
}
