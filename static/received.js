/**
 * What was sent to a person: the portal knows from whom and when; of whom the photos are, and what opens them, only this
 * device does, where its person lets it.
 */

import * as api from "./api.js";
import * as keep from "./keep.js";
import { explain } from "./problems.js";
import * as shelf from "./shelf.js";
import { _, ngettext, when } from "./text.js";
import { announce, copy, current, fill, part, show } from "./views.js";
import { Visitor } from "./visitor.js";

const visitor = new Visitor({ hindrance: () => undefined, enter, problem });

async function enter() {
  const before = current();
  const { reports, moved } = await api.getReceived();
  const known = await keptHere(reports.filter(isOver).map(({ id }) => id));
  if (!before.isConnected) return;
  const who = { who: visitor.name };
  if (!reports.length) return void show("empty", who, { signOut: visitor.signOut });
  const acts = { signOut: visitor.signOut, forget: () => forget(_("Nothing is kept on this device any more.")), forgetAndLeave };
  const view = show("list", { ...who, kept: told(known.length) }, acts);
  part(view, "reports").append(...reports.map((report) => line(report, known.find((one) => one.report === report.id))));
  part(view, "forget").hidden = part(view, "leaving").hidden = !known.length;
  part(view, "moved").hidden = !moved.length;
  part(view, "moves").append(...moved.map(move));
}

/** @param {string[]} over - ids of those that open no more: of them nothing stays @returns {Promise<shelf.Kept[]>} */
async function keptHere(over) {
  try {
    await Promise.all(over.map((id) => shelf.drop(account(), id, "list")));
    return (await shelf.all(account())).filter(({ use }) => use === "list");
  } catch {
    return []; // this browser keeps nothing
  }
}

/** @param {api.Received} report */
const isOver = ({ revoked, expires }) => revoked || Date.parse(expires ?? "") < Date.now();

const account = () => visitor.account?.id ?? "";

/** @param {number} count */
const told = (count) =>
  count ? ngettext("This device keeps one of them.", "This device keeps {count} of them.", count) : "";

/** @param {api.Received} report @param {shelf.Kept} [kept] */
function line(report, kept) {
  const from = report.sender ? _("From {sender}", { sender: report.sender }) : _("From somebody without a name");
  const sent = _("Sent {when}", { when: when(report.sent) });
  const patient = kept?.patient && _("Patient {patient}", { patient: kept.patient });
  const fills = { from, sent, patient: patient ?? "", state: state(report) };
  const acts = {
    open: () => {
      keep.put(`link ${report.id}`, kept?.fragment);
      location.assign(`/r/${report.id}`);
    },
    drop: async () => {
      await shelf.drop(account(), report.id, "list");
      await refresh(_("Forgotten on this device."));
    },
  };
  const node = copy("received-line", fills, acts);
  node.dataset.over = String(isOver(report));
  part(node, "here").hidden = !kept;
  return node;
}

/** @param {api.Received} report */
function state(report) {
  const { revoked, expires, opened } = report;
  const seen = opened ? _("First opened {when}.", { when: when(opened) }) : _("Not opened yet.");
  if (revoked) return _("{seen} The sender has taken them back.", { seen });
  if (!expires) return seen;
  return isOver(report)
    ? _("{seen} They opened until {when}.", { seen, when: when(expires, true) })
    : _("{seen} They open until {when}.", { seen, when: when(expires, true) });
}

/** @param {{when: string, phone: string, computer: string}} moved */
function move({ when: time, phone, computer }) {
  const item = document.createElement("li");
  item.textContent = _("{when}: from {phone} to {computer}", { when: when(time), phone, computer });
  return item;
}

/** @param {string} news */
async function forget(news) {
  await shelf.clear(account());
  await refresh(news);
}

async function forgetAndLeave() {
  await shelf.clear(account());
  await visitor.signOut();
}

/** @param {string} news */
async function refresh(news) {
  await visitor.enter();
  fill(current(), { news });
  announce(news);
}

/** @param {unknown} error @param {() => void} [again] - what "Try again" does */
function problem(error, again = () => visitor.start()) {
  const { kind, title, text, way } = explain(error);
  if (kind === "sign_in") return visitor.leave();
  const view = show("problem", { title, text }, { again });
  view.dataset.kind = kind;
  part(view, "again").hidden = way !== "again";
}

visitor.start();
