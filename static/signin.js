/**
 * Sign-in: one field for an e-mail address or mobile number, one for the code. Where the link says whom it is for, the
 * code goes there at one tap, and is all that is typed.
 */

import * as api from "./api.js";
import { isMobile, shown } from "./hint.js";
import "./hospital.js"; // its buttons work by themselves
import * as keep from "./keep.js";
import { offerSignIn } from "./passkey.js";
import { explain } from "./problems.js";
import { _ } from "./text.js";
import { announce, current, fill, part, show } from "./views.js";

const DIGITS = 6;
const MINUTES = 15;
const PAUSE = 800; // milliseconds after which somebody who types a code of unknown length has finished

/** @typedef {(account: api.Account) => void | Promise<void>} Done */
/** @typedef {{report: string, hint: string}} Link - empty texts on a page that is about no report */
/**
 * For a code: by what it was asked for, and by what the first one was, that another contact may get one instead of.
 * @typedef {api.Attempt & {wanted: api.Wanted, first: api.Wanted}} Waiting
 */

/**
 * @param {Done} done - called with the account once somebody has signed in
 * @param {Link} [link] - by which they came
 */
export function signIn(done, link = { report: "", hint: "" }) {
  const waiting = keep.get("code", MINUTES);
  if (waiting) askForCode(waiting, done, link);
  else if (link.hint && canSend(wayOf(link))) offerCode(done, link);
  else askForContact("", done, link);
}

/**
 * Lets somebody prove once more who they are, who is signed in already.
 * @param {string} contact - of theirs
 * @param {string} why
 * @param {Done} done
 */
export function signInAgain(contact, why, done) {
  keep.drop("code");
  askForContact(contact, done, { report: "", hint: "" });
  fill(current(), { why });
  part(current(), "hospitals")?.remove(); // theirs may sign in silently whoever sits there: no proof for this
}

/** @param {Done} done @param {Link} link */
function offerCode(done, link) {
  const other = () => askForContact("", done, link);
  const view = form("named", { send: _("Send the code to {contact}", { contact: shown(link.hint) }) }, { other });
  onSubmit(view, () => send({ report: link.report, hint: link.hint }, done, link));
  orByPasskey(view, done);
}

/** @param {string} contact - what was typed before @param {Done} done @param {Link} link */
function askForContact(contact, done, link) {
  const view = form("sign-in");
  const input = field(view);
  input.value = contact;
  input.select();
  onSubmit(view, () => send({ contact: input.value.trim() }, done, link));
  orByPasskey(view, done);
}

/**
 * Sends a code, and goes on to where it is typed.
 * @param {api.Wanted} wanted @param {Done} done @param {Link} link
 * @param {api.Wanted} [first]
 */
async function send(wanted, done, link, first = wanted) {
  const attempt = await api.sendCode(wanted);
  return () => askForCode({ wanted, first, ...attempt }, done, link);
}

/** @param {Waiting} waiting @param {Done} done @param {Link} link */
function askForCode(waiting, done, link) {
  keep.put("code", waiting);
  const { attempt, wanted, first } = waiting;
  const leave = () => {
    keep.drop("code");
    askForContact("contact" in first ? first.contact : "", done, link);
  };
  const view = form("code", told(waiting), { leave, resend: () => resend(), instead: () => instead() });
  const by = wayOf(wanted) === "sms" ? "mail" : "sms";
  part(view, "instead").hidden = !canSend(by);
  const input = field(view);
  onceTyped(input, waiting.digits, () => view.requestSubmit());
  onSubmit(view, async () => {
    const account = await api.signIn(attempt, input.value);
    keep.drop("code");
    return () => done(account);
  });
  const resend = () => again(wanted, _("A new code is on its way. Only the newest one works."));
  const instead = () => again("by" in wanted ? first : { attempt, report: link.report, by });
  /** @param {api.Wanted} next @param {string} [news] */
  const again = (next, news = "") =>
    attend(view, async () => {
      const shows = await send(next, done, link, first);
      return () => {
        shows();
        fill(current(), { news });
        announce(news);
      };
    });
}

/** @param {Waiting} waiting @returns {import("./views.js").Fills} */
function told({ wanted, to, digits = DIGITS }) {
  const by = wayOf(wanted);
  const instead = by === "sms" ? _("Send it by e-mail instead") : _("Send it by SMS instead");
  const label = digits === DIGITS ? {} : { label: _("Code") }; // the server makes it longer where somebody guesses
  if ("contact" in wanted) return { to, instead, ...label };
  if ("hint" in wanted) return { to: shown(wanted.hint), instead };
  const known =
    by === "sms"
      ? _("If we know a mobile number of yours, a code is on its way there.")
      : _("If we know an e-mail address of yours, a code is on its way there.");
  return { lead: known, instead };
}

/** @param {api.Wanted | Link} wanted @returns {string} how its code goes out: "mail" or "sms" */
function wayOf(wanted) {
  if ("by" in wanted) return wanted.by;
  const mobile = "hint" in wanted ? isMobile(wanted.hint) : !wanted.contact.includes("@");
  return mobile ? "sms" : "mail";
}

/** @param {string} way @returns {boolean} whether this server can send codes so */
const canSend = (way) => document.getElementById("view-code")?.dataset.ways?.split(" ").includes(way) ?? false;

/**
 * Goes on by itself as soon as a code is complete.
 * @param {HTMLInputElement} input
 * @param {number | undefined} length - how many digits it has, where that is known
 * @param {() => void} go
 */
function onceTyped(input, length, go) {
  let before = 0;
  let timer = 0;
  input.addEventListener("input", () => {
    const count = input.value.normalize("NFKC").replace(/\D/g, "").length;
    const pasted = count > before + 1; // or filled in by the phone: at once, and all of it
    before = count;
    clearTimeout(timer);
    if (length ? count === length : pasted && count >= DIGITS) go();
    else if (!length && count >= DIGITS) timer = setTimeout(() => input.isConnected && go(), PAUSE);
  });
}

/** @param {HTMLFormElement} view @param {Done} done */
const orByPasskey = (view, done) =>
  offerSignIn(view, (signIn) =>
    attend(view, async () => {
      const account = await signIn();
      return () => (account ? done(account) : undefined);
    }),
  );

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
  input?.setAttribute("aria-invalid", "true");
  input?.focus();
  if (input?.id === "code") input.select();
}
