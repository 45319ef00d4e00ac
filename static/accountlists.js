/**
 * A person's passkeys, hospitals and devices on their page: which there are, and the end of each.
 */

import * as api from "./api.js";
import { keep } from "./keyed.js";
import { addPasskey, hasPasskeys } from "./passkey.js";
import { _, when } from "./text.js";
import { copy, fill, part } from "./views.js";

export class Passkeys {
  #section;
  #act;
  #dialogs;
  /** @type {api.Passkey[]} */
  #passkeys = [];

  /** @param {HTMLElement} section @param {import("./account.js").Act} act @param {import("./account.js").Dialogs} dialogs */
  constructor(section, act, dialogs) {
    this.#section = section;
    this.#act = act;
    this.#dialogs = dialogs;
    part(section, "add").hidden = !hasPasskeys;
  }

  /** @param {api.Passkey[]} passkeys */
  show(passkeys) {
    this.#passkeys = passkeys;
    keep(part(this.#section, "list"), passkeys, ({ id }) => id, ({ id }) => this.#thing(id), (node, one) => {
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

  /** @param {string} id @param {string} name @returns {Promise<string>} */
  async rename(id, name) {
    await api.namePasskey(id, name);
    await this.#refresh();
    return _("It is called {name} now.", { name });
  }

  async #refresh() {
    this.show((await api.getPasskeys()).passkeys);
  }

  /** @param {string} id */
  #thing(id) {
    const called = () => this.#passkeys.find((one) => one.id === id)?.name ?? "";
    const first = async () => {
      const name = await this.#dialogs.name(_("A name for this passkey"), called());
      if (name && name !== called()) await this.#act("passkeys", (page) => page.passkeys.rename(id, name));
    };
    const gone = async () => {
      const question = {
        title: _("Remove the passkey {name}?", { name: called() }),
        words: _("It signs you in no more. You can make another one at any time."),
        yes: _("Remove it"),
      };
      if (await this.#dialogs.sure(question)) await this.#act("passkeys", (page) => page.passkeys.remove(id));
    };
    const node = copy("thing", { does: _("Rename"), ends: _("Remove") }, { first, gone });
    part(node, "first").hidden = part(node, "gone").hidden = false;
    return node;
  }
}

export class Hospitals {
  #section;
  #act;
  #dialogs;

  /** @param {HTMLElement} section @param {import("./account.js").Act} act @param {import("./account.js").Dialogs} dialogs */
  constructor(section, act, dialogs) {
    this.#section = section;
    this.#act = act;
    this.#dialogs = dialogs;
  }

  /** @param {api.Hospital[]} hospitals - most people have none, and see nothing of it */
  show(hospitals) {
    this.#section.hidden = hospitals.length === 0;
    keep(part(this.#section, "list"), hospitals, ({ issuer }) => issuer, (one) => this.#thing(one), (node, one) => {
      const since = when(one.since);
      const about = one.signs_in
        ? _("It signs you in. First used {when}.", { when: since })
        : _("Removed {when}. It does not sign you in here.", { when: since });
      fill(node, { name: one.name, about });
      part(node, "first").hidden = one.signs_in;
      part(node, "gone").hidden = !one.signs_in;
    });
  }

  /** @param {string} issuer @returns {Promise<string>} */
  async remove(issuer) {
    this.show((await api.removeHospital(issuer)).hospitals);
    part(this.#section, "heading").focus();
    return _("It does not sign you in any more.");
  }

  /** @param {string} issuer @returns {Promise<string>} */
  async allow(issuer) {
    this.show((await api.allowHospital(issuer)).hospitals);
    if (!this.#section.hidden) part(this.#section, "heading").focus();
    return _("It is back in this list when you have signed in with it.");
  }

  /** @param {api.Hospital} hospital */
  #thing({ issuer, name }) {
    const first = () => this.#act("hospitals", (page) => page.hospitals.allow(issuer));
    const gone = async () => {
      const question = {
        title: _("Remove the sign-in of {name}?", { name }),
        words: _("It signs you in here no more, until you allow it again. Where it has signed you in, you are signed out."),
        more: _("Your addresses stay: a code that is sent there still signs you in."),
        yes: _("Remove it"),
      };
      if (!await this.#dialogs.sure(question)) return;
      await this.#act("hospitals", async (page) => {
        const said = await page.hospitals.remove(issuer);
        await page.devices.refresh();
        return said;
      });
    };
    return copy("thing", { does: _("Allow it again"), ends: _("Remove") }, { first, gone });
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

  async refresh() {
    this.show((await api.getSessions()).sessions);
  }

  /** @param {string} id @returns {Promise<string>} */
  async end(id) {
    await api.endSessions(`/${id}`);
    await this.refresh();
    part(this.#section, "heading").focus();
    return _("It is signed out there.");
  }

  /** @returns {Promise<string>} */
  async endOthers() {
    await api.endSessions("/others");
    await this.refresh();
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
