/**
 * The people of an organisation: each with what can be done about them. What takes something away asks once more.
 */

import { keep } from "./keyed.js";
import { _, ngettext, when } from "./text.js";
import { all, copy, fill, part } from "./views.js";

/** @typedef {import("./api.js").Member} Member */
/** @typedef {(method: "POST" | "PUT" | "DELETE", what: string, body?: object, said?: string) => Promise<string>} Act */
/**
 * @typedef {object} Question
 * @property {Record<string, string>} says - title, words, more, and what "yes" is called
 * @property {string} [role] - that can be changed here
 * @property {(role: string) => Promise<string>} yes - resolves to what is wrong, or to nothing
 */

const DOES = {
  sender: _("a sender: you may send photos"),
  administrator: _("an administrator: you may send, invite and disable people"),
  auditor: _("an auditor: you read the log, and nothing else"),
};

/** What somebody loses who is taken out. @type {Record<string, string>} */
const LOSES = {
  sender: _("They can send no more photos, until somebody invites them again."),
  administrator: _("They can neither send photos nor look after people here, until somebody invites them again."),
  auditor: _("They can read the log no more, until somebody invites them again."),
};

const KEEPS = _(
  "They keep their account and what they have sent: they can withdraw it, its recipients can open it, and it stays " +
    "in your log. To shut somebody out, disable them instead.",
);

/** What somebody is. @type {Record<string, string>} */
export const BEING = { sender: _("a sender"), administrator: _("an administrator"), auditor: _("an auditor") };

/** @param {string} role @returns {string} what somebody is and does, such as "a sender: you may send photos" */
export const does = (role) => DOES[/** @type {keyof typeof DOES} */ (role)] ?? role;

export class People {
  #view;
  #act;
  /** @type {Map<string, Member>} */
  #members = new Map();
  /** @type {Question | undefined} */
  #asked;
  /** @type {Element | null} what was pressed, and gets the focus back */
  #opener = null;

  /** @param {HTMLElement} view @param {Act} act */
  constructor(view, act) {
    this.#view = view;
    this.#act = act;
    const form = /** @type {HTMLFormElement} */ (part(view, "question"));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const role = String(new FormData(form).get("new-role"));
      const error = (await this.#asked?.yes(role)) ?? "";
      fill(form, { error });
      if (!error) this.#close();
    });
    part(view, "no").addEventListener("click", () => this.#close());
  }

  /** @param {Member[]} members - by name */
  show(members) {
    this.#members = new Map(members.map((one) => [one.account, one]));
    const here = members.filter(({ joined, disabled }) => joined && !disabled).length;
    fill(this.#view, { count: ngettext("{count} person is in.", "{count} people are in.", here) });
    keep(part(this.#view, "people"), members, ({ account }) => account, ({ account }) => this.#person(account), (node, one) => {
      node.dataset.kind = one.disabled ? "disabled" : one.joined ? "in" : "invited";
      fill(node, { name: one.name || one.contact, contact: one.name ? one.contact : "", role: ROLES[one.role] });
      fill(node, { state: state(one), turn: !one.joined ? _("Withdraw") : one.disabled ? _("Enable") : _("Disable") });
      part(node, "out").hidden = !one.joined || Boolean(one.disabled);
    });
  }

  /** @param {string} account */
  #person(account) {
    const one = () => /** @type {Member} */ (this.#members.get(account));
    const asks = { role: () => this.#askRole(one()), turn: () => this.#askTurn(one()), out: () => this.#askOut(one()) };
    return copy("person", {}, asks);
  }

  /** @param {Member} one */
  #askRole({ account, name, contact, role }) {
    this.#ask({
      says: { title: _("What is {who} here?", { who: name || contact }), words: "", more: "", yes: _("Change role") },
      role,
      yes: (chosen) => this.#act("PUT", `members/${account}/role`, { role: chosen }, _("The role is changed.")),
    });
  }

  /** @param {Member} one */
  #askTurn({ account, name, contact, joined, disabled }) {
    const who = name || contact;
    const person = `members/${account}`;
    if (!joined) {
      return this.#ask({
        says: {
          title: _("Withdraw the invitation of {who}?", { who }),
          words: _("They cannot join any more."),
          more: "",
          yes: _("Withdraw it"),
        },
        yes: () => this.#act("DELETE", person, undefined, _("The invitation is withdrawn.")),
      });
    }
    if (disabled) {
      return this.#ask({
        says: {
          title: _("Enable {who} again?", { who }),
          words: _("They can sign in again, and do what they could do before."),
          more: _("After that you can take them out, too."),
          yes: _("Enable"),
        },
        yes: () => this.#act("DELETE", `${person}/disabled`, undefined, _("{who} is enabled.", { who })),
      });
    }
    this.#ask({
      says: {
        title: _("Disable {who}?", { who }),
        words: _("They are signed out at once, everywhere. They can neither send photos nor open any here."),
        more: _("What they have sent stays open for its recipients. You can enable them again."),
        yes: _("Disable"),
      },
      yes: () => this.#act("PUT", `${person}/disabled`, undefined, _("{who} is disabled.", { who })),
    });
  }

  /** @param {Member} one */
  #askOut({ account, name, contact, role }) {
    const who = name || contact;
    this.#ask({
      says: {
        title: _("Take {who} out of your organisation?", { who }),
        words: LOSES[role] ?? "",
        more: KEEPS,
        yes: _("Take out"),
      },
      yes: () => this.#act("DELETE", `members/${account}`, undefined, _("{who} is taken out.", { who })),
    });
  }

  /** @param {Question} question */
  #ask(question) {
    this.#asked = question;
    this.#opener = document.activeElement;
    const dialog = this.#dialog();
    fill(dialog, { ...question.says, error: "" });
    part(dialog, "roles").hidden = !question.role;
    for (const choice of /** @type {NodeListOf<HTMLInputElement>} */ (all(dialog, "input"))) {
      choice.checked = choice.value === question.role;
    }
    dialog.showModal();
    part(dialog, "no").focus();
  }

  #close() {
    this.#asked = undefined;
    this.#dialog().close();
    const isThere = this.#opener?.isConnected && this.#opener !== document.body;
    if (!isThere) part(this.#view, "peopleHeading").focus(); // it may be gone, with its person
  }

  #dialog = () => /** @type {HTMLDialogElement} */ (part(this.#view, "dialog"));
}

const ROLES = { sender: _("Sender"), administrator: _("Administrator"), auditor: _("Auditor") };

/** @param {Member} one @returns {string} */
function state({ joined, disabled, signed_in, told, servers }) {
  if (!joined) return _("Invited, and has not joined yet.");
  const heard = servers ? ngettext("Told {told} of {count} server.", "Told {told} of {count} servers.", servers, { told }) : "";
  if (disabled) return _("Disabled here {when}. {heard}", { when: when(disabled), heard });
  const seen = signed_in ? _("Last signed in {when}.", { when: when(signed_in) }) : _("Has not signed in yet.");
  return told < servers ? _("{seen} Enabled again. {heard}", { seen, heard }) : seen;
}
