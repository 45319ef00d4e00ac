/**
 * Sign-in: one field for an e-mail address or mobile number, one for the six-digit code.
 */

import * as api from "./api.js";
import * as keep from "./keep.js";
import { explain } from "./problems.js";
import { announce, current, fill, show } from "./views.js";

const DIGITS = 6;
const MINUTES = 15;

/** @typedef {(account: api.Account) => void | Promise<void>} Done */

/**
 * @param {Done} done - called with the account once somebody has signed in
 */
export function signIn(done) {
  const waiting = keep.get("code", MINUTES);
  if (waiting) askForCode(waiting, done);
  else askForContact("", done);
}

/** @param {string} contact - what was typed before @param {Done} done */
function askForContact(contact, done) {
  const view = form("sign-in");
  const input = field(view);
  input.value = contact;
  input.select();
  onSubmit(view, async () => {
    const typed = input.value.trim();
    const attempt = await api.sendCode(typed);
    return () => askForCode({ contact: typed, ...attempt }, done);
  });
}

/**
 * @param {api.Attempt & {contact: string}} waiting
 * @param {Done} done
 */
function askForCode(waiting, done) {
  keep.put("code", waiting);
  const { attempt, to, contact } = waiting;
  const leave = () => {
    keep.drop("code");
    askForContact(contact, done);
  };
  const view = form("code", { to }, { leave, resend: () => resend() });
  const input = field(view);
  const digits = () => input.value.normalize("NFKC").replace(/\D/g, "");
  input.addEventListener("input", () => {
    if (digits().length === DIGITS) view.requestSubmit();
  });
  onSubmit(view, async () => {
    const account = await api.signIn(attempt, digits());
    keep.drop("code");
    return () => done(account);
  });
  const resend = () =>
    attend(view, async () => {
      const again = await api.sendCode(contact);
      return () => {
        askForCode({ contact, ...again }, done);
        fill(current(), { news: "A new code is on its way. Only the newest one works." });
        announce("A new code is on its way.");
      };
    });
}

/** @param {Parameters<typeof show>} what @returns {HTMLFormElement} */
const form = (...what) => /** @type {HTMLFormElement} */ (show(...what));

/** @param {Element} view @returns {HTMLInputElement} */
const field = (view) => /** @type {HTMLInputElement} */ (view.querySelector("input"));

/** @typedef {() => Promise<() => void | Promise<void>>} Work - resolves to the next step */

/** @param {HTMLFormElement} view @param {Work} work */
function onSubmit(view, work) {
  view.addEventListener("submit", (event) => {
    event.preventDefault();
    attend(view, work);
  });
}

/**
 * One request at a time; what goes wrong is said at the field, and nothing typed is lost.
 * @param {HTMLFormElement} view
 * @param {Work} work
 */
async function attend(view, work) {
  if (view.ariaBusy === "true") return;
  view.ariaBusy = "true";
  fill(view, { error: "" });
  try {
    const next = await work();
    if (view.isConnected) await next();
  } catch (error) {
    complain(view, explain(error).text);
  } finally {
    view.ariaBusy = "false";
  }
}

/** @param {HTMLFormElement} view @param {string} text */
function complain(view, text) {
  fill(view, { error: text, news: "" });
  const input = field(view);
  input.setAttribute("aria-invalid", "true");
  input.focus();
  if (input.id === "code") input.select();
}
