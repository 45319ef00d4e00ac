/**
 * One report that somebody has sent: who waits for an answer, what happened, and what can be changed.
 */

import * as api from "./api.js";
import { countryName } from "./countrynames.js";
import { keep } from "./keyed.js";
import { recipients, told } from "./people.js";
import { explain } from "./problems.js";
import { Proof } from "./proof.js";
import { bare, rule, RulesForm } from "./rules.js";
import { SentLink } from "./sentlink.js";
import { TakeBack } from "./takeback.js";
import { _, when } from "./text.js";
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
 * @property {string} claimed - who has it by opening it first; empty: nobody
 */
/** @typedef {(door: string, args?: object) => Promise<any>} Ask - the engine about this report */

export class SentReport {
  #view;
  #ask;
  #refresh;
  #log;
  #rules;
  #takeBack;
  #link;
  #named = 0;
  #newest = -1;

  /**
   * @param {import("./api.js").Own} own
   * @param {api.Account | null} account - the sender's
   * @param {{ask: Ask, refresh: () => Promise<void>, list: (event: Event) => void}} acts
   */
  constructor(own, account, { ask, refresh, list }) {
    this.#ask = ask;
    this.#refresh = refresh;
    this.#log = { keyServer: own.key_server, logKey: own.log_key };
    this.#view = show("report", { state: _("One moment …") }, {
      list,
      withdraw: () => this.#takeBack.ask("withdraw"),
      delete: () => this.#takeBack.ask("delete"),
      no: () => this.#takeBack.close(),
      yes: () => this.#takeBack.yes(),
      tell: () => this.#tell(own.id),
      again: () => this.#link.offer(),
      forget: () => this.#link.drop(part(this.#view, "againHeading")),
    });
    this.#rules = new RulesForm(this.#view, () => api.getRecipients(own.id), (typed) => this.#change(typed));
    this.#takeBack = new TakeBack(this.#view, (door) => this.#end(door));
    this.#link = new SentLink(this.#view, ask, account, own.id);
    this.own(own);
  }

  /** @param {import("./api.js").Own} own */
  own(own) {
    this.#named = own.named;
    fill(this.#view, { to: recipients(own), sent: _("Sent {when}", { when: when(own.sent) }) });
  }

  /** @param {Activity} found */
  update({ state, entries, requests, consents, rules, who, claimed }) {
    const isTakenBack = ["withdrawn", "unfinished", "deleted"].includes(state.kind);
    fill(this.#view, { state: state.words, rule: rule(rules, who) });
    part(this.#view, "state").dataset.kind = state.kind;
    part(this.#view, "rules").hidden = isTakenBack;
    part(this.#view, "tell").hidden = isTakenBack || state.kind === "over" || !this.#named;
    this.#takeBack.show(state.kind);
    this.#link.show(!isTakenBack);
    this.#rules.show(rules, claimed);
    this.#waiting(isTakenBack ? [] : requests, isTakenBack ? [] : consents); // which would be answered in vain
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

  /** Takes the photos back; their link is of no use then. @param {import("./takeback.js").Door} door */
  async #end(door) {
    const error = await this.#act(door);
    if (!error) await this.#link.forget();
    return error;
  }

  /** @param {string} report */
  async #tell(report) {
    const place = part(this.#view, "tell");
    if (place.ariaBusy === "true") return;
    place.ariaBusy = "true";
    try {
      fill(place, { told: told(await api.tellNamed(report)), error: "" });
    } catch (error) {
      fill(place, { told: "", error: explain(error).text });
    } finally {
      place.ariaBusy = "false";
    }
  }

  /** @param {import("./rules.js").Typed} typed */
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
}

/** @param {HTMLElement} node @param {Entry} entry */
function fillEntry(node, { number, title, reason, recorded, declared, address, browser }) {
  fill(node, {
    number: String(number),
    title,
    reason,
    recorded: sentence(when(recorded)),
    declared: declared ? countryName(declared) : _("not stated"),
    address: address || _("erased"),
    browser: browser || _("not known"),
  });
}

/** @param {string} words */
const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);
