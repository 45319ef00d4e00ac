/**
 * The ways to hand one link on: by the phone's own sheet, by messages, copied, or as a code for a camera.
 */

import { draw } from "./code.js";
import { message, parts } from "./sms.js";
import { _ } from "./text.js";
import { copy, fill, part } from "./views.js";

/** @typedef {{contact: string, link: string}} Share - contact: as the portal has it, or typed; empty where nobody is named */

/**
 * @param {Share} share
 * @param {string} sender - their name; empty: not said
 * @param {string} whose - it is, where there are several
 * @param {import("./views.js").Acts} [acts]
 * @returns {HTMLElement} one person's ways
 */
export function ways(share, sender, whose, acts = {}) {
  /** @type {HTMLElement} */
  const node = copy("person", { name: whose, unseen: whose && ` ${whose}` }, {
    share: () => hand(message(share.link, words(sender))),
    copy: () => copyText(node, share.link),
    ...acts,
  });
  part(node, "share").hidden = !navigator.share;
  point(node, share, digits(share.contact), sender);
  return node;
}

/** Lets a person's ways carry their link. @param {HTMLElement} node @param {Share} share @param {string} number @param {string} sender */
export function point(node, { contact, link }, number, sender) {
  const text = message(link, words(sender));
  const long = parts(text) > 1 ? _("The link is long: as an SMS it goes out in {count} parts.", { count: parts(text) }) : "";
  fill(node, { long });
  // With "?&" both iPhones and Androids take number and text.
  anchor(node, "sms").href = `sms:${number}?&body=${encodeURIComponent(text)}`;
  anchor(node, "whatsapp").href = `https://wa.me/?text=${encodeURIComponent(text)}`;
  anchor(node, "mail").href = mail(contact.includes("@") ? [contact] : [], _("Clinical photos for you"), text);
  draw(part(node, "code"), link);
}

/** @param {string} contact @returns {string} of a mobile number; empty of an address */
export const digits = (contact) => (contact.includes("@") ? "" : contact.replace(/[^+\d]/g, ""));

/** @param {string[]} to @param {string} subject @param {string} body */
export const mail = (to, subject, body) =>
  `mailto:${to.map(encodeURIComponent).join(",")}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;

/** @param {HTMLElement} view @param {string} name */
export const anchor = (view, name) => /** @type {HTMLAnchorElement} */ (part(view, name));

/** What may stand before the link, the longest first. @param {string} sender */
const words = (sender) => [...(sender ? [_("Clinical photos from {sender}:", { sender })] : []), _("Clinical photos:")];

/** @param {string} text */
const hand = (text) => navigator.share({ text }).catch(() => {}); // closed again: the other ways are still there

/** @param {HTMLElement} node @param {string} text */
async function copyText(node, text) {
  const copied = await navigator.clipboard.writeText(text).then(
    () => _("The link is copied."),
    () => _("This browser does not let the page copy. Use another way."),
  );
  fill(node, { copied });
}
