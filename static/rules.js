/**
 * The form in which a sender changes for whom photos open, when, how often and where, and whether they may be saved.
 * Times are typed on the sender's own clock.
 */

import { Countries } from "./countries.js";
import { oneOf } from "./countrynames.js";
import { explain } from "./problems.js";
import { _, local, ngettext, when } from "./text.js";
import { fill, part } from "./views.js";

/**
 * @typedef {object} Rules
 * @property {string} [not_before] - RFC 3339
 * @property {string} not_after - RFC 3339
 * @property {number} [most]
 * @property {number} [most_each]
 * @property {boolean} download
 * @property {boolean} mark
 * @property {boolean} passkey
 * @property {string[]} jurisdictions - countries' codes
 */
/** @typedef {Record<string, string | string[]>} Typed - what is not there stays as it is */

export class RulesForm {
  #form;
  #details;
  #countries;
  /** @type {Rules | undefined} - that hold now */
  #rules;
  /** @type {import("./api.js").Recipients | undefined} - whom they are for; not known before the form is opened */
  #named;

  /**
   * @param {HTMLElement} view
   * @param {() => Promise<import("./api.js").Recipients>} recipients
   * @param {(typed: Typed) => Promise<string>} save - resolves to what is wrong, or to nothing
   */
  constructor(view, recipients, save) {
    this.#details = /** @type {HTMLDetailsElement} */ (part(view, "change"));
    this.#form = /** @type {HTMLFormElement} */ (part(view, "form"));
    this.#countries = new Countries(part(this.#form, "where"));
    this.#details.addEventListener("toggle", () => {
      if (!this.#details.open || !this.#rules) return;
      this.#begin(this.#rules);
      this.#ask(recipients);
    });
    this.#form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (this.#form.ariaBusy === "true") return;
      this.#form.ariaBusy = "true";
      const error = await save(this.#typed());
      this.#form.ariaBusy = "false";
      fill(this.#form, { error });
      if (error) return;
      this.#details.open = false;
      this.#details.querySelector("summary")?.focus();
    });
  }

  /**
   * Takes what holds now; the form begins with it each time it is opened.
   * @param {Rules} rules
   * @param {string} claimed - who has opened first what names nobody; empty: nobody yet
   */
  show(rules, claimed) {
    this.#rules = rules;
    const nobody = claimed
      ? _("If nobody is named, they stay with {who}, who opened the link first.", { who: claimed })
      : _("If nobody is named, they are for whoever opens the link first.");
    fill(this.#form, { nobody });
  }

  /** @param {Rules} rules */
  #begin(rules) {
    this.#field("from").value = minute(rules.not_before);
    this.#field("until").value = minute(rules.not_after);
    this.#field("each").value = String(rules.most_each ?? "");
    this.#field("most").value = String(rules.most ?? "");
    this.#field("download").checked = rules.download;
    this.#field("mark").checked = rules.mark;
    this.#field("passkey").checked = rules.passkey;
    this.#countries.show(rules.jurisdictions);
  }

  /** Asks whom they are for: until that is known, it cannot be changed. @param {() => Promise<import("./api.js").Recipients>} recipients */
  async #ask(recipients) {
    const to = this.#field("to");
    this.#named = undefined;
    to.readOnly = true;
    try {
      const named = await recipients();
      to.value = named.recipients.join("\n");
      to.readOnly = false;
      fill(this.#form, { error: "", more: more(named.unknown) });
      this.#named = named;
    } catch (error) {
      fill(this.#form, { error: explain(error).text });
    }
  }

  /** @returns {Typed} whom they are for, as typed; nothing where that stays as it is */
  #to() {
    const typed = this.#field("to").value.split(/[\n,;]/).map((line) => line.trim()).filter(Boolean);
    const isChanged = typed.join() !== this.#named?.recipients.join();
    return this.#named && (isChanged || !this.#named.unknown) ? { recipients: typed } : {};
  }

  /** @returns {Typed} */

  #typed() {
    return {
      not_before: utc(this.#field("from").value),
      not_after: utc(this.#field("until").value),
      most_each: this.#field("each").value,
      most: this.#field("most").value,
      download: this.#field("download").checked ? "yes" : "",
      mark: this.#field("mark").checked ? "yes" : "",
      passkey: this.#field("passkey").checked ? "yes" : "",
      jurisdictions: this.#countries.codes,
      ...this.#to(),
    };
  }

  /** @param {string} id */
  #field = (id) => /** @type {HTMLInputElement} */ (this.#form.querySelector(`#${id}`));
}

/** @param {Rules} rules @param {string} who - they open for @returns {string} */
export function rule({ not_before, not_after, most, most_each, download, mark, passkey, jurisdictions }, who) {
  const begins = not_before && new Date(not_before) > new Date() ? _(" from {time},", { time: bare(not_before) }) : "";
  const each = most_each ? _(", {times} each", { times: times(most_each) }) : "";
  const all = most ? _(", {times} in all", { times: times(most) }) : "";
  const parts = { who, begins, until: bare(not_after), each, all };
  const words = download
    ? _("They open for {who},{begins} until {until}{each}{all}. They may be saved.", parts)
    : _("They open for {who},{begins} until {until}{each}{all}. They can be looked at, not saved.", parts);
  const more = [
    passkey && _("Only with a passkey."),
    jurisdictions.length && _("Only for who says they work in {countries}.", { countries: oneOf(jurisdictions) }),
    mark && _("The reader’s name stands over them."),
  ];
  return [words, ...more.filter(Boolean)].join(" ");
}

/** @param {number} unknown - how many are named whom the portal cannot tell */
function more(unknown) {
  if (!unknown) return "";
  return ngettext(
    "There is one more, whom the portal cannot tell you: type them, too, if you change this.",
    "There are {count} more, whom the portal cannot tell you: type them, too, if you change this.",
    unknown,
  );
}

/** @param {number} count @returns {string} such as "twice" */
export const times = (count) => (count === 2 ? _("twice") : ngettext("once", "{count} times", count));

/** A day without its "on". @param {string} time */
export const bare = (time) => when(time, true);

/** @param {string | undefined} time - RFC 3339 */
const minute = (time) => (time ? local(new Date(time)).slice(0, 16) : "");

/** @param {string} typed @returns {string} RFC 3339; empty for no time */
function utc(typed) {
  const date = new Date(typed);
  return Number.isNaN(date.valueOf()) ? "" : date.toISOString();
}
