/**
 * Who is signed in on this page, and the engine that works for them, where there is one. Whoever signs in next is another
 * person to the engine, and gets another one.
 */

import * as api from "./api.js";
import { is, NO_COOKIES, Problem } from "./problems.js";
import { signIn } from "./signin.js";
import { current, show } from "./views.js";

/**
 * @typedef {object} Doings - what the page itself does
 * @property {() => Problem | undefined} hindrance - why it cannot begin at all
 * @property {() => Promise<void>} enter - shows what somebody who is signed in came for; may fail
 * @property {(error: unknown, again?: () => void) => void} problem
 * @property {() => import("./engine.js").Engine} [takeEngine] - where the page needs one
 * @property {(engine?: import("./engine.js").Engine) => void} [began] - with an engine that knows of nothing yet
 * @property {import("./signin.js").Link} [link] - by which people come to it
 */

const link = /** @type {HTMLElement} */ (document.getElementById("account-link"));

export class Visitor {
  /** @type {api.Account | null} */
  #account = null;
  /** @type {import("./engine.js").Engine | undefined} */
  engine;
  #page;

  /** @param {Doings} page */
  constructor(page) {
    this.#page = page;
  }

  get account() {
    return this.#account;
  }

  /** @param {api.Account | null} account */
  set account(account) {
    this.#account = account;
    link.hidden = !account || location.pathname === link.getAttribute("href");
  }

  get name() {
    return [this.account?.name, this.account?.contact].filter(Boolean).join(", ");
  }

  startEngine() {
    this.engine?.end();
    this.engine = this.#page.takeEngine?.();
    this.#page.began?.(this.engine);
  }

  /**
   * Asks the engine, as its `call` does.
   * @param {string} door
   * @param {object} args
   * @param {(told: any) => void} [progress]
   * @returns {Promise<any>}
   */
  ask(door, args, progress) {
    return this.engine?.call(door, args, progress) ?? Promise.reject(new Problem("cancelled", ""));
  }

  async start() {
    const view = show("starting");
    const hindered = this.#page.hindrance();
    if (hindered) return this.#page.problem(hindered);
    this.startEngine();
    try {
      this.account = await api.getAccount();
    } catch (error) {
      return this.#page.problem(error);
    }
    if (!view.isConnected) return;
    if (this.account) await this.enter();
    else this.#signIn();
  }

  /** Shows what they came for. @param {boolean} [fresh] - whether they have signed in just now */
  async enter(fresh = false) {
    const before = current();
    try {
      await this.#page.enter();
    } catch (error) {
      if (!before.isConnected) return;
      this.#page.problem(fresh && is(error, "sign_in") ? NO_COOKIES : error, () => this.enter());
    }
  }

  /**
   * Lets somebody sign in in the midst of things: the engine keeps what it holds.
   * @param {() => void | Promise<void>} next
   */
  signIn(next) {
    signIn((account) => {
      this.account = account;
      return next();
    });
  }

  /** Lets the next person sign in. */
  leave() {
    this.account = null;
    this.startEngine();
    this.#signIn();
  }

  signOut = async () => {
    try {
      await api.signOut();
    } catch (error) {
      return this.#page.problem(error);
    }
    this.leave();
  };

  #signIn() {
    signIn((account) => {
      this.account = account;
      return this.enter(true);
    }, this.#page.link);
  }
}
