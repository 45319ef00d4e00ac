/**
 * What the QR code on a computer's screen says, taken out of the address at once: which handover, and the computer's key.
 * The key is no secret, but nobody between the two screens is to have a chance to change it.
 */

import * as keep from "./keep.js";

const MINUTES = 5; // longer than the code is good for
const ADDRESS = /^\/here\/([0-7][0-9A-HJKMNP-TV-Z]{25})$/;

/** @type {{handover: string, key: string}} empty texts on a page that nobody has scanned */
export const scanned = take();

function take() {
  const [, handover = ""] = location.pathname.match(ADDRESS) ?? [];
  const arrived = location.hash.slice(1);
  if (location.hash) history.replaceState(null, "", location.pathname);
  if (handover && arrived) keep.put(`handover ${handover}`, arrived);
  return { handover, key: arrived || (handover && keep.get(`handover ${handover}`, MINUTES)) || "" };
}

// The next code, scanned in this tab, may change only what loads nothing by itself.
addEventListener("hashchange", () => {
  if (location.hash) location.reload();
});
