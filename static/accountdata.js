/**
 * A person's data on their page: a copy of all of it, and the end of the account.
 */

import * as api from "./api.js";
import { save } from "./save.js";
import { clear } from "./shelf.js";
import { _ } from "./text.js";
import { show } from "./views.js";

export class Data {
  #act;
  #dialogs;

  /** @param {import("./account.js").Act} act @param {import("./account.js").Dialogs} dialogs */
  constructor(act, dialogs) {
    this.#act = act;
    this.#dialogs = dialogs;
  }

  /** @returns {Promise<string>} */
  async save() {
    const exported = await api.getExport();
    const name = `safelight-account-${exported.exported.slice(0, 10)}.json`;
    save(name, JSON.stringify(exported, null, 2), "application/json");
    return _("Saved as {name}.", { name });
  }

  async erase() {
    const question = {
      title: _("Erase your account?"),
      words: _("Your name, addresses, numbers and passkeys are deleted here. That cannot be undone."),
      more: _("Photos that you have sent are withdrawn, and their sealed files deleted: nobody can open them any more, not for a patient’s care either. What was saved before stays where it is."),
      last: _("The record of who opened what stays, without your name: it knows your account by a number only."),
      yes: _("Erase it"),
    };
    if (await this.#dialogs.sure(question)) await this.#act("data", erase);
  }
}

/** @returns {Promise<string>} */
async function erase() {
  const account = await api.getAccount();
  await api.eraseAccount();
  await clear(account?.id ?? "").catch(() => {}); // where a browser keeps nothing, nothing is to be forgotten
  show("erased");
  return "";
}
