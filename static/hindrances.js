/**
 * What keeps the page from beginning at all.
 */

import { supported } from "./engine.js";
import { Problem } from "./problems.js";
import { _ } from "./text.js";

/** Browsers switch WebCrypto off on pages that came without https. @param {string} way */
const insecure = (way) =>
  new Problem("insecure", _("Its address begins with http:// where it should begin with https://. {way}", { way }));

/** @param {string} what */
const unsupported = (what) =>
  new Problem(
    "unsupported",
    _(
      "Open {what} in an up-to-date Safari, Chrome, Edge or Firefox. " +
        "If you are in another app, look in its menu for “Open in browser”.",
      { what },
    ),
  );

const LINK_CHANGED = new Problem(
  "LinkMistyped",
  _(
    "A part of it is missing, or was changed on its way. " +
      "Open it again from the message, or ask the sender for the whole link.",
  ),
);

const LINK_FORGOTTEN = new Problem(
  "LinkForgotten",
  _(
    "To keep the photos safe, this page does not remember their link for long. " +
      "Go back to your message and tap the link again.",
  ),
);

/** @param {import("./link.js").Link} link @returns {Problem | undefined} */
export function linkHindrance(link) {
  const hindered = hindrance(
    _("the link from your message"),
    _("Open the link from your message again, or tell the sender."),
  );
  if (hindered) return hindered;
  if (!link.report) return LINK_CHANGED;
  return link.forgotten ? LINK_FORGOTTEN : undefined;
}

/**
 * @param {string} what - to open in another browser
 * @param {string} way - on from a page without https
 * @returns {Problem | undefined}
 */
export function hindrance(what, way) {
  if (!isSecureContext) return insecure(way);
  return supported() ? undefined : unsupported(what);
}
