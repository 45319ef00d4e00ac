/**
 * The recovery key of a sender's organisation, as this browser saw it last: a portal that lies could hand out one of its
 * own, and another one than before is told before anything is sealed to it.
 */

const NAME = "recovery key";

/** @returns {string} empty where none was seen */
export function known() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return ""; // Storage is blocked: each is the first one.
  }
}

/** @param {string} key - empty: the organisation has none */
export function keep(key) {
  try {
    if (key) localStorage.setItem(NAME, key);
  } catch {
    // Storage is blocked or full.
  }
}
