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

/** @typedef {"again" | "paste" | "other" | "none"} Way */

/** @type {Record<string, [title: string, way: Way]>} */
const KINDS = {
  LinkCutOff: ["The link is not complete", "paste"],
  LinkMistyped: ["The link is not right", "paste"],
  LinkNotForFile: ["The link belongs to other photos", "paste"],
  LinkForgotten: ["Tap the link once more", "paste"],
  NotSealed: ["These photos cannot be opened", "again"],
  WrongKeyOrDamaged: ["These photos cannot be opened", "again"],
  BadReport: ["These photos cannot be opened", "again"],
  revoked: ["The sender has taken these photos back", "none"],
  expired: ["These photos are no longer available", "none"],
  not_available: ["No photos here for you", "other"],
  log_unavailable: ["Not just now", "again"],
  busy: ["Not just now", "again"],
  offline: ["No connection", "again"],
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

export const LINK_FORGOTTEN = new Problem(
  "LinkForgotten",
  "To keep the photos safe, this page does not remember their link for long. " +
    "Go back to your message and tap the link again.",
);

/** Browsers switch WebCrypto off on pages that came without https. */
export const INSECURE = new Problem(
  "insecure",
  "Its address begins with http:// where it should begin with https://. " +
    "Open the link from your message again, or tell the sender.",
);

export const UNSUPPORTED = new Problem(
  "unsupported",
  "Open the link from your message in an up-to-date Safari, Chrome, Edge or Firefox. " +
    "If you are in another app, look in its menu for “Open in browser”.",
);
