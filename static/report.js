/**
 * The recipient's page: sign in, see who sent it, open, look, close.
 * There is no navigation in between, so that the engine can load while the code is typed.
 */

import { forget, link } from "./link.js"; // first: it takes the secret out of the address
import * as api from "./api.js";
import { takeEngine } from "./early.js";
import { linkHindrance } from "./hindrances.js";
import { remember, remembered } from "./logs.js";
import { showOpening } from "./opening.js";
import { Viewer } from "./photos.js";
import { ASKED, COUNTRY_UNSAID, explain, is } from "./problems.js";
import { showWayThere, takeReturn } from "./there.js";
import { _, when } from "./text.js";
import { announce, current, part, show, state } from "./views.js";
import { Visitor } from "./visitor.js";

/** @type {Viewer | undefined} */
let viewer;

const visitor = new Visitor({
  link,
  hindrance: () => linkHindrance(link),
  enter: card,
  problem,
  takeEngine,
  began: (engine) => engine?.call("check_link", { fragment: link.fragment }).catch(problem),
});

async function card() {
  const before = current();
  const report = await api.getReport(link.report);
  if (!before.isConnected) return;
  const returned = takeReturn(link.report);
  if (returned) return openPhotos(report, returned); // they had pressed the button, and were sent to sign in
  const { sender, sent } = report;
  const heading = sender ? _("{sender} sent you photos", { sender }) : _("Photos");
  const fills = { heading, sent: sent && _("Sent {when}", { when: when(sent) }), who: visitor.name };
  show("card", fills, { open: () => openPhotos(report), signOut });
}

/**
 * A second call goes on where the first one was interrupted.
 * @param {api.Report} report
 * @param {{secret: string, code: string}} [returned] - from the key server's own sign-in
 */
async function openPhotos(report, returned) {
  const { key_server, file_host, log_key } = report;
  const where = { key_server, file_host, log_key, remembered: remembered(key_server) };
  const args = { report: link.report, fragment: link.fragment, ...where };
  const again = () => openPhotos(report);
  const line = viewer?.arrival ?? showOpening(cancel);
  line.progress({ stage: "starting", done: 0, total: 0 });
  /** @param {any} told */
  const hear = (told) => {
    if (told.stage === "report") {
      remember(key_server, told.log.checkpoint);
      viewer = new Viewer(told, { close: closePhotos, signOut, again }, () => visitor.ask("save", {}));
    } else if (told.stage === "photo") viewer?.arrive(told);
    else (viewer?.arrival ?? line).progress(told);
  };
  try {
    if (returned) await visitor.ask("end_sign_in", { report: link.report, key_server, ...returned });
    await visitor.ask("open_report", args, hear);
    forget();
    viewer?.complete();
  } catch (error) {
    const passing = is(error, "offline", "busy", "passkey_needed");
    if (is(error, "sign_in_needed")) return wayThere(report);
    if (viewer && passing) viewer.arrival.interrupt();
    else if (is(error, "elsewhere") && !visitor.account?.jurisdiction) problem(COUNTRY_UNSAID);
    else problem(error, passing ? again : undefined);
  }
}

/** @param {api.Report} report */
async function wayThere({ key_server }) {
  try {
    await showWayThere(visitor, { report: link.report, key_server, returns: "link" });
  } catch (error) {
    problem(error);
  }
}

function cancel() {
  visitor.startEngine();
  visitor.enter();
}

/** The only way back is the link in the message: nothing that opens the photos stays here. */
function closePhotos() {
  viewer?.close();
  viewer = undefined;
  visitor.engine?.end();
  forget();
  showClosed();
}

function showClosed(news = "") {
  const view = show("closed", { who: visitor.name, news }, { signOut });
  announce(news);
  if (visitor.account) askAfter(view, visitor.account);
}

/** @param {HTMLElement} view @param {api.Account} account */
async function askAfter(view, account) {
  // Not before: until the photos have been seen, all that is fetched is for them. Without a line it is left out.
  const after = await import("./after.js").catch(() => null);
  if (view.isConnected) after?.askAfter(view, account);
}

async function signOut() {
  if (viewer) closePhotos();
  if (state() !== "closed") return visitor.signOut();
  try {
    await api.signOut();
  } catch (error) {
    return showClosed(explain(error).text);
  }
  visitor.account = null;
  showClosed(_("You are signed out."));
}

/** @param {unknown} error @param {() => void} [again] - what "Try again" does */
function problem(error, again = () => visitor.start()) {
  const { kind, title, text, way } = explain(error);
  if (kind === "cancelled") return;
  const gone = blank() ? _("The photos have been taken off this screen.") : "";
  if (kind === "sign_in") return visitor.leave();
  const as = way.includes("other") ? visitor.name : "";
  const isForged = kind === "BadProof";
  const safe = isForged ? _("To be safe, the photos stay closed. Show the sender what it says here:") : "";
  const acts = { again, other: signOut, ask: askSender };
  const view = show("problem", { title, text: [gone, safe, text].filter(Boolean).join(" "), who: as }, acts);
  view.dataset.kind = kind;
  if (kind === "passkey_needed") askForPasskey(view, again);
  for (const [index, name] of way.split(" ").entries()) {
    part(view, name)?.removeAttribute("hidden");
    part(view, name)?.classList.toggle("quiet", index > 0);
  }
}

/** @param {HTMLElement} view @param {() => void} again - what goes on after a sign-in with a passkey */
async function askForPasskey(view, again) {
  const goOn = (/** @type {api.Account} */ account) => {
    const same = account.id === visitor.account?.id;
    visitor.account = account;
    if (same) return again();
    visitor.startEngine();
    visitor.enter(true);
  };
  try {
    const needed = await import("./passkeyneeded.js");
    await needed.askForPasskey(view, goOn, problem);
  } catch (error) {
    if (view.isConnected) problem(error, again);
  }
}

async function askSender() {
  const before = current();
  let news = ASKED;
  try {
    const { key_server } = await api.getReport(link.report);
    await visitor.ask("ask_sender", { report: link.report, key_server });
  } catch (error) {
    news = /** @type {typeof ASKED} */ (error);
  }
  if (before.isConnected) problem(news, is(news, "offline", "busy") ? askSender : undefined);
}

/** Takes photos that must not be seen any longer off the screen, and out of all memory. */
function blank() {
  if (!viewer) return false;
  viewer.close();
  viewer = undefined;
  visitor.startEngine();
  return true;
}

addEventListener("pagehide", () => viewer && closePhotos());
visitor.start();
