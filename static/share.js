/**
 * All ways to hand the link on: each person's own where several are named, and whoever's where nobody is.
 */

import * as api from "./api.js";
import { told } from "./people.js";
import { explain } from "./problems.js";
import { save } from "./save.js";
import { _ } from "./text.js";
import { fill, part, show } from "./views.js";
import { anchor, digits, mail, point, ways } from "./ways.js";

/** @typedef {import("./sending.js").Sealed} Sealed */
/** @typedef {import("./ways.js").Share} Share */
/**
 * @typedef {object} Doings
 * @property {() => void} more - begins anew
 * @property {() => void} signOut
 * @property {(typed: {passkey: string} | {recipients: string[]}) => Promise<void>} change - lets the code go another way
 */

export class Handing {
  #view;
  #sealed;
  #account;
  #doings;
  #shares;

  /**
   * @param {Sealed} sealed
   * @param {Blob | null} file - the sealed one, where it is small enough for an e-mail
   * @param {string[]} to - whom it is for, as typed
   * @param {{words: string, passkey: boolean}} terms
   * @param {api.Account} account
   * @param {Doings} doings
   */
  constructor(sealed, file, to, terms, account, doings) {
    this.#sealed = sealed;
    this.#account = account;
    this.#doings = doings;
    const who = [account.name, account.contact].filter(Boolean).join(", ");
    this.#view = show("share", { terms: terms.words, who, recovery: recovery(sealed) }, {
      more: doings.more,
      signOut: doings.signOut,
      tell: () => this.#tell(),
      file: () => file && save(`${sealed.report}.sealed`, file),
    });
    this.#shares = sealed.links.length ? sealed.links : [{ contact: to[0] ?? "", link: sealed.link }];
    part(this.#view, "people").append(...this.#shares.map((one) => this.#person(one, terms.passkey)));
    part(this.#view, "telling").hidden = !to.length;
    part(this.#view, "attach").hidden = !file;
    anchor(this.#view, "activity").href = `/sent/${sealed.report}`;
    anchor(this.#view, "letter").href = mail(to.filter((one) => one.includes("@")), FILE_SUBJECT, FILE_TEXT);
  }

  /** @param {Share} share @param {boolean} hasPasskey */
  #person(share, hasPasskey) {
    const whose = this.#shares.length > 1 ? share.contact : "";
    const node = ways(share, this.#account.name ?? "", whose, {
      instead: () => this.#divert(node, share, false),
      passkey: () => this.#divert(node, share, true),
    });
    part(node, "weak").hidden = !digits(share.contact) || hasPasskey;
    return node;
  }

  async #tell() {
    fill(this.#view, { told: "", "telling-error": "" });
    try {
      fill(this.#view, { told: told(await api.tellNamed(this.#sealed.report)) });
    } catch (error) {
      fill(this.#view, { "telling-error": explain(error).text });
    }
  }

  /** @param {HTMLElement} node @param {Share} share @param {boolean} passkey */
  async #divert(node, share, passkey) {
    const contact = /** @type {HTMLInputElement} */ (part(node, "other")).value.trim();
    if (!passkey && !contact.includes("@")) return fill(node, { "weak-error": _("Type an e-mail address of theirs first.") });
    fill(node, { "weak-error": "", "weak-news": "" });
    try {
      const recipients = this.#shares.map((one) => (one === share ? contact : one.contact));
      await this.#doings.change(passkey ? { passkey: "yes" } : { recipients });
      const number = digits(share.contact);
      // The link's hint was of the number: without one, the address is typed.
      if (!passkey) Object.assign(share, { contact, link: share.link.replace(/\.[^.#]*$/, "") });
      if (!passkey) point(node, share, number, this.#account.name ?? "");
      const now = _("From now on they open for {contact}, not for the number.", { contact });
      fill(node, { "weak-news": passkey ? _("From now on they need a passkey.") : now });
    } catch (error) {
      fill(node, { "weak-error": explain(error).text });
    }
  }
}

const FILE_SUBJECT = _("Clinical photos for you, as a sealed file");
const FILE_TEXT = _("The photos are in the attached file. Open {address}, sign in, and choose the file there. The link that belongs to it comes to you another way.", {
  address: `${location.origin}/open`,
});

/** @param {Sealed} sealed */
const recovery = ({ recovery_mark = "" }) =>
  recovery_mark ? _("Your organisation can open them, too, with its recovery key: its mark is {mark}.", { mark: recovery_mark }) : "";
