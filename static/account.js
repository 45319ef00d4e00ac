/**
 * A person's own page: who they are, what signs them in, where they are signed in, and their data.
 * What changes the account asks for a fresh sign-in where the last one was some time ago, and then goes on.
 */

import * as api from "./api.js";
import { Contacts } from "./accountcontacts.js";
import { Data } from "./accountdata.js";
import { Devices, Hospitals, Passkeys } from "./accountlists.js";
import { offerCountries } from "./countrynames.js";
import { explain, is } from "./problems.js";
import { signInAgain } from "./signin.js";
import { _ } from "./text.js";
import { announce, copy, current, fill, part, show } from "./views.js";
import { Visitor } from "./visitor.js";

/** @typedef {{view: HTMLElement, contacts: Contacts, passkeys: Passkeys, hospitals: Hospitals, devices: Devices, data: Data}} Page */
/** @typedef {(page: Page) => Promise<string>} Work - with the page as it is by then; resolves to what to say about it */
/** @typedef {(section: string, work: Work) => Promise<void>} Act */
/** @typedef {{sure: (question: Question) => Promise<boolean>, name: (title: string, old: string) => Promise<string>}} Dialogs */
/** @typedef {{title: string, words: string, more?: string, last?: string, yes: string}} Question */

const visitor = new Visitor({ hindrance: () => undefined, enter: async () => void (await enter()), problem });

/** @returns {Promise<Page | undefined>} */
async function enter() {
  const before = current();
  const [told, passkeys, hospitals, devices] = await Promise.all([
    api.getContacts(), api.getPasskeys(), api.getHospitals(), api.getSessions(),
  ]);
  if (!before.isConnected || !visitor.account) return;
  const acts = {
    signOut: visitor.signOut,
    addPasskey: () => act("passkeys", (page) => page.passkeys.add()),
    elsewhere: () => act("devices", (page) => page.devices.endOthers()),
    everywhere: () => act("devices", everywhere),
    exported: () => act("data", (page) => page.data.save()),
    erase: () => page.data.erase(),
  };
  const view = show("account", { who: visitor.name }, acts);
  const page = {
    view,
    contacts: new Contacts(part(view, "contacts"), act, dialogs),
    passkeys: new Passkeys(part(view, "passkeys"), act, dialogs),
    hospitals: new Hospitals(part(view, "hospitals"), act, dialogs),
    devices: new Devices(part(view, "devices"), act),
    data: new Data(act, dialogs),
  };
  shown = page;
  page.contacts.show(told.contacts);
  page.passkeys.show(passkeys.passkeys);
  page.hospitals.show(hospitals.hospitals);
  page.devices.show(devices.sessions);
  aboutYou(view, visitor.account);
  return page;
}

/** @type {Page | undefined} */
let shown;

/** One thing at a time; what goes wrong is said in its section. @type {Act} */
async function act(section, work) {
  const page = shown;
  if (!page || page.view.ariaBusy === "true") return;
  const place = part(page.view, section);
  page.view.ariaBusy = "true";
  fill(place, { error: "" });
  try {
    announce(await work(page));
  } catch (error) {
    if (is(error, "prove_again")) return proveAgain(section, work);
    if (is(error, "sign_in")) return visitor.leave();
    fill(place, { error: explain(error).text });
  } finally {
    page.view.ariaBusy = "false";
  }
}

/** Lets the person sign in once more, and goes on with what they were about to do. @type {Act} */
async function proveAgain(section, work) {
  const before = visitor.account;
  signInAgain(before?.contact ?? "", _("To be sure that it is you, sign in once more. Then this goes on."), async (account) => {
    visitor.account = account;
    await visitor.enter();
    if (account.id === before?.id && shown?.view.isConnected) await act(section, work);
  });
}

/** Asks before something is taken away. @param {Question} question @returns {Promise<boolean>} */
const sure = (question) => answered(copy("dialog", { ...question }), "no");

/** Asks for another name. @param {string} title @param {string} old @returns {Promise<string>} empty: leave it */
async function anotherName(title, old) {
  const dialog = copy("naming", { asked: title });
  const input = /** @type {HTMLInputElement} */ (part(dialog, "new-name"));
  input.value = old;
  const yes = answered(dialog, "new-name");
  input.select();
  return await yes ? input.value.trim() : "";
}

/**
 * Each question has a dialog of its own: that one has closed is told late, when the next may be open already.
 * @param {HTMLElement} node - a dialog @param {string} focus - a part of it @returns {Promise<boolean>}
 */
function answered(node, focus) {
  const dialog = /** @type {HTMLDialogElement} */ (node);
  /** @type {Page} */ (shown).view.append(dialog);
  dialog.showModal();
  part(dialog, focus).focus();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
  });
}

/** @type {Dialogs} */
const dialogs = { sure, name: anotherName };

/** @param {HTMLElement} view @param {api.Account} account */
function aboutYou(view, account) {
  const form = /** @type {HTMLFormElement} */ (part(view, "details"));
  const name = /** @type {HTMLInputElement} */ (part(form, "name"));
  const country = /** @type {HTMLSelectElement} */ (part(form, "country"));
  name.value = account.name ?? "";
  name.readOnly = Boolean(account.name && (account.may_send || account.organisation));
  if (name.readOnly) fill(form, { given: _("Whoever invited you gave it. Ask them to change it.") });
  offerCountries(country, account.jurisdiction);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = { name: name.value.trim(), jurisdiction: country.value };
    act("you", async () => {
      Object.assign(account, await api.putDetails(typed));
      fill(view, { who: visitor.name });
      return _("Saved.");
    });
  });
}

/** @type {Work} */
async function everywhere() {
  await api.endSessions("");
  visitor.leave();
  return _("You are signed out everywhere.");
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
