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
import { ASKED, explain, is, NO_COOKIES } from "./problems.js";
import { signIn } from "./signin.js";
import { announce, current, part, show, state } from "./views.js";
import { when } from "./words.js";

/** @type {import("./engine.js").Engine | undefined} */
let engine;
/** @type {Viewer | undefined} */
let viewer;
/** @type {api.Account | null} */
let account = null;

function startEngine() {
  engine?.end();
  engine = takeEngine();
  engine.call("check_link", { fragment: link.fragment }).catch(problem);
}

async function start() {
  const view = show("starting");
  const hindered = linkHindrance(link);
  if (hindered) return problem(hindered);
  startEngine();
  try {
    account = await api.getAccount();
  } catch (error) {
    return problem(error);
  }
  if (!view.isConnected) return;
  if (account) await card();
  else signIn(signedIn);
}

/** @param {api.Account} who */
function signedIn(who) {
  account = who;
  return card(true);
}

/** @param {boolean} [fresh] - whether somebody has signed in just now */
async function card(fresh = false) {
  const before = current();
  let report;
  try {
    report = await api.getReport(link.report);
  } catch (error) {
    if (!before.isConnected) return;
    return problem(fresh && is(error, "sign_in") ? NO_COOKIES : error);
  }
  if (!before.isConnected) return;
  const { sender, sent } = report;
  const heading = sender ? `${sender} sent you photos` : "Photos";
  const fills = { heading, sent: sent && `Sent ${when(sent)}`, who: who() };
  show("card", fills, { open: () => openPhotos(report), signOut });
}

const who = () => [account?.name, account?.contact].filter(Boolean).join(", ");

/** A second call goes on where the first one was interrupted. @param {api.Report} report */
async function openPhotos(report) {
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
      viewer = new Viewer(told, { close: closePhotos, signOut, again });
    } else if (told.stage === "photo") viewer?.arrive(told);
    else (viewer?.arrival ?? line).progress(told);
  };
  try {
    await engine?.call("open_report", args, hear);
    forget();
    viewer?.arrival.complete();
  } catch (error) {
    const passing = is(error, "offline", "busy");
    if (viewer && passing) viewer.arrival.interrupt();
    else problem(error, passing ? again : start);
  }
}

function cancel() {
  startEngine();
  card();
}

/** The only way back is the link in the message: nothing that opens the photos stays here. */
function closePhotos() {
  viewer?.close();
  viewer = undefined;
  engine?.end();
  forget();
  showClosed();
}

function showClosed(news = "") {
  show("closed", { who: account && who(), news }, { signOut });
  announce(news);
}

async function signOut() {
  if (viewer) closePhotos();
  const isClosed = state() === "closed";
  try {
    await api.signOut();
  } catch (error) {
    return isClosed ? showClosed(explain(error).text) : problem(error);
  }
  account = null;
  if (isClosed) return showClosed("You are signed out.");
  startEngine(); // what it holds was released to whoever has just left
  signIn(signedIn);
}

/** @param {unknown} error @param {() => void} [again] - what "Try again" does */
function problem(error, again = start) {
  const { kind, title, text, way } = explain(error);
  if (kind === "cancelled") return;
  const gone = blank() ? "The photos have been taken off this screen. " : "";
  if (kind === "sign_in") {
    startEngine(); // the next person to sign in may be another one
    return signIn(signedIn);
  }
  const as = way.includes("other") && account ? who() : "";
  const safe = kind === "BadProof" ? "To be safe, the photos stay closed. Show the sender what it says here: " : "";
  const acts = { again, other: signOut, ask: askSender };
  const view = show("problem", { title, text: gone + safe + text, who: as }, acts);
  view.dataset.kind = kind;
  for (const [index, name] of way.split(" ").entries()) {
    part(view, name)?.removeAttribute("hidden");
    part(view, name)?.classList.toggle("quiet", index > 0);
  }
}

async function askSender() {
  const before = current();
  let news = ASKED;
  try {
    const { key_server } = await api.getReport(link.report);
    await engine?.call("ask_sender", { report: link.report, key_server });
  } catch (error) {
    news = /** @type {typeof ASKED} */ (error);
  }
  if (before.isConnected) problem(news, is(news, "offline", "busy") ? askSender : start);
}

/** Takes photos that must not be seen any longer off the screen, and out of all memory. */
function blank() {
  if (!viewer) return false;
  viewer.close();
  viewer = undefined;
  startEngine();
  return true;
}

addEventListener("pagehide", () => viewer && closePhotos());
start();
