/**
 * A hospital's own sign-in leads away from the page, and photos that are in its memory alone would be lost: so it is done
 * in another tab. Whoever comes back to this one is signed in.
 */

import * as api from "./api.js";
import { _ } from "./text.js";
import { current, fill, state } from "./views.js";

const STATES = ["sign-in", "named", "code"];

/**
 * @param {object} page
 * @param {() => boolean} page.isNeeded - whether something would be lost
 * @param {(account: api.Account) => void} page.signedIn - goes on
 */
export function inAnotherTab({ isNeeded, signedIn }) {
  const pressed = (/** @type {Event} */ event) => {
    const button = event.target instanceof Element && event.target.closest("[data-hospital]");
    if (!button || !isNeeded()) return;
    event.stopImmediatePropagation();
    open("/account", "_blank", "noopener");
    fill(current(), { error: _("Sign in with your hospital in the other tab that has opened. Then come back to this one: it goes on by itself.") });
  };
  addEventListener("click", pressed, { capture: true }); // before hospital.js hears of it
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible" || !STATES.includes(state())) return;
    const view = current();
    const account = await api.getAccount().catch(() => null);
    if (account && view.isConnected) signedIn(account);
  });
}
