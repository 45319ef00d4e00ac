/**
 * What a page says where photos cannot be opened, or not be seen any longer, and the ways on from there.
 */

import * as api from "./api.js";
import { ASKED, explain, is } from "./problems.js";
import { _ } from "./text.js";
import { current, part, show } from "./views.js";

export class Wrong {
  #visitor;
  #sought;
  #acts;

  /**
   * @param {import("./visitor.js").Visitor} visitor
   * @param {import("./reading.js").Sought} sought
   * @param {{blank: () => boolean, signOut: () => void}} acts - blank: takes photos off the screen, where some are there
   */
  constructor(visitor, sought, acts) {
    this.#visitor = visitor;
    this.#sought = sought;
    this.#acts = acts;
  }

  /** @param {unknown} error @param {() => void} [again] - what "Try again" does */
  show(error, again = () => this.#visitor.start()) {
    const { kind, title, text, way } = explain(error);
    if (kind === "cancelled") return;
    const gone = this.#acts.blank() ? _("The photos have been taken off this screen.") : "";
    if (kind === "sign_in") return this.#visitor.leave();
    const as = way.includes("other") ? this.#visitor.name : "";
    const isForged = kind === "BadProof";
    const safe = isForged ? _("To be safe, the photos stay closed. Show the sender what it says here:") : "";
    const acts = { again, other: this.#acts.signOut, ask: () => this.#askSender() };
    const view = show("problem", { title, text: [gone, safe, text].filter(Boolean).join(" "), who: as }, acts);
    view.dataset.kind = kind;
    if (kind === "passkey_needed") this.#askForPasskey(view, again);
    for (const [index, name] of way.split(" ").entries()) {
      part(view, name)?.removeAttribute("hidden");
      part(view, name)?.classList.toggle("quiet", index > 0);
    }
  }

  /** @param {HTMLElement} view @param {() => void} again - what goes on after a sign-in with a passkey */
  async #askForPasskey(view, again) {
    const goOn = (/** @type {api.Account} */ account) => {
      const same = account.id === this.#visitor.account?.id;
      this.#visitor.account = account;
      if (same) return again();
      this.#visitor.startEngine();
      this.#visitor.enter(true);
    };
    try {
      const needed = await import("./passkeyneeded.js");
      await needed.askForPasskey(view, goOn, (error) => this.show(error));
    } catch (error) {
      if (view.isConnected) this.show(error, again);
    }
  }

  async #askSender() {
    const before = current();
    let news = ASKED;
    try {
      const { report } = this.#sought;
      const { key_server } = await api.getReport(report);
      await this.#visitor.ask("ask_sender", { report, key_server });
    } catch (error) {
      news = /** @type {typeof ASKED} */ (error);
    }
    if (before.isConnected) this.show(news, is(news, "offline", "busy") ? () => this.#askSender() : undefined);
  }
}
