/**
 * The recipient's page: sign in, see who sent it, open, look, close.
 * There is no navigation in between, so that the engine can load while the code is typed.
 */

import { forget, link } from "./link.js"; // first: it takes the secret out of the address
import * as api from "./api.js";
import { Engine, supported } from "./engine.js";
import { showOpening } from "./opening.js";
import { Viewer } from "./photos.js";
import { explain, INSECURE, LINK_FORGOTTEN, UNSUPPORTED } from "./problems.js";
import { signIn } from "./signin.js";
import { announce, current, show, state } from "./views.js";
import { when } from "./words.js";

/** @type {Engine | undefined} */
let engine;
/** @type {Viewer | undefined} */
let viewer;
/** @type {api.Account | null} */
let account = null;

function startEngine() {
  engine?.end();
  engine = new Engine();
  engine.call("check_link", { fragment: link.fragment }).catch(problem);
}

async function start() {
  const view = show("starting");
  if (!isSecureContext) return problem(INSECURE);
  if (!supported()) return problem(UNSUPPORTED);
  if (link.forgotten) return problem(LINK_FORGOTTEN);
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
  return card();
}

async function card() {
  const before = current();
  let report;
  try {
    report = await api.getReport(link.report);
  } catch (error) {
    return before.isConnected ? problem(error) : undefined;
  }
  if (!before.isConnected) return;
  show("card", { ...cardTexts(report), who: who() }, { open: () => openPhotos(report), signOut });
}

/** @param {api.Report} report */
const cardTexts = ({ sender, sent }) => ({
  heading: sender ? `${sender} sent you photos` : "Photos",
  sent: sent && `Sent ${when(sent)}`,
});

const who = () => [account?.name, account?.contact].filter(Boolean).join(", ");

/** @param {api.Report} report */
async function openPhotos({ key_server, file_host }) {
  const { view, progress } = showOpening(cancel);
  const args = { report: link.report, fragment: link.fragment, key_server, file_host };
  try {
    const opened = await engine?.call("open_report", args, progress);
    if (!view.isConnected) return;
    forget();
    viewer = new Viewer(opened, { close: closePhotos, signOut });
  } catch (error) {
    problem(error);
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
  if (isClosed) showClosed("You are signed out.");
  else signIn(signedIn);
}

/** @param {unknown} error */
function problem(error) {
  const { kind, title, text, way } = explain(error);
  if (kind === "cancelled") return;
  if (kind === "signed_out") return signIn(signedIn);
  viewer?.close();
  viewer = undefined;
  const view = show("problem", { title, text }, { again: start, other: signOut });
  view.dataset.kind = kind;
  view.dataset.way = way;
  const button = /** @type {HTMLElement | null} */ (view.querySelector(`[data-way-on="${way}"]`));
  button?.removeAttribute("hidden");
}

addEventListener("pagehide", () => viewer && closePhotos());
start();
