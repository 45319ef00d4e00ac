/**
 * After the first photos: name, country and passkey, on the page that is left when they are closed. Nothing of it is
 * needed; who leaves it out with one tap is not asked again on this device.
 */

import * as api from "./api.js";
import { offerCountries } from "./countrynames.js";
import { offerPasskey } from "./passkeyoffer.js";
import { explain } from "./problems.js";
import { _ } from "./text.js";
import { all, announce, fill, part } from "./views.js";

/**
 * @param {HTMLElement} view - with a form for details as its part "after", and a box for a passkey as "offer"
 * @param {api.Account} account - whose they are
 */
export async function askAfter(view, account) {
  const box = part(view, "offer");
  const isDone = isAsked(account) || Boolean(account.name && account.jurisdiction);
  if (!isDone) askDetails(view, account, () => later(box)?.click());
  await offerPasskey(box);
  // While both are asked, one tap leaves out both.
  if (part(view, "after")?.hidden === false) later(box)?.setAttribute("hidden", "");
}

/** @param {HTMLElement} box @returns {HTMLElement | null} "Not now", in what is offered there */
const later = (box) => box.querySelector('[data-act="later"]');

/** @param {HTMLElement} view @param {api.Account} account @param {() => void} skipped - is told of "Not now" */
function askDetails(view, account, skipped) {
  const form = /** @type {HTMLFormElement} */ (part(view, "after"));
  const name = /** @type {HTMLInputElement} */ (part(form, "name"));
  const country = /** @type {HTMLSelectElement} */ (part(form, "country"));
  part(form, "naming").hidden = Boolean(account.name);
  name.value = account.name ?? "";
  offerCountries(country, account.jurisdiction || account.usual_country);
  const end = (/** @type {string} */ news) => {
    noteAsked(account);
    form.remove();
    later(part(view, "offer"))?.removeAttribute("hidden");
    fill(all(view, ".panel")[0], { news });
    announce(news);
    all(view, "[data-focus]")[0].focus();
  };
  part(form, "skip").addEventListener("click", () => {
    end("");
    skipped();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      Object.assign(account, await api.putDetails({ name: name.value.trim(), jurisdiction: country.value }));
    } catch (error) {
      return fill(form, { error: explain(error).text });
    }
    end(_("Thank you. This has been saved."));
  });
  form.hidden = false;
}

/** @param {api.Account} account */
const key = ({ id }) => `asked ${id}`;

/** @param {api.Account} account */
function isAsked(account) {
  try {
    return localStorage.getItem(key(account)) !== null;
  } catch {
    return false; // Storage is blocked: it is asked each time.
  }
}

/** @param {api.Account} account */
function noteAsked(account) {
  try {
    localStorage.setItem(key(account), "yes");
  } catch {
    // Storage is blocked or full.
  }
}
