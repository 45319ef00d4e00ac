/**
 * Photos for which their sender wants a passkey: who has one signs in with it, who has none makes one, and both go on.
 */

import * as api from "./api.js";
import { addPasskey, hasPasskeys, signInByPasskey } from "./passkey.js";
import { _, when } from "./text.js";
import { fill, part } from "./views.js";

/**
 * @param {HTMLElement} view - that says that a passkey is needed
 * @param {(account: api.Account) => void} goOn - after a sign-in with a passkey
 * @param {(error: unknown) => void} failed
 * @throws {import("./problems.js").Problem}
 */
export async function askForPasskey(view, goOn, failed) {
  if (!hasPasskeys) {
    const text = _("The sender wants a passkey for these photos. Open the link in Safari, Chrome, Edge or Firefox.");
    return fill(view, { text });
  }
  const { passkeys } = await api.getPasskeys();
  if (passkeys.length && passkeys.every((one) => one.counts_from)) {
    const text = _("Your passkey is new. Photos like these can be opened with it from {when}.", {
      when: when(passkeys[0].counts_from),
    });
    return fill(view, { text });
  }
  if (!passkeys.length) fill(view, { text: none() });
  offer(view, passkeys.length > 0, goOn, failed);
}

/** @param {HTMLElement} view @param {boolean} has @param {(account: api.Account) => void} goOn @param {(error: unknown) => void} failed */
function offer(view, has, goOn, failed) {
  const button = part(view, "passkey");
  const label = () => (button.textContent = has ? _("Sign in with your passkey") : _("Make a passkey"));
  button.addEventListener("click", async () => {
    try {
      has ||= (await addPasskey()) !== null;
      label();
      const account = has && (await signInByPasskey());
      if (account && view.isConnected) goOn(account);
    } catch (error) {
      if (view.isConnected) failed(error);
    }
  });
  label();
  button.hidden = false;
}

const none = () =>
  _(
    "The sender wants a passkey for these photos: your finger, your face or your screen lock, in place of a code. " +
      "You have none yet. Make one on this device, then the photos open.",
  );
