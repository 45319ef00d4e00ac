/**
 * Who can open the photos, until when, how often and how: in words, and the form that changes it.
 */

import * as choices from "./choices.js";
import { bare, times } from "./rules.js";
import { _, LOCALE, local, ngettext } from "./text.js";
import { fill, part } from "./views.js";

const DAY = 86_400_000;
const DAYS = [1, 3, 7, 30];
const MOST_DAYS = 90; // that servers let photos be open
const EACH = [0, 1, 2, 3, 5, 10];
const USUAL = { days: 7, download: false };

/** @typedef {{days: number, download: boolean, mark?: boolean}} Defaults - of an organisation */

export class Terms {
  #view;
  #chosen = choices.remembered();
  /** @type {Defaults} */
  #defaults = USUAL;

  /** @param {HTMLElement} view */
  constructor(view) {
    this.#view = view;
    this.#days.append(...DAYS.map((days) => new Option(forDays(days), String(days))), new Option(_("Until a day …"), ""));
    this.#each.append(...EACH.map((count) => new Option(count ? times(count) : _("Any number of times"), String(count))));
    const tomorrow = new Date(Date.now() + DAY);
    Object.assign(this.#date, { min: day(new Date()), max: day(new Date(Date.now() + MOST_DAYS * DAY)), value: day(tomorrow) });
    for (const field of [this.#to, this.#days, this.#date, this.#each, this.#download, this.#passkey, this.#mark]) {
      field.addEventListener("input", () => this.#change(field.id));
    }
    this.#update();
  }

  /** @param {Defaults | undefined} defaults - of the sender's organisation */
  usual(defaults) {
    this.#defaults = defaults ?? USUAL;
    this.#update();
  }

  /** The rules in words. */
  get words() {
    const { each, download, passkey, mark } = this.#chosen;
    const until = this.#days.value ? forDays(Number(this.#days.value)) : _("until {time}", { time: bare(this.#end.toISOString()) });
    const who = this.to.length
      ? _("Only {names} can see the photos, {until}.", { names: new Intl.ListFormat(LOCALE).format(this.to), until })
      : _("Whoever opens the link first can see the photos, {until}.", { until });
    return [
      who,
      each ? _("Each person can open them {times}.", { times: times(each) }) : "",
      download ?? this.#defaults.download ? _("They may be saved.") : _("They can be looked at, not saved."),
      passkey ? _("They open with a passkey only.") : "",
      mark ?? this.#defaults.mark ? _("The reader’s name stands over them.") : "",
    ].filter(Boolean).join(" ");
  }

  /** @returns {string[]} whom it is for, as typed */
  get to() {
    return this.#to.value.split(/[\n,;]+/).map((one) => one.trim()).filter(Boolean);
  }

  /** What a letter says of it; null: as the organisation has it. */
  get said() {
    const { days = null, each = 0, download = null, passkey = false, mark = null } = this.#chosen;
    const isDate = !this.#days.value;
    return { to: this.to, days: isDate ? (this.#end.valueOf() - Date.now()) / DAY : days, openings: 0, each, download, passkey, mark };
  }

  /** @param {string} error - what is wrong with whom it is for */
  complain(error) {
    fill(this.#view, { "to-error": error });
    /** @type {HTMLDetailsElement} */ (part(this.#view, "terms")).open = true;
    this.#to.focus();
  }

  remember() {
    choices.remember(this.#chosen);
  }

  /** @param {string} id - of the field that was changed */
  #change(id) {
    if (id === "until" && this.#days.value) this.#chosen.days = Number(this.#days.value);
    if (id === "each") this.#chosen.each = Number(this.#each.value);
    if (id === "download") this.#chosen.download = this.#download.checked;
    if (id === "passkey") this.#chosen.passkey = this.#passkey.checked;
    if (id === "mark") this.#chosen.mark = this.#mark.checked;
    part(this.#view, "date").hidden = Boolean(this.#days.value);
    fill(this.#view, { terms: this.words, weak: this.#weak, "to-error": "", changed: "" });
  }

  #update() {
    const { each = 0, passkey = false, ...chosen } = this.#chosen;
    const { days, download, mark = false } = { ...this.#defaults, ...chosen };
    if (![...this.#days.options].some(({ value }) => value === String(days))) {
      this.#days.prepend(new Option(forDays(days), String(days)));
    }
    if (this.#days.value || !this.#date.value) this.#days.value = String(days);
    this.#each.value = String(each);
    this.#download.checked = download;
    this.#passkey.checked = passkey;
    this.#mark.checked = mark;
    fill(this.#view, { terms: this.words });
  }

  /** A number alone gets its code by SMS. */
  get #weak() {
    if (this.#chosen.passkey || !this.to.some((one) => !one.includes("@"))) return "";
    return _("If the link goes by SMS to a number named here, the phone company carries both it and the code. Better name an e-mail address, or let them need a passkey.");
  }

  /** When it ends, where a day is chosen. */
  get #end() {
    const end = new Date(`${this.#date.value}T23:59:59`);
    const [soonest, latest] = [Date.now() + DAY / 24, Date.now() + MOST_DAYS * DAY];
    return new Date(Math.min(latest, Math.max(soonest, Number.isNaN(end.valueOf()) ? 0 : end.valueOf())));
  }

  get #to() {
    return /** @type {HTMLTextAreaElement} */ (this.#view.querySelector("#to"));
  }

  get #days() {
    return /** @type {HTMLSelectElement} */ (this.#view.querySelector("#until"));
  }

  get #date() {
    return /** @type {HTMLInputElement} */ (this.#view.querySelector("#date"));
  }

  get #each() {
    return /** @type {HTMLSelectElement} */ (this.#view.querySelector("#each"));
  }

  get #download() {
    return this.#box("download");
  }

  get #passkey() {
    return this.#box("passkey");
  }

  get #mark() {
    return this.#box("mark");
  }

  /** @param {string} id */
  #box = (id) => /** @type {HTMLInputElement} */ (this.#view.querySelector(`#${id}`));
}

/** @param {number} days */
const forDays = (days) => ngettext("for {count} day", "for {count} days", days);

/** @param {Date} date */
const day = (date) => local(date).slice(0, 10);
