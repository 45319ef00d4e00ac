/**
 * Takes the secret part of the link (the fragment, after "#") out of the address before
 * anything else happens, and remembers it for half an hour in this tab.
 *
 * A browser never sends a fragment to a server. Some message apps turn "#" into "%23" (or
 * "%2523"), which moves it into the path; that is put right here.
 */

import "./returned.js"; // first: what it takes out of the address is no link's secret
import { readHint } from "./hint.js";
import * as keep from "./keep.js";

const MINUTES = 30;
// An id is 26 characters of base32; the rest is what a "#" may have turned into.
const ADDRESS = /^\/r\/([0-7][0-9A-HJKMNP-TV-Z]{25})(?:\/?%(?:25)*23(.*)|\/)?$/;

/**
 * @typedef {object} Link
 * @property {string} report - the report's id; empty where the address holds none of the right form
 * @property {string} fragment - the secret part as it arrived; empty where it is missing
 * @property {string} hint - what it says of whom it is for; empty where it says nothing
 * @property {boolean} forgotten - this tab once had the fragment, and has let go of it
 */

/** @type {Link} */
export const link = take();

/**
 * Lets go of the fragment: the photos have been opened.
 */
export function forget() {
  link.fragment = "";
  link.forgotten = true;
  keep.drop(`link ${link.report}`);
  keep.put(`seen ${link.report}`, {});
}

/** @returns {Link} */
function take() {
  const [, report = "", inPath = ""] = location.pathname.match(ADDRESS) ?? [];
  const arrived = location.hash.slice(1) || inPath;
  history.replaceState(null, "", report ? `/r/${report}` : location.pathname);
  if (report && arrived) {
    keep.put(`link ${report}`, arrived);
    keep.put(`seen ${report}`, {});
  }
  const fragment = arrived || keep.get(`link ${report}`, MINUTES) || "";
  const forgotten = !fragment && keep.get(`seen ${report}`, Infinity) !== null;
  return { report, fragment, hint: readHint(fragment), forgotten };
}

// The same link opened again in this tab changes only the fragment, which loads nothing by itself.
addEventListener("hashchange", () => {
  if (location.hash) location.reload();
});
