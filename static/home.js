/**
 * The start page: a link that was copied from a message is pasted here, and opened.
 */

import { findAddress, NO_LINK } from "./pasted.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
const error = /** @type {HTMLElement} */ (document.getElementById("link-error"));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const address = findAddress(input.value);
  if (address) return location.assign(address);
  error.textContent = NO_LINK;
  error.hidden = false;
  input.setAttribute("aria-invalid", "true");
  input.focus();
});

/** @type {HTMLButtonElement} */ (form.querySelector("button")).disabled = false;
// Pasted, and perhaps sent off, before this script was here: on a slow line that went nowhere.
if (findAddress(input.value)) form.requestSubmit();
