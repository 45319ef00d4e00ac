/**
 * The newest checkpoint of each key server's log that this browser has seen. The next one must
 * prove that the log still begins with it: so nobody can quietly rewrite what was recorded.
 */

/** @param {string} keyServer - URL @returns {string} empty where there is none */
export function remembered(keyServer) {
  try {
    return localStorage.getItem(`log ${keyServer}`) ?? "";
  } catch {
    return ""; // Storage is blocked: this browser is no witness.
  }
}

/** @returns {Record<string, string>} all of them, by the key servers' URLs */
export function all() {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith("log "));
    return Object.fromEntries(names.map((name) => [name.slice(4), localStorage.getItem(name) ?? ""]));
  } catch {
    return {}; // Storage is blocked.
  }
}

/** @param {string} keyServer - URL @param {string} checkpoint */
export function remember(keyServer, checkpoint) {
  try {
    localStorage.setItem(`log ${keyServer}`, checkpoint);
  } catch {
    // Storage is blocked or full.
  }
}
