/**
 * The sender's page: sign in, see what was sent, and one report more closely. One engine serves all of it, so
 * that going to and fro loads nothing.
 */

import * as api from "./api.js";
import { takeEngine } from "./early.js";
import { Every } from "./every.js";
import { hindrance } from "./hindrances.js";
import { names } from "./people.js";
import { explain, is, Problem } from "./problems.js";
import { SentList } from "./sentlist.js";
import { keptHere } from "./sentlink.js";
import { SentReport } from "./sentreport.js";
import { showWayThere, takeReturn } from "./there.js";
import { _, when } from "./text.js";
import { current, part, show } from "./views.js";
import { Visitor } from "./visitor.js";

const ADDRESS = /^\/sent(?:\/([0-7][0-9A-HJKMNP-TV-Z]{25}))?\/?$/;
/** Titles that are other ones here than for recipients. @type {Record<string, string>} */
const TITLES = {
  not_available: _("There is no such report of yours"),
  unsupported: _("This browser cannot show this page"),
};
const NOT_YOURS = new Problem(
  "not_available",
  _("The address names no report that you have sent. Perhaps you sent it with another address of yours."),
);

const UNKNOWN = {
  state: { kind: "unknown", words: _("How it stands cannot be seen right now: its key server does not answer.") },
  waiting: 0,
};

const DELETED = { state: { kind: "deleted", words: _("Deleted everywhere.") }, waiting: 0 };

/** @type {Every | undefined} */
let every;

const visitor = new Visitor({
  hindrance: () => hindrance(_("this page"), _("Write https:// before it, or tell whoever runs Safelight for you.")),
  enter: visit,
  problem,
  takeEngine,
  began: () => every?.stop(),
});

/** Shows what the address names. */
async function visit() {
  every?.stop();
  const before = current();
  const [isOurs, id] = location.pathname.match(ADDRESS) ?? [];
  const { reports } = await api.getReports();
  if (!before.isConnected) return;
  const own = reports.find((report) => report.id === id);
  const returned = own && takeReturn(own.id);
  if (returned) {
    await visitor.ask("end_sign_in", { report: own.id, key_server: own.key_server, ...returned });
    if (!before.isConnected) return;
  }
  if (!isOurs || (id && !own)) problem(NOT_YOURS);
  else if (own) report(own);
  else if (reports.length) list();
  else show("empty", { who: visitor.name }, { signOut: visitor.signOut });
}

/** @param {string} path */
function go(path) {
  history.pushState(null, "", path);
  visitor.enter();
}

/** @param {Event} event - of a link to the list */
function goToList(event) {
  event.preventDefault();
  go("/sent");
}

function list() {
  const view = new SentList(visitor.name, { visit: go, more: () => every?.now(), signOut: visitor.signOut });
  every = refreshing(view, async () => {
    const [{ reports }, kept] = await Promise.all([api.getReports(), keptHere(visitor.account?.id ?? "")]);
    const shown = view.reports(reports, kept);
    const answers = await Promise.allSettled(shown.map((own) => ask(own, "standing")));
    const [failed, ...more] = answers.filter(({ status }) => status === "rejected");
    // One key server may be down while the others answer: those lines say so.
    if (failed && more.length + 1 === answers.length) throw failed.reason;
    for (const [index, { value }] of answers.entries()) view.standing(shown[index].id, value ?? (shown[index].deleted ? DELETED : UNKNOWN));
  });
}

/** @param {api.Own} own */
function report(own) {
  let now = own;
  const view = new SentReport(own, visitor.account, {
    ask: (door, args) => ask(now, door, args),
    refresh: async () => every?.now(),
    list: goToList,
  });
  every = refreshing(view, async () => {
    const { reports } = await api.getReports();
    now = reports.find(({ id }) => id === own.id) ?? own;
    const found = await ask(now, "activity");
    view.own(now);
    view.update(found);
  });
}

/**
 * @param {{stale: (text: string) => void}} view
 * @param {() => Promise<void>} work - shows how things are now
 */
function refreshing(view, work) {
  const shown = current();
  /** @type {string | undefined} */
  let last;
  return new Every(async () => {
    try {
      await work();
      last = new Date().toISOString();
      view.stale("");
    } catch (error) {
      if (!shown.isConnected) return;
      if (last && is(error, "offline", "busy")) {
        view.stale(_("This is how it was {when}: the server cannot be reached right now.", { when: when(last) }));
      } else problem(error, () => visitor.enter());
    }
  });
}

/** @param {api.Own} own @param {string} door @param {object} [args] */
async function ask(own, door, args = {}) {
  const { id, key_server, file_host, deleted } = own;
  const about = { report: id, key_server, file_host, names: names(own, visitor.account), deleted: Boolean(deleted) };
  try {
    return await visitor.ask(door, { own: about, ...args });
  } catch (error) {
    if (is(error, "sign_in_needed")) {
      every?.stop();
      await showWayThere(visitor, { report: id, key_server, returns: "sent" });
    }
    throw error;
  }
}

/** @param {unknown} error @param {() => void} [again] - what "Try again" does */
function problem(error, again = () => visitor.start()) {
  const { kind, title, text, way } = explain(error);
  if (kind === "cancelled") return;
  every?.stop();
  if (kind === "sign_in") return visitor.leave();
  const view = show(
    "problem",
    { title: TITLES[kind] ?? title, text, who: kind === "not_available" ? visitor.name : "" },
    { again, list: goToList, signOut: visitor.signOut },
  );
  view.dataset.kind = kind;
  part(view, "again").hidden = way !== "again";
  part(view, "list").hidden = kind !== "not_available";
}

addEventListener("popstate", () => visitor.enter());
visitor.start();
