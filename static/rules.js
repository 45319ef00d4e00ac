/**
 * The form in which a sender changes when and how often photos open, and whether they may be saved. Times are typed on
 * the sender's own clock.
 */

import { _, ngettext, when } from "./text.js";
import { fill, part } from "./views.js";

/** @typedef {{not_before?: string, not_after: string, most?: number, most_each?: number, download: boolean, mark: boolean}} Rules */

export class RulesForm {
  #form;
  #details;

  /**
   * @param {HTMLElement} view
   * @param {(typed: Record<string, string>) => Promise<string>} save - resolves to what is wrong, or to nothing
   */
  constructor(view, save) {
    this.#details = /** @type {HTMLDetailsElement} */ (part(view, "change"));
    this.#form = /** @type {HTMLFormElement} */ (part(view, "form"));
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

  /** Shows the rules, unless somebody is just changing them. @param {Rules} rules */
  show(rules) {
    if (this.#details.open) return;
    this.#field("from").value = local(rules.not_before);
    this.#field("until").value = local(rules.not_after);
    this.#field("each").value = String(rules.most_each ?? "");
    this.#field("most").value = String(rules.most ?? "");
    this.#field("download").checked = rules.download;
    this.#field("mark").checked = rules.mark;
  }

  #typed() {
    return {
      not_before: utc(this.#field("from").value),
      not_after: utc(this.#field("until").value),
      most_each: this.#field("each").value,
      most: this.#field("most").value,
      download: this.#field("download").checked ? "yes" : "",
      mark: this.#field("mark").checked ? "yes" : "",
    };
  }

  /** @param {string} id */
  #field = (id) => /** @type {HTMLInputElement} */ (this.#form.querySelector(`#${id}`));
}

/** @param {Rules} rules @param {string} who - they open for @returns {string} */
export function rule({ not_before, not_after, most, most_each, download, mark }, who) {
  const begins = not_before && new Date(not_before) > new Date() ? _(" from {time},", { time: bare(not_before) }) : "";
  const each = most_each ? _(", {times} each", { times: times(most_each) }) : "";
  const all = most ? _(", {times} in all", { times: times(most) }) : "";
  const parts = { who, begins, until: bare(not_after), each, all };
  const words = download
    ? _("They open for {who},{begins} until {until}{each}{all}. They may be saved.", parts)
    : _("They open for {who},{begins} until {until}{each}{all}. They can be looked at, not saved.", parts);
  return mark ? `${words} ${_("The reader’s name stands over them.")}` : words;
}

/** @param {number} count */
const times = (count) => (count === 2 ? _("twice") : ngettext("once", "{count} times", count));

/** A day without its "on". @param {string} time */
export const bare = (time) => when(time, true);

/** @param {string | undefined} time - RFC 3339 @returns {string} as such a field has it */
function local(time) {
  if (!time) return "";
  const date = new Date(time);
  return new Date(date.valueOf() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {string} typed @returns {string} RFC 3339; empty for no time */
function utc(typed) {
  const date = new Date(typed);
  return Number.isNaN(date.valueOf()) ? "" : date.toISOString();
}
