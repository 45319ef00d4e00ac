/**
 * What a sender chose the last time, of what is the same for many: until when, how often, whether it may be saved. It is
 * kept on this device; whom it was for, and about whom, is not.
 */

const NAME = "choices";

/**
 * @typedef {object} Choices - what is not there was never chosen
 * @property {number} [days]
 * @property {number} [each] - 0: any number of times
 * @property {boolean} [download]
 * @property {boolean} [passkey]
 * @property {boolean} [mark]
 */

/** @returns {Choices} */
export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "{}") ?? {};
  } catch {
    return {}; // Storage is blocked, or not our JSON.
  }
}

/** @param {Choices} choices */
export function remember(choices) {
  try {
    localStorage.setItem(NAME, JSON.stringify(choices));
  } catch {
    // Storage is blocked: the next ones begin as usual.
  }
}
