/**
 * The page of an organisation: administrators look after the people in it, others join it here.
 */

import * as api from "./api.js";
import { Every } from "./every.js";
import { Changes } from "./orgchanges.js";
import { does, People } from "./orgpeople.js";
import { explain, is } from "./problems.js";
import { _, ngettext, when } from "./text.js";
import { all, announce, current, fill, part, show } from "./views.js";
import { Visitor } from "./visitor.js";

/** @type {Every | undefined} */
let every;

const visitor = new Visitor({
  hindrance: () => undefined,
  enter,
  problem,
  began: () => every?.stop(),
});

/** Shows what there is for whoever has signed in. */
async function enter() {
  every?.stop();
  const before = current();
  const { organisation, invitations, members } = await api.getOrganisation();
  if (!before.isConnected) return;
  const said = { who: visitor.name };
  if (organisation && members) administration(organisation);
  else if (organisation) member(organisation);
  else if (invitations.length) invited(invitations[0]);
  else show("alone", said, { signOut: visitor.signOut });
}

/** @param {api.Organisation} organisation */
function member({ name, role, defaults }) {
  const days = ngettext("{count} day", "{count} days", defaults.days);
  const said = defaults.download
    ? _("Unless you say otherwise, what you send opens for {days}, and recipients may save them.", { days })
    : _("Unless you say otherwise, what you send opens for {days}, and recipients cannot save them.", { days });
  const isSender = role === "sender";
  const view = show("member", {
    name,
    role: _("You are {what}.", { what: does(role) }),
    defaults: isSender ? said : "",
    who: visitor.name,
  }, { signOut: visitor.signOut });
  part(view, "sent").hidden = !isSender;
  part(view, "audit").hidden = isSender;
}

/** @param {api.Invitation} invitation */
function invited({ organisation, name, role, you }) {
  const answer = (/** @type {"PUT" | "DELETE"} */ method) => async () => {
    const error = await attempt(view, () => api.organise(method, `invitations/${organisation}`));
    if (error) fill(view, { error });
    else visitor.start(); // whose name may be another one now
  };
  const view = show("invited", {
    title: _("{organisation} invites you", { organisation: name }),
    role: _("If you join, you are {what}.", { what: does(role) }),
    you,
    who: visitor.name,
  }, { join: answer("PUT"), decline: answer("DELETE"), signOut: visitor.signOut });
}

/** @param {api.Organisation} organisation */
function administration({ name }) {
  const view = show("organisation", { name, who: visitor.name }, { signOut: visitor.signOut, more: () => changes.more() });
  /** @param {"POST" | "PUT" | "DELETE"} method @param {string} what @param {object} [body] @param {string} [said] */
  const act = (method, what, body, said = "") =>
    attempt(view, async () => {
      await api.organise(method, what, body);
      announce(said);
      await every?.now();
    });
  const people = new People(view, act);
  const changes = new Changes(view);
  const setDefaults = forms(view, act);
  let isSet = false;
  /** @type {string | undefined} */
  let last;
  every = new Every(async () => {
    try {
      const { organisation, members } = await api.getOrganisation();
      if (!view.isConnected) return;
      if (!organisation || !members) return void visitor.enter();
      people.show(members);
      if (!isSet) setDefaults(organisation.defaults);
      isSet = true;
      await changes.refresh();
      last = new Date().toISOString();
      fill(view, { stale: "" });
    } catch (error) {
      if (!view.isConnected) return;
      if (last && is(error, "offline", "busy")) {
        fill(view, { stale: _("This is how it was {when}: the server cannot be reached right now.", { when: when(last) }) });
      } else problem(error);
    }
  });
}

/**
 * Lets administrators invite, and set what holds by default.
 * @param {HTMLElement} view
 * @param {import("./orgpeople.js").Act} act
 * @returns {(now: {days: number, download: boolean}) => void} shows what holds
 */
function forms(view, act) {
  const defaults = /** @type {HTMLFormElement} */ (part(view, "defaults"));
  const [days, download] = /** @type {NodeListOf<HTMLInputElement>} */ (all(defaults, "input"));
  onSubmit(defaults, () => {
    const typed = /^\d{1,3}$/.test(days.value.trim()) ? Number(days.value) : 0;
    return act("PUT", "defaults", { days: typed, download: download.checked }, _("Saved."));
  });
  const invite = /** @type {HTMLFormElement} */ (part(view, "invite"));
  onSubmit(invite, async () => {
    const typed = Object.fromEntries(new FormData(invite));
    const error = await act("POST", "members", typed, _("{who} is invited.", { who: String(typed.name) }));
    if (!error) invite.reset();
    return error;
  });
  return (now) => {
    days.value = String(now.days);
    download.checked = now.download;
  };
}

/** @param {HTMLFormElement} form @param {() => Promise<string>} work - resolves to what is wrong, or to nothing */
function onSubmit(form, work) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fill(form, { error: await work() });
  });
}

/**
 * One thing at a time.
 * @param {HTMLElement} view
 * @param {() => Promise<unknown>} work
 * @returns {Promise<string>} what went wrong; empty: nothing
 */
async function attempt(view, work) {
  if (view.ariaBusy === "true") return _("One moment …");
  view.ariaBusy = "true";
  try {
    await work();
    return "";
  } catch (error) {
    if (is(error, "sign_in", "not_administrator")) problem(error);
    return explain(error).text;
  } finally {
    view.ariaBusy = "false";
  }
}

/** @param {unknown} error @param {() => void} [again] - what "Try again" does */
function problem(error, again = () => visitor.start()) {
  const { kind, title, text, way } = explain(error);
  every?.stop();
  if (kind === "sign_in") return visitor.leave();
  if (kind === "not_administrator") return void visitor.enter();
  const view = show("problem", { title, text }, { again });
  view.dataset.kind = kind;
  part(view, "again").hidden = way !== "again";
}

visitor.start();
