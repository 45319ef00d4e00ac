/**
 * Small values kept for this tab only, each with the time it was kept: phones drop a tab
 * while its reader looks up a code in another app, and load it again afterwards.
 */

/** Used where the browser blocks storage; such a page goes on, but does not survive a reload. */
const memory = new Map();

/**
 * @param {string} name
 * @param {unknown} value - anything that JSON can hold
 */
export function put(name, value) {
  const text = JSON.stringify({ value, time: Date.now() });
  memory.set(name, text);
  try {
    sessionStorage.setItem(name, text);
  } catch {
    // Storage is blocked or full: the memory above has to do.
  }
}

/**
 * @param {string} name
 * @param {number} minutes - the greatest age at which the value still counts
 * @returns {any} the value, or null where there is none, or it is too old
 */
export function get(name, minutes) {
  try {
    const { value, time } = JSON.parse(read(name) ?? "null") ?? {};
    const age = Date.now() - time;
    if (age >= 0 && age <= minutes * 60_000) return value;
  } catch {
    // Not our JSON: as good as absent.
  }
  drop(name);
  return null;
}

/** @param {string} name */
export function drop(name) {
  memory.delete(name);
  try {
    sessionStorage.removeItem(name);
  } catch {
    // Storage is blocked, so nothing lies there.
  }
}

/** @param {string} name */
function read(name) {
  try {
    return sessionStorage.getItem(name) ?? memory.get(name);
  } catch {
    return memory.get(name);
  }
}
