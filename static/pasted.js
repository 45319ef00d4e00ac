/**
 * Finds a link to photos here in what somebody pastes.
 */

import { _ } from "./text.js";

// As in link.js: an id is 26 characters of base32, and a "#" may have turned into "%23" or "%2523".
const LINK = /^\/r\/([0-7][0-9A-HJKMNP-TV-Z]{25})\/?(?:#|%(?:25)*23)(.+)$/;

/**
 * @param {string} text - a link, or the whole message with the link in it
 * @returns {string} the address to go to; empty where there is none for this site
 */
export function findAddress(text) {
  const [, host, path] = text.match(/([^/\s]+)(\/r\/\S+)/i) ?? [];
  // A full stop or a bracket after the link belongs to the message.
  return host?.toLowerCase() === location.host ? path.replace(/[).,;:!?>"'\]]+$/, "") : "";
}

/**
 * @param {string} text - as for `findAddress`
 * @returns {{report: string, fragment: string} | null} null where there is no whole link of this site
 */
export function readLink(text) {
  const [, report, fragment] = findAddress(text).match(LINK) ?? [];
  return report ? { report, fragment } : null;
}

/** What to say where there is none. */
export const NO_LINK = _("This is not a link to photos here. It starts with {address}", { address: `${location.origin}/r/` });
