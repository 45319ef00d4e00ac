/**
 * What administrators have changed, in words: the newest first, older ones a page at a time.
 */

import { getChanges } from "./api.js";
import { BEING } from "./orgpeople.js";
import { keep } from "./keyed.js";
import { _, ngettext, when } from "./text.js";
import { copy, fill, part } from "./views.js";

/** @typedef {import("./api.js").Change} Change */

export class Changes {
  #view;
  /** @type {Map<number, Change>} */
  #known = new Map();
  /** @type {Record<string, string>} */
  #names = {};

  /** @param {HTMLElement} view */
  constructor(view) {
    this.#view = view;
  }

  /** Fetches what is new. */
  refresh = () => this.#load();

  /** Fetches what is older than what is shown. */
  more = () => this.#load(Math.min(...this.#known.keys())).catch(() => {});

  /** @param {number} [before] */
  async #load(before) {
    const { events, names } = await getChanges(before);
    for (const one of events) this.#known.set(one.number, one);
    this.#names = { ...this.#names, ...names };
    const all = [...this.#known.values()].sort((a, b) => b.number - a.number);
    keep(part(this.#view, "changes"), all, ({ number }) => String(number), () => copy("change"), (node, one) =>
      fill(node, { words: this.#words(one), at: sentence(when(one.at)) }));
    part(this.#view, "more").hidden = !all.length || all[all.length - 1].number === 0;
  }

  /** @param {Change} change */
  #words({ by, action, about, details }) {
    const who = by ? this.#name(by) : _("Whoever runs Safelight");
    const whom = this.#name(about);
    const said = { who, whom, what: BEING[details.role] ?? "" };
    const days = ngettext("{count} day", "{count} days", details.days ?? 0);
    /** @type {Record<string, string>} */
    const words = {
      began: _("{who} made this organisation.", said),
      invited: _("{who} invited {whom} as {what}.", said),
      withdrew: _("{who} withdrew the invitation of {whom}.", said),
      joined: by ? _("{whom} joined as {what}.", said) : _("{who} let {whom} in as {what}.", said),
      declined: _("{whom} declined the invitation.", said),
      role: _("{who} made {whom} {what}.", said),
      removed: by === about ? _("{whom} left.", said) : _("{who} took {whom} out.", said),
      disabled: _("{who} disabled {whom}.", said),
      erased: _("{whom} erased their account, and has left.", { whom: this.#names[about] ?? about }),
      enabled: _("{who} enabled {whom} again.", said),
      defaults: details.download
        ? _("{who} set: photos open for {days}, and can be saved.", { who, days })
        : _("{who} set: photos open for {days}, and cannot be saved.", { who, days }),
      recovery_key: details.key
        ? _("{who} set another recovery key.", said)
        : _("{who} took the recovery key away.", said),
    };
    return words[action] ?? action;
  }

  /** @param {string} account */
  #name = (account) => this.#names[account] ?? _("somebody");
}

/** @param {string} words */
const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);
