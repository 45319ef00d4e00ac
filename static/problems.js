/**
 * What can go wrong, and for each kind a title and a way on; the sentence comes with the problem.
 */

/** An error with a sentence for the person who reads the page. */
export class Problem extends Error {
  /**
   * @param {string} kind - a name from the portal, the key server or the engine
   * @param {string} text - one or two plain sentences
   */
  constructor(kind, text) {
    super(text);
    this.kind = kind;
  }
}

/** @typedef {"again" | "open" | "paste" | "other" | "other hint" | "anew" | "ask" | "ask other" | "none"} Way */

/** @type {Record<string, [title: string, way: Way]>} */
const KINDS = {
  LinkCutOff: ["The link is not complete", "paste"],
  LinkMistyped: ["The link is not right", "paste"],
  LinkNotForFile: ["The link belongs to other photos", "paste"],
  LinkForgotten: ["Tap the link once more", "paste"],
  NotSealed: ["These photos cannot be opened", "again"],
  WrongKeyOrDamaged: ["These photos cannot be opened", "again"],
  BadReport: ["These photos cannot be opened", "again"],
  BadProof: ["The record of this opening cannot be relied on", "none"],
  revoked: ["The sender has taken these photos back", "none"],
  expired: ["These photos are no longer available", "none"],
  key_server_gone: ["These photos are no longer available", "none"],
  not_yet: ["It is too early for these photos", "again"],
  sign_in_needed: ["One more sign-in is needed", "again"],
  sign_in_other: ["The other sign-in is somebody else’s", "other"],
  sign_in_over: ["That sign-in is over", "again"],
  passkey_needed: ["These photos need your passkey", "anew"],
  claimed: ["Somebody was here before you", "ask other"],
  elsewhere: ["These photos cannot be opened from everywhere", "ask"],
  used_up: ["These photos have been opened before", "ask"],
  asked: ["The sender has been asked", "again"],
  no_need: ["You can open these photos", "open"],
  too_many: ["Too many at once", "again"],
  not_auditor: ["This page is for auditors", "none"],
  too_much: ["Too much at once", "again"],
  not_available: ["No photos here for you", "other hint"],
  busy: ["Not just now", "again"],
  stopped: ["Nothing can be opened just now", "again"],
  offline: ["No connection", "again"],
  no_cookies: ["You could not stay signed in", "again"],
  engine: ["This page could not get ready", "again"],
  insecure: ["This page did not come over a safe connection", "none"],
  unsupported: ["This browser cannot open the photos", "none"],
};

/**
 * @param {unknown} error - a Problem; anything else is a fault of ours
 * @returns {{kind: string, title: string, text: string, way: Way}}
 */
export function explain(error) {
  const known = error instanceof Problem;
  if (!known) console.error(error);
  const kind = known ? error.kind : "Unexpected";
  const [title, way] = Object.hasOwn(KINDS, kind) ? KINDS[kind] : ["Something went wrong", "again"];
  const text = known && error.message ? error.message : "That is our fault, not yours. Try again.";
  return { kind, title, text, way: /** @type {Way} */ (way) };
}

/**
 * @param {unknown} error
 * @param {...string} kinds
 * @returns {boolean} whether it is a Problem of one of these kinds
 */
export const is = (error, ...kinds) => error instanceof Problem && kinds.includes(error.kind);

export const ASKED = new Problem(
  "asked",
  "Once the sender says yes, you can open the photos one time, within a day. " +
    "Then try again here, or tap the link in your message.",
);

export const NO_COOKIES = new Problem(
  "no_cookies",
  "This browser blocks cookies here, and signing in needs one. " +
    "Allow cookies for this site and try again, or open the link in another browser.",
);
