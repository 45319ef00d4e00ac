/**
 * Passkeys: signing in with one, and making one, in browsers that have them.
 */

import * as api from "./api.js";
import { Problem } from "./problems.js";
import { _ } from "./text.js";
import { part } from "./views.js";

const MINUTES = 5; // half of what the portal gives us: whoever chooses late, answers a question that still holds
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

/** Passkeys are bound to a site's name; an address of the network is none. */
export const hasPasskeys = isSecureContext && "PublicKeyCredential" in window && !/^[\d.]+$|:/.test(location.hostname);

/** Of the one ceremony that a browser lets run at a time. */
let running = new AbortController();

/** @typedef {() => Promise<api.Account | null>} SignIn */

/**
 * Offers passkeys on a form with a field for the contact: in what the browser suggests there, and by a button.
 * @param {HTMLElement} view
 * @param {(signIn: SignIn) => Promise<void>} attend - signs in while the form waits; says what goes wrong
 */
export function offerSignIn(view, attend) {
  if (!hasPasskeys) return;
  const wait = async () => {
    const timer = setTimeout(wait, MINUTES * 60_000); // what begins anew ends what was before
    const chosen = view.isConnected && view.querySelector("input") ? await suggest() : null;
    clearTimeout(timer);
    if (chosen && view.isConnected) await attend(() => api.signInByPasskey(chosen)); // refused, it is not suggested again
  };
  const button = part(view, "passkey");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await attend(signInByPasskey);
    wait();
  });
  wait();
}

/** @returns {Promise<api.Account | null>} null where they have cancelled, or have none @throws {Problem} */
export async function signInByPasskey() {
  const answer = await get((await api.askToSignIn()).publicKey);
  return answer && api.signInByPasskey(answer);
}

/**
 * Makes a passkey for whoever is signed in.
 * @returns {Promise<api.Passkey | null>} null where they have cancelled
 * @throws {Problem} "prove_again" where they signed in long ago
 */
export async function addPasskey() {
  const { publicKey: asked } = await api.askToAddPasskey();
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: asked.excludeCredentials.map((/** @type {any} */ known) => ({ ...known, id: bytes(known.id) })),
  };
  const made = await run((signal) => navigator.credentials.create({ publicKey, signal }));
  return made && api.addPasskey(made);
}

/** Lets the browser name passkeys where it completes what is typed. */
async function suggest() {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return null;
  const asked = await api.askToSignIn().catch(() => null); // nobody has asked for it: the form goes on without
  return asked && get(asked.publicKey, { mediation: "conditional" });
}

/** @param {any} asked @param {object} [how] */
const get = (asked, how) =>
  run((signal) =>
    navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge) }, signal, ...how }),
  );

/**
 * @param {(signal: AbortSignal) => Promise<any>} ceremony
 * @returns {Promise<object | null>} the answer as JSON; null where there is none
 */
async function run(ceremony) {
  running.abort();
  running = new AbortController();
  try {
    const { id, type, response } = await ceremony(running.signal);
    const parts = PARTS.filter((name) => response[name]).map((name) => [name, text(response[name])]);
    const transports = response.getTransports?.() ?? [];
    return { id, rawId: id, type, response: { ...Object.fromEntries(parts), transports } };
  } catch (error) {
    const { name } = /** @type {Error} */ (error);
    // Browsers do not say whether somebody has cancelled, has waited too long, or has nothing that fits.
    if (name === "NotAllowedError" || name === "AbortError") return null;
    if (name === "InvalidStateError") {
      throw new Problem("passkey_here", _("This device has a passkey for your account already. Sign in with it next time."));
    }
    throw new Problem("passkey_fails", _("This device cannot do that. Use a code, or try another device."));
  }
}

/** @param {string} base64url */
const bytes = (base64url) =>
  Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));

/** @param {ArrayBuffer} buffer */
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
