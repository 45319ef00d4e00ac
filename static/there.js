/**
 * The sign-in that a key server may demand of its own: there on its page, and back again with a code.
 */

import * as keep from "./keep.js";
import { code } from "./returned.js";
import { _ } from "./text.js";
import { current, part, show } from "./views.js";

const MINUTES = 15; // as long as a sign-in may take

/** @param {string} report */
const name = (report) => `sign-in ${report}`;

/**
 * Shows the way there. The secret stays in this tab: only who went there can come back.
 * @param {import("./visitor.js").Visitor} visitor
 * @param {{report: string, key_server: string, returns: "link" | "sent"}} asked
 * @throws {import("./problems.js").Problem}
 */
export async function showWayThere(visitor, asked) {
  const before = current();
  const begun = await visitor.ask("begin_sign_in", asked);
  if (!before.isConnected) return;
  keep.put(name(asked.report), begun.secret);
  const view = show("there", { place: begun.name });
  const go = /** @type {HTMLAnchorElement} */ (part(view, "go"));
  go.href = begun.address;
  go.textContent = _("Sign in at {place}", { place: begun.name });
  go.focus();
}

/**
 * @param {string} report
 * @returns {{secret: string, code: string} | undefined} what ends the sign-in; once, and only in the tab that began it
 */
export function takeReturn(report) {
  const secret = code && keep.get(name(report), MINUTES);
  if (code) keep.drop(name(report));
  return secret ? { secret, code } : undefined;
}
