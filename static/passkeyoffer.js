/**
 * The offer of a passkey, to somebody who has got what they came for: next time with one tap.
 */

import * as api from "./api.js";
import { addPasskey, hasPasskeys } from "./passkey.js";
import { explain } from "./problems.js";
import { _ } from "./text.js";
import { all, announce, copy, current, fill, part } from "./views.js";

const NAME = "no passkey";

/**
 * Shows the offer in a box, where it makes sense: the device can keep passkeys, and the account has none.
 * @param {HTMLElement} box - empty so far
 */
export async function offerPasskey(box) {
  if (!hasPasskeys || isDeclined()) return;
  if (!(await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable())) return;
  const { passkeys, fresh } = await api.getPasskeys().catch(() => ({ passkeys: [], fresh: false }));
  if (passkeys.length || !fresh || !box.isConnected) return;
  const offer = copy("passkey-offer", {}, { add: () => add(offer), later: () => decline(offer) });
  box.replaceChildren(offer);
}

/** @param {HTMLElement} offer */
async function add(offer) {
  if (offer.ariaBusy === "true") return;
  offer.ariaBusy = "true";
  let news = "";
  try {
    if (await addPasskey()) {
      news = _("Done. Next time, sign in with your passkey.");
      part(offer, "asking").remove();
      all(current(), "[data-focus]")[0].focus({ preventScroll: true }); // its button is gone
    }
  } catch (error) {
    news = explain(error).text;
  }
  offer.ariaBusy = "false";
  fill(offer, { news });
  announce(news);
}

/** "Not now" is for good, on this device. @param {HTMLElement} offer */
function decline(offer) {
  offer.remove();
  try {
    localStorage.setItem(NAME, "yes");
  } catch {
    // Storage is blocked: they are asked again.
  }
}

function isDeclined() {
  try {
    return localStorage.getItem(NAME) !== null;
  } catch {
    return false;
  }
}
