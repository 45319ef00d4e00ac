/**
 * What one key server's log has about an organisation's photos, by days, newest first; as a file, too.
 */

import { countryName } from "./countrynames.js";
import { keep } from "./keyed.js";
import { remember, remembered } from "./logs.js";
import { explain } from "./problems.js";
import { Proof } from "./proof.js";
import { save } from "./save.js";
import { _, ngettext, when } from "./text.js";
import { announce, copy, current, fill, part, show } from "./views.js";

const LAST = Number.MAX_SAFE_INTEGER; // before which all entries are, and until when all were recorded
/**
 * @typedef {object} Entry
 * @property {number} number
 * @property {string} recorded - RFC 3339
 * @property {string} kind
 * @property {string} title
 * @property {string} reason
 * @property {string} report - its id; empty: it is about no report
 * @property {string} account
 * @property {string} declared - a country's code
 * @property {string} address
 * @property {string} browser
 * @property {object} said - for its proof
 */
/** @typedef {(door: string, args: object) => Promise<any>} Ask - the engine */
/**
 * @typedef {object} Shown - what is on the page, whatever is chosen since
 * @property {import("./api.js").Audit["logs"][0]} log
 * @property {{begin: number, end: number}} days - in seconds since 1970
 */

export class AuditLog {
  #audit;
  #ask;
  #problem;
  #view;
  /** @type {Entry[]} newest first */
  #entries = [];
  /** @type {Shown | undefined} */
  #shown;

  /**
   * @param {import("./api.js").Audit} audit
   * @param {string} who - is signed in
   * @param {{ask: Ask, problem: (error: unknown) => void, signOut: () => void}} acts
   */
  constructor(audit, who, { ask, problem, signOut }) {
    this.#audit = audit;
    this.#ask = ask;
    this.#problem = problem;
    this.#view = show("log", { name: audit.organisation.name, who }, {
      signOut,
      more: () => this.#attempt(() => this.#load(this.#about(), this.#entries)),
      exported: () => this.#attempt(() => this.#export()),
    });
    this.#days().addEventListener("submit", (event) => {
      event.preventDefault();
      this.look();
    });
    const chosen = this.#keyServer();
    chosen.append(...audit.logs.map(({ key_server }) => new Option(host(key_server), key_server)));
    part(this.#view, "logs").hidden = !this.#areSeveral;
  }

  /** Shows the newest entries of the days that are chosen; where they do not come, what is shown stays. */
  look() {
    return this.#attempt(async () => {
      await this.#load({ log: this.#chosen(), days: this.#wanted() }, []);
      const count = this.#entries.length;
      announce(count ? ngettext("{count} entry is shown.", "{count} entries are shown.", count) : _("Nothing was recorded."));
    }, "refused");
  }

  /** @param {Shown} what @param {Entry[]} known - of them, newest first */
  async #load(what, known) {
    const { key_server } = what.log;
    const { entries, checkpoint, more } = await this.#call("audited", what, { before: known.at(-1)?.number ?? LAST });
    if (checkpoint) remember(key_server, checkpoint);
    this.#shown = what;
    this.#entries = [...known, ...entries];
    keep(part(this.#view, "entries"), this.#entries, ({ number }) => key_server + number, (entry) => this.#entry(entry), fillEntry);
    part(this.#view, "more").hidden = !more;
    part(this.#view, "none").hidden = Boolean(this.#entries.length);
    part(this.#view, "exported").hidden = !this.#entries.length;
    const by = this.#areSeveral ? _("As recorded by {keyServer}.", { keyServer: host(key_server) }) : "";
    fill(this.#view, { by, saved: "", command: "" });
  }

  async #export() {
    const what = this.#about();
    const { key_server, log_key } = what.log;
    const { text, count, checkpoint } = await this.#call("export_audited", what, {});
    remember(key_server, checkpoint);
    save("log.ndjson", text);
    const saved = ngettext(
      "{count} entry, with its proof, is in the file {name}. Anybody can check it, offline:",
      "{count} entries, each with its proof, are in the file {name}. Anybody can check it, offline:",
      count,
      { name: "log.ndjson" },
    );
    fill(this.#view, { saved, command: `safelight log verify log.ndjson --key ${log_key}` });
    announce(ngettext("{count} entry is saved.", "{count} entries are saved.", count));
  }

  /** @param {string} door @param {Shown} what @param {object} args */
  #call(door, { log, days }, args) {
    return this.#ask(door, { audit: this.#audited(log), ...days, remembered: remembered(log.key_server), ...args });
  }

  /** @param {Entry} entry */
  #entry(entry) {
    const { log } = this.#about();
    const audit = this.#audited(log);
    const node = copy("entry", {}, {
      prove: () => proof.toggle(),
      saveProof: () => proof.saveProof(),
      saveEntry: () => proof.saveEntry(),
    });
    const ask = (/** @type {string} */ door, /** @type {object} */ args) => this.#ask(`${door}_audited`, { audit, ...args });
    const proof = new Proof(node, ask, entry, { keyServer: log.key_server, logKey: log.log_key });
    node.dataset.kind = entry.kind;
    return node;
  }

  /** One thing at a time. @param {() => Promise<void>} work @param {string} place - for what is wrong */
  async #attempt(work, place = "error") {
    if (this.#view.ariaBusy === "true") return;
    this.#view.ariaBusy = "true";
    fill(this.#view, { error: "", refused: "" });
    try {
      await work();
    } catch (error) {
      if (current() !== this.#view) return;
      const { kind, text } = explain(error);
      if (kind === "sign_in") this.#problem(error);
      else if (this.#areSeveral) { // the others' logs are still there to be read
        const { key_server } = place === "refused" ? this.#chosen() : this.#about().log;
        fill(this.#view, { [place]: _("{keyServer} does not show its log. {why}", { keyServer: host(key_server), why: text }) });
      } else if (this.#entries.length) fill(this.#view, { [place]: text });
      else this.#problem(error);
    } finally {
      this.#view.ariaBusy = "false";
    }
  }

  /** @param {Shown["log"]} log */
  #audited(log) {
    const names = Object.fromEntries(this.#audit.people.map(({ account, name, contact }) => [account, called(name, contact)]));
    return { organisation: this.#audit.organisation.id, ...log, issuer: this.#audit.issuer, names };
  }

  get #areSeveral() {
    return this.#audit.logs.length > 1;
  }

  /** What is shown; where nothing is yet, nothing asks for it. */
  #about = () => /** @type {Shown} */ (this.#shown);

  #chosen() {
    const chosen = this.#keyServer().value;
    return this.#audit.logs.find(({ key_server }) => key_server === chosen) ?? this.#audit.logs[0];
  }

  /** @returns {{begin: number, end: number}} in seconds since 1970, by whole days of this device's own clock */
  #wanted() {
    const [begin, end] = ["from", "to"].map((name) => /** @type {HTMLInputElement} */ (this.#days().elements.namedItem(name)).value);
    const behind = end ? new Date(`${end}T00:00`) : undefined;
    behind?.setDate(behind.getDate() + 1);
    return { begin: begin ? seconds(new Date(`${begin}T00:00`)) : 0, end: behind ? seconds(behind) - 1 : LAST };
  }

  #days = () => /** @type {HTMLFormElement} */ (part(this.#view, "days"));

  #keyServer = () => /** @type {HTMLSelectElement} */ (this.#view.querySelector("select"));
}

/** @param {HTMLElement} node @param {Entry} entry */
function fillEntry(node, { number, title, reason, recorded, report, account, declared, address, browser }) {
  fill(node, {
    number: String(number),
    title,
    reason,
    recorded: sentence(when(recorded)),
    report,
    account,
    declared: declared ? countryName(declared) : _("not stated"),
    address: address || _("erased"),
    browser: browser || _("not known"),
  });
}

/** @param {string} url */
const host = (url) => new URL(url).host;

/** @param {string} name @param {string} contact */
const called = (name, contact) => (name && contact ? `${name} (${contact})` : name || contact);

/** @param {Date} date */
const seconds = (date) => Math.max(0, Math.floor(date.valueOf() / 1000));

/** @param {string} words */
const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1);
