/**
 * What keeps the page from beginning at all.
 */

import { supported } from "./engine.js";
import { link } from "./link.js";
import { Problem } from "./problems.js";

/** Browsers switch WebCrypto off on pages that came without https. */
const INSECURE = new Problem(
  "insecure",
  "Its address begins with http:// where it should begin with https://. " +
    "Open the link from your message again, or tell the sender.",
);

const UNSUPPORTED = new Problem(
  "unsupported",
  "Open the link from your message in an up-to-date Safari, Chrome, Edge or Firefox. " +
    "If you are in another app, look in its menu for “Open in browser”.",
);

const LINK_CHANGED = new Problem(
  "LinkMistyped",
  "A part of it is missing, or was changed on its way. " +
    "Open it again from the message, or ask the sender for the whole link.",
);

const LINK_FORGOTTEN = new Problem(
  "LinkForgotten",
  "To keep the photos safe, this page does not remember their link for long. " +
    "Go back to your message and tap the link again.",
);

/** @returns {Problem | undefined} */
export function hindrance() {
  if (!isSecureContext) return INSECURE;
  if (!supported()) return UNSUPPORTED;
  if (!link.report) return LINK_CHANGED;
  return link.forgotten ? LINK_FORGOTTEN : undefined;
}
