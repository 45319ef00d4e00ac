/**
 * Sealing and uploading, told in words. What goes wrong goes on where it was; until the end nothing of it is lost.
 */

import { all as remembered, remember } from "./logs.js";
import { explain, is } from "./problems.js";
import * as recoverykey from "./recoverykey.js";
import { _, megabytes } from "./text.js";
import { deliver, discard, newFile, sealedFile } from "./unsent.js";
import { announce, fill, part, show } from "./views.js";

const ATTACHED = 20_000_000; // bytes: what mail servers commonly let through

/** @typedef {import("./unsent.js").Unsent} Unsent */
/** @typedef {Unsent & {recovery_mark?: string}} Sealed */
/** @typedef {{stage: "sealing" | "uploading", done: number, total: number}} Step - done and total in bytes */
/**
 * @typedef {object} Doings
 * @property {import("./api.js").Account} account
 * @property {(door: string, args: object, progress?: (told: any) => void) => Promise<any>} ask
 * @property {{letter: {patient: string}, numbers: number[]}} [report] - what is to be sealed, unless it is
 * @property {(sealed: Sealed, file: Blob | null) => void} sent - with the file, where it is no larger than e-mails can be
 * @property {() => void} back - the sender wants to go back
 * @property {(error: unknown) => boolean} refused - whether that is answered elsewhere than here
 */

/** What the engine is still sealing, even where nobody waits for it any more: one at a time. @type {Promise<unknown>} */
let sealing = Promise.resolve();

export class Sending {
  #doings;
  #view;
  /** @type {Sealed | undefined} */
  #sealed;
  #stopping = new AbortController();
  #stage = "";

  /** @param {Doings} doings @param {Sealed} [sealed] - where only the upload is wanting */
  constructor(doings, sealed) {
    this.#doings = doings;
    this.#sealed = sealed;
    const cancel = sealed ? _("Later") : _("Cancel");
    this.#view = show("sending", { cancel }, { cancel: () => this.#cancel(), again: () => this.run() });
  }

  async run() {
    part(this.#view, "again").hidden = true;
    fill(this.#view, { error: "" });
    this.#tell({ stage: "sealing", done: 0, total: 0 });
    try {
      const sealed = (this.#sealed ??= await this.#seal());
      if (this.#isOver) return void this.#drop(sealed);
      const file = sealed.length > ATTACHED ? null : await copyOf(await sealedFile(sealed));
      await this.#upload(sealed);
      if (!this.#isOver) this.#doings.sent(sealed, file);
    } catch (error) {
      if (this.#isOver || is(error, "cancelled")) return;
      if (!this.#doings.refused(error)) this.#failed(error);
      else if (this.#sealed) this.#drop(this.#sealed);
    }
  }

  /** @returns {Promise<Sealed>} */
  async #seal() {
    const { account, ask, report } = this.#doings;
    await sealing.catch(() => {});
    const file = newFile(account.id);
    const known = { remembered: remembered(), known_recovery_key: recoverykey.known() };
    const going = ask("seal", { ...report, account, file, ...known }, (told) => this.#tell(told));
    sealing = going;
    const answer = await going;
    remember(answer.key_server, answer.log.checkpoint);
    recoverykey.keep(answer.recovery_key);
    const [patient, sender] = [report?.letter.patient ?? "", account.name ?? account.contact];
    return { ...answer, file, patient, sender, sent: new Date().toISOString(), begun: false };
  }

  /** @param {Sealed} sealed */
  async #upload(sealed) {
    const { account, ask } = this.#doings;
    await deliver(account.id, sealed, ask, ({ done, total, waiting }) => {
      sealed.begun = true;
      this.#tell({ stage: "uploading", done, total });
      const news = waiting ? _("The connection is gone. It goes on by itself when it is back.") : "";
      if (this.#view.isConnected) fill(this.#view, { news });
    }, this.#stopping.signal);
  }

  get #isOver() {
    return this.#stopping.signal.aborted || !this.#view.isConnected;
  }

  /** @param {Step} step */
  #tell({ stage, done, total }) {
    if (this.#isOver) return;
    const parts = { done: megabytes(done), total: megabytes(total) };
    const words = stage === "uploading" ? _("Uploading {done} of {total} MB", parts) : _("Locking {done} of {total} MB", parts);
    fill(this.#view, { step: total ? words : _("Getting ready") });
    const bar = /** @type {HTMLProgressElement} */ (part(this.#view, "progress"));
    if (total) bar.value = done / total;
    else bar.removeAttribute("value");
    if (stage !== this.#stage && total) announce(stage === "uploading" ? _("Uploading") : _("Locking the photos"));
    if (total) this.#stage = stage;
  }

  /** @param {unknown} error */
  #failed(error) {
    const cancel = this.#doings.report ? _("Back to the photos") : _("Later");
    fill(this.#view, { error: explain(error).text, cancel, news: "" });
    const again = part(this.#view, "again");
    again.hidden = false;
    again.focus();
  }

  #cancel() {
    this.#stopping.abort();
    if (this.#sealed) this.#drop(this.#sealed);
    this.#doings.back();
  }

  /** Its photos are still here, and are sealed anew when they are sent; what was sealed before may go on later. @param {Sealed} sealed */
  #drop(sealed) {
    if (this.#doings.report) discard(this.#doings.account.id, sealed);
  }
}

/** The file itself goes once it has arrived. @param {Blob} file */
const copyOf = async (file) => new Blob([await file.arrayBuffer()]);
