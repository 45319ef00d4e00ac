/**
 * The computer's side: a code with its key, until a phone has sealed a link to it. The link goes on to its own page, as
 * if it had been tapped here.
 */

import * as api from "./api.js";
import { draw } from "./code.js";
import * as keep from "./keep.js";
import { is } from "./problems.js";
import { current, fill, part, show } from "./views.js";

const EVERY = 1500; // milliseconds between two looks
const ROUNDS = 15; // codes, one after the other: half an hour

export class Computer {
  #visitor;
  #problem;

  /** @param {import("./visitor.js").Visitor} visitor @param {(error: unknown) => void} problem */
  constructor(visitor, problem) {
    this.#visitor = visitor;
    this.#problem = problem;
  }

  /** Shows one code after another, as long as somebody may be looking. */
  async show() {
    const before = current();
    const first = await this.#begin();
    if (!before.isConnected) return;
    const acts = { signOut: this.#visitor.signOut };
    const view = show("waiting", { who: this.#visitor.name, address: `${location.host}/here` }, acts);
    this.#rounds(view, first).catch((error) => view.isConnected && this.#problem(error));
  }

  /** @param {HTMLElement} view @param {Code} first */
  async #rounds(view, first) {
    let code = first;
    for (let round = 1; view.isConnected; round += 1) {
      fill(view, { mark: code.mark });
      draw(part(view, "code"), `${location.origin}/here/${code.handover}#${code.key}`);
      const sealed = await answer(view, code);
      if (!view.isConnected) return;
      if (sealed) return this.#open(code.handover, sealed);
      if (round === ROUNDS) return void show("over", {}, { again: () => this.#visitor.enter() });
      code = await this.#begin();
    }
  }

  /** @returns {Promise<Code>} */
  async #begin() {
    const { handover, seconds } = await api.beginHandover();
    const { key, mark } = await this.#visitor.ask("begin_handover", { name: handover });
    return { handover, key, mark, until: Date.now() + seconds * 1000 };
  }

  /** @param {string} name @param {string} sealed */
  async #open(name, sealed) {
    const { report, fragment } = await this.#visitor.ask("end_handover", { name, sealed });
    keep.put(`link ${report}`, fragment); // not in the address: a ward's computer remembers those
    location.assign(`/r/${report}`);
  }
}

/** @typedef {{handover: string, key: string, mark: string, until: number}} Code */

/** @param {HTMLElement} view @param {Code} code @returns {Promise<string | null>} null where the code is over */
async function answer(view, { handover, until }) {
  while (view.isConnected && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    try {
      const { sealed } = await api.takeHandover(handover);
      if (sealed) return sealed;
    } catch (error) {
      if (is(error, "handover_over")) return null;
      if (!is(error, "offline", "busy")) throw error;
    }
  }
  return null;
}
