/**
 * A person's passkeys and devices on their page: which there are, and the end of each.
 */

import * as api from "./api.js";
import { keep } from "./keyed.js";
import { addPasskey, hasPasskeys } from "./passkey.js";
import { _, when } from "./text.js";
import { copy, fill, part } from "./views.js";

export class Passkeys {
  #section;
  #act;
  #sure;

  /** @param {HTMLElement} section @param {import("./account.js").Act} act @param {(question: import("./account.js").Question) => Promise<boolean>} sure */
  constructor(section, act, sure) {
    this.#section = section;
    this.#act = act;
    this.#sure = sure;
    part(section, "add").hidden = !hasPasskeys;
  }

  /** @param {api.Passkey[]} passkeys */
  show(passkeys) {
    keep(part(this.#section, "list"), passkeys, ({ id }) => id, (one) => this.#thing(one), (node, one) => {
      const used = one.used ? _("Last used {when}.", { when: when(one.used) }) : _("Not used yet.");
      const made = _("Made {when}.", { when: when(one.created) });
      const from = when(one.counts_from);
      const counts = from && _("For photos that need a passkey, it counts from {when}.", { when: from });
      fill(node, { name: one.name, about: `${made} ${used} ${counts}` });
    });
  }

  /** @returns {Promise<string>} */
  async add() {
    const made = await addPasskey();
    await this.#refresh();
    return made ? _("The passkey has been made.") : "";
  }

  /** @param {string} id @returns {Promise<string>} */
  async remove(id) {
    await api.removePasskey(id);
    await this.#refresh();
    part(this.#section, "heading").focus();
    return _("The passkey has been removed.");
  }

  async #refresh() {
    this.show((await api.getPasskeys()).passkeys);
  }

  /** @param {api.Passkey} passkey */
  #thing({ id, name }) {
    const gone = async () => {
      const question = {
        title: _("Remove the passkey {name}?", { name }),
        words: _("It signs you in no more. You can make another one at any time."),
        yes: _("Remove it"),
      };
      if (await this.#sure(question)) await this.#act("passkeys", (page) => page.passkeys.remove(id));
    };
    const node = copy("thing", { ends: _("Remove") }, { gone });
    part(node, "gone").hidden = false;
    return node;
  }
}

export class Devices {
  #section;
  #act;

  /** @param {HTMLElement} section @param {import("./account.js").Act} act */
  constructor(section, act) {
    this.#section = section;
    this.#act = act;
  }

  /** @param {api.Session[]} sessions - this one first */
  show(sessions) {
    keep(part(this.#section, "list"), sessions, ({ id }) => id, (one) => this.#thing(one), (node, one) => {
      const since = BY[one.signed_in_by]?.(when(one.since)) ?? _("Signed in {when}.", { when: when(one.since) });
      const used = one.this ? _("This is the one that you use now.") : _("Last used {when}.", { when: when(one.used) });
      fill(node, { name: one.device, about: `${used} ${since}` });
      part(node, "gone").hidden = one.this;
    });
    part(this.#section, "elsewhere").hidden = sessions.length < 2;
  }

  /** @param {string} id @returns {Promise<string>} */
  async end(id) {
    await api.endSessions(`/${id}`);
    this.show((await api.getSessions()).sessions);
    part(this.#section, "heading").focus();
    return _("It is signed out there.");
  }

  /** @returns {Promise<string>} */
  async endOthers() {
    await api.endSessions("/others");
    this.show((await api.getSessions()).sessions);
    part(this.#section, "heading").focus();
    return _("You are signed out everywhere else.");
  }

  /** @param {api.Session} session */
  #thing({ id }) {
    return copy("thing", { ends: _("Sign out there") }, { gone: () => this.#act("devices", (page) => page.devices.end(id)) });
  }
}

/** @type {Record<string, (when: string) => string>} */
const BY = {
  code: (when) => _("Signed in with a code {when}.", { when }),
  passkey: (when) => _("Signed in with a passkey {when}.", { when }),
  oidc: (when) => _("Signed in by your hospital {when}.", { when }),
};
