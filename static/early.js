/**
 * Starts the engine while the page's other scripts are still on their way: it is what takes longest.
 */

import { Engine, supported } from "./engine.js";

/** @type {Engine | undefined} */
let early = isSecureContext && supported() ? new Engine() : undefined;

/** @returns {Engine} the one that has been loading since the page began; from the second call on a new one */
export function takeEngine() {
  const taken = early ?? new Engine();
  early = undefined;
  return taken;
}
