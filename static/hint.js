/**
 * What a link may say of whom it is for, behind its secret part: so that only the code is typed (FORMAT.md section 6).
 */

// Behind it may stand what a message app hung on at the end of the link.
const FORM = /^([0-9]{3}|[a-z0-9][a-z0-9.-]{2}[a-z0-9])[^0-9a-z]*$/;

/** @param {string} fragment @returns {string} empty where there is none, or what stands there is none */
export function readHint(fragment) {
  const [, ...rest] = fragment.split(".");
  return rest.join(".").toLowerCase().match(FORM)?.[1] ?? "";
}

/** @param {string} hint @returns {string} as its owner recognises it: the end of a number, or parts of an address */
export const shown = (hint) => (isMobile(hint) ? `•••${hint}` : `${hint[3]}•••@${hint.slice(0, 3)}•••`);

/** @param {string} hint */
export const isMobile = (hint) => hint.length === 3;
