/**
 * What all pages have in common on which photos are read: see who sent them, open, look, close.
 * There is no navigation in between, so that the engine can load while the code is typed.
 */

import * as api from "./api.js";
import { takeEngine } from "./early.js";
import { watch } from "./leaving.js";
import { remember, remembered } from "./logs.js";
import { mark } from "./mark.js";
import { offer } from "./ondevice.js";
import { showOpening } from "./opening.js";
import { Viewer } from "./photos.js";
import { COUNTRY_UNSAID, explain, is } from "./problems.js";
import { showWayThere, takeReturn } from "./there.js";
import { _, when } from "./text.js";
import { announce, current, show, state } from "./views.js";
import { Visitor } from "./visitor.js";
import { Wrong } from "./wrong.js";

/**
 * @typedef {object} Sought - what is to be read
 * @property {string} report - its id
 * @property {string} fragment - the secret part of its link; empty where it has none
 * @property {string} hint - of whom it is for; empty where nothing is said
 * @property {File} [file] - the sealed report itself, where it lies at no file host
 */
/**
 * @typedef {object} Page
 * @property {Sought} sought - as it is when it is needed: it may change
 * @property {() => void} forget - lets go of what opens the photos: they have been seen
 * @property {() => import("./problems.js").Problem | undefined} hindrance - why it cannot begin at all
 * @property {() => Promise<void>} [enter] - shows what stands before the card, once somebody is signed in
 * @property {"link" | "file"} returns - where a key server's own sign-in leads back to
 */

export class Reader {
  visitor;
  #page;
  #wrong;
  /** @type {Viewer | undefined} */
  #viewer;
  /** @type {import("./ondevice.js").Held | undefined} of what is open: not even this longer than that */
  #link;
  /** What stands beside the photos. @type {import("./read.js").Read | undefined} */
  #read;
  #isComplete = false;
  #until = "";

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.visitor = new Visitor({
      link: page.sought,
      hindrance: page.hindrance,
      enter: page.enter ?? (() => this.card()),
      problem: (error, again) => this.problem(error, again),
      takeEngine,
      began: (engine) => this.#began(engine),
    });
    const acts = { blank: () => this.#blank(), signOut: this.#signOut };
    this.#wrong = new Wrong(this.visitor, page.sought, acts);
    watch({ isOpen: () => Boolean(this.#viewer), close: (news) => this.#close(news), end: () => this.visitor.engine?.end() });
  }

  /** @param {import("./engine.js").Engine} [engine] */
  #began(engine) {
    const { fragment } = this.#page.sought;
    if (this.#page.returns === "link") engine?.call("check_link", { fragment }).catch(this.problem);
  }

  /** Who sent it, and the one button. */
  async card() {
    const before = current();
    const report = await api.getReport(this.#page.sought.report);
    if (!before.isConnected) return;
    const returned = takeReturn(this.#page.sought.report);
    if (returned) return this.open(report, returned); // they had pressed the button, and were sent to sign in
    const { sender, sent } = report;
    const heading = sender ? _("{sender} sent you photos", { sender }) : _("Photos");
    const fills = { heading, sent: sent && _("Sent {when}", { when: when(sent) }), who: this.visitor.name };
    show("card", fills, { open: () => this.open(report), signOut: this.#signOut });
    offer(current(), this.#held(report));
  }

  /** @param {api.Report} found @returns {import("./ondevice.js").Held} - more is known once it is open */
  #held({ sender, sent }) {
    const { report, fragment, file } = this.#page.sought;
    const link = { report, fragment: file ? "" : fragment };
    return { account: this.visitor.account?.id ?? "", ...link, sender: sender ?? "", sent: sent ?? "", patient: "", until: "" };
  }

  /**
   * A second call goes on where the first one was interrupted.
   * @param {api.Report} found
   * @param {{secret: string, code: string}} [returned] - from the key server's own sign-in
   */
  async open(found, returned) {
    const { key_server, file_host, log_key } = found;
    const { report, fragment, file } = this.#page.sought;
    const where = { key_server, file_host, log_key, remembered: remembered(key_server) };
    const args = { report, fragment, ...where, ...(file && { file }) };
    const again = () => this.open(found);
    const line = this.#viewer?.arrival ?? showOpening(() => this.#cancel());
    line.progress({ stage: "starting", done: 0, total: 0 });
    /** @param {any} told */
    const hear = (told) => {
      if (told.stage === "report") {
        remember(key_server, told.log.checkpoint);
        const { patient, sender, created: sent } = told.details;
        this.#link = { ...this.#held(found), patient, sender, sent, until: told.rules.not_after };
        this.#show(told, found, again);
      } else if (told.stage === "photo") this.#viewer?.arrive(told);
      else (this.#viewer?.arrival ?? line).progress(told);
    };
    try {
      if (returned) await this.visitor.ask("end_sign_in", { report, key_server, ...returned });
      await this.visitor.ask(file ? "open_file" : "open_report", args, hear);
      this.#page.forget();
      this.#isComplete = true;
      this.#viewer?.complete();
      this.#read?.complete();
      if (this.#viewer && this.#link) offer(current(), this.#link);
    } catch (error) {
      this.#failed(error, found, again);
    }
  }

  /**
   * @param {import("./engine.js").Report} told
   * @param {api.Report} found
   * @param {() => void} again
   */
  #show(told, found, again) {
    /** @type {import("./further.js").Open} */
    const further = async ({ report, fragment }, hear) => {
      const { key_server, file_host, log_key } = await api.getReport(report);
      const args = { report, fragment, key_server, file_host, log_key, remembered: remembered(key_server) };
      await this.visitor.ask("open_report", args, (progress) => {
        if (progress.stage === "report") {
          remember(key_server, progress.log.checkpoint);
          this.#mark(progress);
        }
        hear(progress);
      });
    };
    const acts = { close: () => this.#close(), signOut: this.#signOut, again, further };
    const { report } = this.#page.sought;
    const take = (what = "photos") => this.visitor.ask("save", { report_id: report, what });
    this.#viewer = new Viewer(told, acts, () => take());
    guard(current());
    this.#mark(told);
    this.#readMore(this.#viewer, told, found, take);
  }

  /** Puts the reader's name over the photos, once, where a sender wants it. @param {import("./engine.js").Report} told */
  #mark({ rules, entry }) {
    if (rules.mark) mark(/** @type {HTMLElement} */ (current()), this.visitor.name, entry.recorded);
  }

  /**
   * Not in the way of the first photo. Without a line it is left out.
   * @param {Viewer} viewer
   * @param {import("./engine.js").Report} told
   * @param {api.Report} found
   * @param {(what: string) => Promise<import("./saving.js").Saved>} take
   */
  async #readMore(viewer, told, found, take) {
    this.#isComplete = false;
    const read = await import("./read.js").catch(() => null);
    if (!read || viewer !== this.#viewer) return;
    this.#until = read.until(told);
    this.#read = new read.Read(/** @type {HTMLElement} */ (current()), told, found, take);
    if (this.#isComplete) this.#read.complete();
  }

  /** @param {unknown} error @param {api.Report} found @param {() => void} again */
  #failed(error, found, again) {
    const passing = is(error, "offline", "busy", "passkey_needed");
    if (is(error, "sign_in_needed")) this.#wayThere(found);
    else if (this.#viewer && passing) this.#viewer.arrival.interrupt();
    else if (is(error, "elsewhere") && !this.visitor.account?.jurisdiction) this.problem(COUNTRY_UNSAID);
    else this.problem(error, passing ? again : undefined);
  }

  /** @param {api.Report} found */
  async #wayThere({ key_server }) {
    try {
      await showWayThere(this.visitor, { report: this.#page.sought.report, key_server, returns: this.#page.returns });
    } catch (error) {
      this.problem(error);
    }
  }

  #cancel() {
    this.visitor.startEngine();
    this.visitor.enter();
  }

  /** The only way back is the link in the message: nothing that opens the photos stays here. */
  #close(news = "") {
    this.#letGo();
    this.visitor.engine?.end();
    this.#page.forget();
    this.#closed(news);
  }

  #closed(news = "") {
    const fills = { who: this.visitor.name, news, until: this.#until };
    const view = show("closed", fills, { signOut: this.#signOut });
    announce(news);
    if (this.visitor.account) askAfter(view, this.visitor.account);
  }

  #signOut = async () => {
    if (this.#viewer) this.#close();
    if (state() !== "closed") return this.visitor.signOut();
    try {
      await api.signOut();
    } catch (error) {
      return this.#closed(explain(error).text);
    }
    this.visitor.account = null;
    this.#closed(_("You are signed out."));
  };

  /** @param {unknown} error @param {() => void} [again] - what "Try again" does */
  problem = (error, again) => this.#wrong.show(error, again);

  /** Takes photos that must not be seen any longer off the screen, and out of all memory. */
  #blank() {
    if (!this.#viewer) return false;
    this.#letGo();
    this.visitor.startEngine();
    return true;
  }

  #letGo() {
    this.#read?.close();
    this.#viewer?.close();
    this.#read = this.#viewer = this.#link = undefined;
  }
}

/** A browser's own ways to save a picture are no ways here: the log would not hear of it. @param {Element} view */
function guard(view) {
  for (const kind of ["contextmenu", "dragstart"]) {
    view.addEventListener(kind, (event) => {
      if (event.target instanceof Element && event.target.closest(".stage, .thumbs")) event.preventDefault();
    });
  }
}

/** @param {HTMLElement} view @param {api.Account} account */
async function askAfter(view, account) {
  // Not before: until the photos have been seen, all that is fetched is for them. Without a line it is left out.
  const after = await import("./after.js").catch(() => null);
  if (view.isConnected) after?.askAfter(view, account);
}
