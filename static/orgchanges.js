/**
 * What administrators have changed, in words: the newest first, older ones a page at a time.
 */

import { getChanges } from "./api.js";
import { does } from "./orgpeople.js";
import { keep } from "./keyed.js";
import { copy, fill, part } from "./views.js";
import { when } from "./words.js";

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
    const who = by ? this.#name(by) : "Whoever runs Safelight";
    const whom = this.#name(about);
    const as = `as ${does(details.role ?? "").split(":")[0]}`;
    /** @type {Record<string, string>} */
    const words = {
      began: `${who} made this organisation.`,
      invited: `${who} invited ${whom} ${as}.`,
      withdrew: `${who} withdrew the invitation of ${whom}.`,
      joined: by ? `${whom} joined ${as}.` : `${who} let ${whom} in ${as}.`,
      declined: `${whom} declined the invitation.`,
      role: `${who} made ${whom} ${as.slice(3)}.`,
      disabled: `${who} disabled ${whom}.`,
      enabled: `${who} enabled ${whom} again.`,
      recovery_key: details.key ? `${who} set another recovery key.` : `${who} took the recovery key away.`,
      defaults: `${who} set: photos open for ${details.days} days, and can${details.download ? "" : "not"} be saved.`,
      recovery_key: details.key ? `${who} set another recovery key.` : `${who} took the recovery key away.`,
    };
    return words[action] ?? action;
  }

  /** @param {string} account */
  #name = (account) => this.#names[account] ?? "somebody";
}

/** @param {string} words */
const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);
