/**
 * A person's own contacts on their page: which there are, one more after a code, one less after a question.
 */

import * as api from "./api.js";
import { keep } from "./keyed.js";
import { _, when } from "./text.js";
import { copy, fill, part } from "./views.js";

/** @typedef {import("./api.js").Contact} Contact */

export class Contacts {
  #section;
  #act;
  #dialogs;
  /** @type {Contact[]} */
  #contacts = [];
  #attempt = "";

  /** @param {HTMLElement} section @param {import("./account.js").Act} act @param {import("./account.js").Dialogs} dialogs */
  constructor(section, act, dialogs) {
    this.#section = section;
    this.#act = act;
    this.#dialogs = dialogs;
    this.#onSubmit("add", (typed) => (page) => page.contacts.ask(typed));
    this.#onSubmit("prove", (typed) => (page) => page.contacts.add(typed));
    part(section, "cancel").addEventListener("click", () => this.#ask(true));
  }

  /** @param {Contact[]} contacts - the main one first */
  show(contacts) {
    this.#contacts = contacts;
    keep(part(this.#section, "list"), contacts, ({ contact }) => contact, ({ contact }) => this.#thing(contact), (node, one) => {
      const proved = _("Proved {when}.", { when: when(one.verified) });
      fill(node, { about: one.main ? `${_("Messages go here first.")} ${proved}` : proved, name: one.contact });
      part(node, "first").hidden = one.main;
      part(node, "gone").hidden = contacts.length === 1;
    });
  }

  /** @param {string} contact @returns {Promise<string>} */
  async ask(contact) {
    const { attempt, to } = await api.sendCodeToAdd(contact);
    this.#attempt = attempt;
    fill(this.#section, { to });
    this.#ask(false);
    return _("A code is on its way.");
  }

  /** @param {string} code @returns {Promise<string>} */
  async add(code) {
    this.show((await api.addContact(this.#attempt, code)).contacts);
    this.#ask(true);
    return _("It has been added.");
  }

  /** @param {string} contact @returns {Promise<string>} */
  async setMain(contact) {
    this.show((await api.setMainContact(contact)).contacts);
    return _("Messages go there first now.");
  }

  /** @param {string} contact @returns {Promise<string>} */
  async remove(contact) {
    this.show((await api.removeContact(contact)).contacts);
    part(this.#section, "heading").focus();
    return _("It has been removed.");
  }

  /** @param {string} contact */
  #thing(contact) {
    const first = () => this.#act("contacts", (page) => page.contacts.setMain(contact));
    const gone = async () => {
      const question = {
        title: _("Remove {contact}?", { contact }),
        words: _("It signs you in no more, and photos that were sent to it do not open in your account any more."),
        more: _("Senders whose photos you opened with it go on seeing your name."),
        yes: _("Remove it"),
      };
      if (await this.#dialogs.sure(question)) await this.#act("contacts", (page) => page.contacts.remove(contact));
    };
    return copy("thing", { does: _("Send messages here"), ends: _("Remove") }, { first, gone });
  }

  /** Asks for a contact, or for the code that was sent. @param {boolean} contact */
  #ask(contact) {
    for (const [name, hidden] of Object.entries({ add: !contact, prove: contact })) {
      const form = /** @type {HTMLFormElement} */ (part(this.#section, name));
      form.hidden = hidden;
      if (hidden) form.reset();
      else form.querySelector("input")?.focus();
    }
  }

  /** @param {string} name @param {(typed: string) => import("./account.js").Work} work */
  #onSubmit(name, work) {
    const form = /** @type {HTMLFormElement} */ (part(this.#section, name));
    const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#act("contacts", work(input.value.trim()));
    });
  }
}
