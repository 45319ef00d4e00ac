/**
 * What can go wrong, and for each kind a title and a way on; the sentence comes with the problem.
 */

import { _ } from "./text.js";

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

/** @typedef {"again" | "open" | "paste" | "file" | "other" | "other hint" | "anew" | "ask" | "ask other" | "say ask" | "none"} Way */

/** @type {Record<string, [title: string, way: Way]>} */
const KINDS = {
  LinkCutOff: [_("The link is not complete"), "paste"],
  LinkMistyped: [_("The link is not right"), "paste"],
  LinkNotForFile: [_("The link belongs to other photos"), "paste"],
  LinkForgotten: [_("Tap the link once more"), "paste"],
  NotSealed: [_("These photos cannot be opened"), "again"],
  WrongKeyOrDamaged: [_("These photos cannot be opened"), "again"],
  BadReport: [_("These photos cannot be opened"), "again"],
  BadProof: [_("The record of this opening cannot be relied on"), "none"],
  revoked: [_("The sender has taken these photos back"), "none"],
  expired: [_("These photos are no longer available"), "none"],
  key_server_gone: [_("These photos are no longer available"), "none"],
  handover_over: [_("This code does not work"), "none"],
  not_yet: [_("It is too early for these photos"), "again"],
  sign_in_needed: [_("One more sign-in is needed"), "again"],
  sign_in_other: [_("The other sign-in is somebody else’s"), "other"],
  sign_in_over: [_("That sign-in is over"), "again"],
  not_signed_in: [_("You are not signed in"), "again"],
  passkey_needed: [_("These photos need your passkey"), "none"],
  claimed: [_("Somebody was here before you"), "ask other"],
  elsewhere: [_("These photos cannot be opened from everywhere"), "ask"],
  country_unsaid: [_("These photos cannot be opened from everywhere"), "say ask"],
  used_up: [_("These photos have been opened before"), "ask"],
  asked: [_("The sender has been asked"), "again"],
  no_need: [_("You can open these photos"), "open"],
  too_many: [_("Too many at once"), "again"],
  not_auditor: [_("This page is for auditors"), "none"],
  too_much: [_("Too much at once"), "again"],
  no_file: [_("The photos are not here"), "file"],
  not_available: [_("No photos here for you"), "other hint"],
  busy: [_("Not just now"), "again"],
  stopped: [_("Nothing can be opened just now"), "again"],
  offline: [_("No connection"), "again"],
  no_cookies: [_("You could not stay signed in"), "again"],
  engine: [_("This page could not get ready"), "again"],
  insecure: [_("This page did not come over a safe connection"), "none"],
  unsupported: [_("This browser cannot open the photos"), "none"],
};

/**
 * @param {unknown} error - a Problem; anything else is a fault of ours
 * @returns {{kind: string, title: string, text: string, way: Way}}
 */
export function explain(error) {
  const known = error instanceof Problem;
  if (!known) console.error(error);
  const kind = known ? error.kind : "Unexpected";
  const [title, way] = Object.hasOwn(KINDS, kind) ? KINDS[kind] : [_("Something went wrong"), "again"];
  const text = known && error.message ? _(error.message) : _("That is our fault, not yours. Try again.");
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
  _(
    "Once the sender says yes, you can open the photos one time, within a day. " +
      "Then try again here, or tap the link in your message.",
  ),
);

export const COUNTRY_UNSAID = new Problem(
  "country_unsaid",
  _(
    "The sender lets them be opened in certain countries only, and you have not said yet where you work. " +
      "Say it on your page, then tap the link in your message again.",
  ),
);

export const NO_COOKIES = new Problem(
  "no_cookies",
  _(
    "This browser blocks cookies here, and signing in needs one. " +
      "Allow cookies for this site and try again, or open the link in another browser.",
  ),
);
