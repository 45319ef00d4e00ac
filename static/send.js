/**
 * Sending: photos are taken or chosen, something is said about them, they are locked, uploaded, and their link handed on.
 * Nobody signs in before there is something to send. Until then photos are in memory alone.
 */

import * as api from "./api.js";
import { Camera } from "./camera.js";
import { choose, receive } from "./chosen.js";
import { Details } from "./details.js";
import { takeEngine } from "./early.js";
import { inAnotherTab } from "./elsewhere.js";
import { hindrance } from "./hindrances.js";
import { explain, is } from "./problems.js";
import { Roll } from "./roll.js";
import { Sending } from "./sending.js";
import { Handing } from "./share.js";
import { _, when } from "./text.js";
import { discard, unsent } from "./unsent.js";
import { copy, current, fill, part, show, state } from "./views.js";
import { Visitor } from "./visitor.js";

const visitor = new Visitor({ hindrance: () => undefined, enter: async () => start(), problem, takeEngine });
/** @type {import("./roll.js").Ask} */
async function ask(door, args) {
  const { engine } = visitor;
  try {
    return await visitor.ask(door, args);
  } catch (error) {
    // One that could not be loaded stays so; where it holds nothing yet, the next photo gets another one.
    if (is(error, "engine") && engine === visitor.engine && !roll.numbers.length) visitor.startEngine();
    throw error;
  }
}
const roll = new Roll(ask, changed);
/** @type {Details | undefined} What has been said so far, kept while something else is shown. */
let details;
/** @type {Camera | undefined} */
let camera;

/** @param {string} [error] */
function start(error = "") {
  if (roll.shots.length) return letter().show(error);
  const view = show("start", { error, who: visitor.name }, {
    camera: () => openCamera(),
    choose: () => choose(take),
    signIn: () => visitor.signIn(() => start()),
    signOut: leave,
  });
  part(view, "first").hidden = Boolean(visitor.account);
  if (visitor.account) offer(view, visitor.account);
}

/** What was sealed here and has not arrived goes on, or away. @param {HTMLElement} view @param {api.Account} account */
async function offer(view, account) {
  const lines = (await unsent(account.id)).map((one) => {
    return copy("unsent-line", { what: _("Photos that were locked {when} are not uploaded yet.", { when: when(one.sent) }) }, {
      go: () => goOn(account, one),
      drop: async () => {
        await discard(account.id, one);
        if (view.isConnected) start();
      },
    });
  });
  part(view, "unsent").replaceChildren(...lines);
  part(view, "unsent").hidden = !lines.length;
}

/** @returns {Details} shown, as it was left */
function letter() {
  if (details) details.show();
  else details = new Details(roll, ask, { camera: openCamera, choose: () => choose(take), send });
  details.from(visitor.name, visitor.account?.organisation?.defaults);
  return details;
}

/** @param {import("./roll.js").Shot} [instead] */
function openCamera(instead) {
  camera = new Camera(roll, (problem) => start(problem), instead);
}

/** Something about the photos is other than before. */
function changed() {
  camera?.update();
  details?.update();
  if (state() === "details" && !roll.shots.length) start();
}

/** @param {File[]} files */
async function take(files) {
  const errors = new Set();
  for (const file of files) {
    const data = new Uint8Array(await file.arrayBuffer());
    const added = roll.add(data);
    if (state() === "start") letter();
    errors.add(await added); // one at a time: a phone's memory is small
  }
  const error = [...errors].filter(Boolean).join(" ");
  if (error && (state() === "start" || state() === "details")) fill(current(), { error });
}

/** Goes on as far as it can: whoever is not signed in signs in, who may not send is told so. */
async function send() {
  const view = current();
  await roll.settled();
  if (!view.isConnected || state() === "sending") return; // pressed twice
  const { account } = visitor;
  if (!account) return visitor.signIn(signedIn);
  if (!account.may_send) return barred(account);
  if (!details || !roll.shots.length) return start();
  deliver(details, account);
}

/** What stood on the page is what holds: where an organisation's own rules change it, it is looked at once more. */
function signedIn() {
  if (!details) return start();
  const before = details.terms.words;
  details.from(visitor.name, visitor.account?.organisation?.defaults);
  if (details.terms.words === before) return send();
  details.show("", _("Your organisation has rules of its own. Look at them, then send."));
}

/** @param {api.Account} account */
function barred(account) {
  show("barred", { contact: account.contact }, {
    back: () => start(),
    other: () => visitor.signIn(signedIn),
    again: async () => {
      visitor.account = await api.getAccount().catch(() => visitor.account);
      send();
    },
  });
}

/** @param {Details} said @param {api.Account} account @param {object} [more] - of the letter */
function deliver(said, account, more = {}) {
  const letter = { ...said.letter, ...more };
  const words = said.terms.words;
  const sending = new Sending({
    account,
    ask: (door, args, progress) => visitor.ask(door, args, progress),
    report: { letter, numbers: roll.numbers },
    sent: (sealed, file) => {
      said.terms.remember();
      forget();
      hand(account, sealed, file, letter.to, { words, passkey: letter.passkey });
    },
    back: () => start(),
    refused: (error) => refused(error, said, account),
  });
  sending.run();
}

/** Goes on with an upload that was broken off. @param {api.Account} account @param {import("./unsent.js").Unsent} one */
function goOn(account, one) {
  const words = _("They open until {time}.", { time: when(one.until, true) });
  const sending = new Sending({
    account,
    ask: (door, args, progress) => visitor.ask(door, args, progress),
    sent: (sealed, file) => hand(account, sealed, file, [], { words, passkey: false }),
    back: () => start(),
    refused: (error) => {
      if (is(error, "sign_in")) visitor.signIn(() => start());
      return is(error, "sign_in");
    },
  }, one);
  sending.run();
}

/** @param {unknown} error @param {Details} said @param {api.Account} account @returns {boolean} whether something else is shown for it */
function refused(error, said, account) {
  const { text } = explain(error);
  if (is(error, "sign_in")) visitor.signIn(signedIn);
  else if (is(error, "bad_policy", "bad_recipients")) {
    said.show();
    said.terms.complain(text);
  } else if (is(error, "may_not_send")) barred(account);
  else if (is(error, "recovery_key_changed")) {
    show("key-changed", { text }, { yes: () => deliver(said, account, { recovery_key_changed: true }), no: () => said.show() });
  } else return false;
  return true;
}

/** What was sent is not kept here. */
function forget() {
  details = undefined;
  camera = undefined;
  roll.clear();
}

/**
 * @param {api.Account} account
 * @param {import("./sending.js").Sealed} sealed
 * @param {Blob | null} file
 * @param {string[]} to
 * @param {{words: string, passkey: boolean}} terms
 */
function hand(account, sealed, file, to, terms) {
  const { report, key_server, file_host } = sealed;
  const own = { report, key_server, file_host, names: {}, deleted: false };
  new Handing(sealed, file, to, terms, account, {
    more: () => start(),
    signOut: leave,
    change: (typed) => visitor.ask("change", { own, typed }),
  });
}

/** Whoever sits here next begins with nothing of theirs. */
async function leave() {
  try {
    await api.signOut();
  } catch (error) {
    return problem(error);
  }
  forget();
  visitor.account = null;
  visitor.startEngine();
  start();
}

/** @param {unknown} error */
function problem(error) {
  const { kind, title, text, way } = explain(error);
  if (kind === "cancelled") return;
  const view = show("problem", { title, text }, { again: () => start() });
  view.dataset.kind = kind;
  part(view, "again").hidden = way !== "again";
}

async function begin() {
  const hindered = hindrance(_("this page"), _("Write https:// before it, or tell whoever runs Safelight for you."));
  if (hindered) return problem(hindered);
  visitor.startEngine();
  start();
  const view = current();
  visitor.account = await api.getAccount().catch(() => null); // who sends without a connection is told so then
  if (!visitor.account) return;
  if (view.isConnected) start();
  details?.from(visitor.name, visitor.account.organisation?.defaults);
}

inAnotherTab({
  isNeeded: () => roll.shots.length > 0,
  signedIn: (account) => {
    visitor.account = account;
    return signedIn();
  },
});
// Signed out in another tab: what was sent is shown no more; photos that nobody has signed for yet stay.
api.session.addEventListener("message", () => {
  visitor.account = null;
  if (["start", "share"].includes(state())) start();
});
receive(() => state() === "start" || state() === "details", take);
addEventListener("beforeunload", (event) => {
  if (roll.shots.length) event.preventDefault();
});
addEventListener("pagehide", () => {
  roll.lost();
  visitor.engine?.end();
});
// A browser may keep the page as it is, to come back to: without its engine.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
begin();
