/**
 * The start page: a link that was copied from a message is pasted here, and opened.
 */

import { _ } from "./text.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
const error = /** @type {HTMLElement} */ (document.getElementById("link-error"));

/**
 * @param {string} text - a link, or the whole message with the link in it
 * @returns {string} the address to go to; empty where there is none for this site
 */
function find(text) {
  const [, host, path] = text.match(/([^/\s]+)(\/r\/\S+)/i) ?? [];
  // A full stop or a bracket after the link belongs to the message.
  return host?.toLowerCase() === location.host ? path.replace(/[).,;:!?>"'\]]+$/, "") : "";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const address = find(input.value);
  if (address) return location.assign(address);
  error.textContent = _("This is not a link to photos here. It starts with {address}", {
    address: `${location.origin}/r/`,
  });
  error.hidden = false;
  input.setAttribute("aria-invalid", "true");
  input.focus();
});
