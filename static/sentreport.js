/**
 * One report that somebody has sent: who waits for an answer, what happened, and what can be changed.
 */

import { keep } from "./keyed.js";
import { recipients } from "./people.js";
import { explain } from "./problems.js";
import { Proof } from "./proof.js";
import { bare, rule, RulesForm } from "./rules.js";
import { _, LOCALE, when } from "./text.js";
import { announce, copy, fill, part, show } from "./views.js";

/** @typedef {{account: string, who: string, asked: string}} Asking */
/** @typedef {{account: string, who: string, until: string}} Given */
/**
 * @typedef {object} Entry
 * @property {number} number
 * @property {string} recorded - RFC 3339
 * @property {string} kind
 * @property {string} title
 * @property {string} reason
 * @property {string} declared - a country's code
 * @property {string} address
 * @property {string} browser
 * @property {object} said - for its proof
 */
/**
 * @typedef {object} Activity
 * @property {{kind: string, words: string}} state
 * @property {Entry[]} entries - newest first
 * @property {Asking[]} requests
 * @property {Given[]} consents
 * @property {import("./rules.js").Rules} rules
 * @property {string} who
 */
/** @typedef {(door: string, args?: object) => Promise<any>} Ask - the engine about this report */

const COUNTRIES = new Intl.DisplayNames([LOCALE], { type: "region" });

export class SentReport {
  #view;
  #ask;
  #refresh;
  #log;
  #rules;
  #newest = -1;

  /**
   * @param {import("./api.js").Own} own
   * @param {{ask: Ask, refresh: () => Promise<void>, list: (event: Event) => void}} acts
   */
  constructor(own, { ask, refresh, list }) {
    this.#ask = ask;
    this.#refresh = refresh;
    this.#log = { keyServer: own.key_server, logKey: own.log_key };
    this.#view = show("report", { state: _("One moment …") }, {
      list,
      withdraw: () => {
        this.#dialog().showModal();
        part(this.#view, "no").focus();
      },
      no: () => this.#dialog().close(),
      yes: () => this.#withdraw(),
    });
    this.#rules = new RulesForm(this.#view, (typed) => this.#change(typed));
    this.own(own);
  }

  /** @param {import("./api.js").Own} own */
  own(own) {
    fill(this.#view, { to: recipients(own), sent: _("Sent {when}", { when: when(own.sent) }) });
  }

  /** @param {Activity} found */
  update({ state, entries, requests, consents, rules, who }) {
    const isWithdrawn = state.kind === "withdrawn";
    fill(this.#view, { state: state.words, rule: rule(rules, who) });
    part(this.#view, "state").dataset.kind = state.kind;
    for (const name of ["rules", "withdraw"]) part(this.#view, name).hidden = isWithdrawn;
    this.#rules.show(rules);
    this.#waiting(requests, consents);
    keep(part(this.#view, "entries"), entries, ({ number }) => String(number), (entry) => this.#entry(entry), fillEntry);
    this.#announce(entries);
  }

  /** @param {string} text - why what is shown may be old; empty: it is not */
  stale(text) {
    fill(this.#view, { stale: text });
  }

  /** @param {Asking[]} requests @param {Given[]} consents */
  #waiting(requests, consents) {
    const hadFocus = part(this.#view, "requests").contains(document.activeElement);
    const key = (/** @type {Asking | Given} */ { account }) => account;
    keep(part(this.#view, "requests"), requests, key, (one) => this.#request(one), (node, { who, asked }) =>
      fill(node, { who, asked: _("Asked {when}.", { when: when(asked) }) }));
    keep(part(this.#view, "consents"), consents, key, () => copy("given"), (node, { who, until }) =>
      fill(node, { who, until: bare(until) }));
    part(this.#view, "waits").hidden = !requests.length && !consents.length;
    const heading = part(this.#view, "waitsHeading");
    heading.textContent = requests.length ? _("Waiting for your answer") : _("Your answer");
    if (hadFocus && !part(this.#view, "requests").contains(document.activeElement)) heading.focus();
  }

  /** @param {Asking} asking */
  #request({ account, who }) {
    /** @type {HTMLElement} */
    const node = copy("request", {}, {
      consent: async () => {
        const error = await this.#act("consent", { account });
        fill(node, { error });
        if (!error) announce(_("{who} can open the photos once.", { who }));
      },
    });
    return node;
  }

  /** @param {Entry} entry */
  #entry(entry) {
    const node = copy("entry", {}, {
      prove: () => proof.toggle(),
      saveProof: () => proof.saveProof(),
      saveEntry: () => proof.saveEntry(),
    });
    const proof = new Proof(node, this.#ask, entry, this.#log);
    node.dataset.kind = entry.kind;
    return node;
  }

  /** Says what is new, but not what was there when the page began. @param {Entry[]} entries */
  #announce(entries) {
    const news = entries.filter(({ number, kind }) => number > this.#newest && kind !== "own");
    if (this.#newest >= 0 && news.length) announce(news.map(({ title }) => title).join(". "));
    this.#newest = entries[0]?.number ?? -1;
  }

  async #withdraw() {
    const error = await this.#act("withdraw");
    fill(this.#dialog(), { error });
    if (error) return;
    this.#dialog().close();
    /** @type {HTMLElement | null} */ (this.#view.querySelector("[data-focus]"))?.focus();
    announce(_("The photos are withdrawn."));
  }

  /** @param {Record<string, string>} typed */
  async #change(typed) {
    const error = await this.#act("change", { typed });
    if (!error) announce(_("Saved."));
    return error;
  }

  /** @param {string} door @param {object} [args] @returns {Promise<string>} what went wrong; empty: nothing */
  async #act(door, args) {
    if (this.#view.ariaBusy === "true") return "";
    this.#view.ariaBusy = "true";
    try {
      await this.#ask(door, args);
      await this.#refresh();
      return "";
    } catch (error) {
      return explain(error).text;
    } finally {
      this.#view.ariaBusy = "false";
    }
  }

  #dialog = () => /** @type {HTMLDialogElement} */ (part(this.#view, "dialog"));
}

/** @param {HTMLElement} node @param {Entry} entry */
function fillEntry(node, { number, title, reason, recorded, declared, address, browser }) {
  fill(node, {
    number: String(number),
    title,
    reason,
    recorded: sentence(when(recorded)),
    declared: declared ? COUNTRIES.of(declared) : _("not stated"),
    address: address || _("erased"),
    browser: browser || _("not known"),
  });
}

/** @param {string} words */
const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);
