/**
 * One photo large, or two side by side. One of them is at hand: buttons, keys and small pictures are for it.
 * What zooms and turns photos (tools.js) is fetched when the first one has been drawn: never in its way.
 */

import { day, interval } from "./dates.js";
import { Frame } from "./frame.js";
import { _ } from "./text.js";
import { all, fill, part, turnOff } from "./views.js";

/** @typedef {import("./album.js").Print} Print */

export class Stage {
  /** @type {Frame[]} */
  frames = [];
  /** The one at hand. @type {Frame} */
  frame;
  /** @type {import("./tools.js").Tools | undefined} */
  tools;
  #view;
  #album;
  #chosen;
  #isOpen = true;
  #count = "";

  /**
   * @param {HTMLElement} view
   * @param {import("./album.js").Album} album
   * @param {(shown: Print[]) => void} chosen - hears what is shown large; the first is at hand
   */
  constructor(view, album, chosen) {
    this.#view = view;
    this.#album = album;
    this.#chosen = chosen;
    this.frame = this.add();
  }

  /** Puts one more frame beside those that are there. */
  add() {
    const frame = new Frame({ drawn: () => this.#equip(frame), touched: () => this.take(frame) });
    this.frames.push(frame);
    this.#lay().append(frame.element);
    fill(frame.element, { arrival: all(this.#view, "[data-fill=arrival]")[0].textContent });
    return frame;
  }

  /** @param {Frame} frame - not the only one */
  remove(frame) {
    this.frames = this.frames.filter((one) => one !== frame);
    frame.close();
    this.#lay();
    this.take(this.frames[0]);
  }

  /** @param {Frame} frame - to be at hand */
  take(frame) {
    if (frame === this.frame || !this.frames.includes(frame)) return;
    this.frame = frame;
    this.tell();
  }

  /** @param {Print | undefined} print - to show large; undefined does nothing */
  pick(print) {
    if (!print) return;
    this.frame.show(print);
    this.tell();
  }

  /** @param {number} by - how many photos on, from the one at hand */
  neighbour(by) {
    const { prints } = this.#album;
    return this.frame.print && prints[prints.indexOf(this.frame.print) + by];
  }

  /** @param {Print} print - it has arrived */
  arrive(print) {
    for (const frame of this.frames) if (frame.print === print) frame.show(print);
    this.tell();
  }

  /** Says what is shown, and what can be done now. */
  tell() {
    const { print } = this.frame;
    if (!print) return;
    const others = this.frames.filter((frame) => frame !== this.frame);
    for (const frame of this.frames) {
      frame.element.toggleAttribute("data-at-hand", others.length > 0 && frame === this.frame);
      if (frame.print) frame.tell(this.label(frame.print), this.#caption(frame.print));
    }
    const count = _("{number} of {count}", this.#place(print));
    if (count !== this.#count) fill(this.#view, { count }); // screen readers read it out each time
    this.#count = count;
    turnOff(part(this.#view, "previous"), !this.neighbour(-1));
    turnOff(part(this.#view, "next"), !this.neighbour(1));
    this.tools?.update();
    this.#chosen([this.frame, ...others].flatMap((frame) => frame.print ?? []));
  }

  /** @param {Print} print */
  label = (print) => _("Photo {number} of {count}", this.#place(print));

  close() {
    this.#isOpen = false;
    this.tools?.close();
    for (const frame of this.frames) frame.close();
  }

  /** @param {Print} print */
  #place = (print) => ({ number: this.#album.prints.indexOf(print) + 1, count: this.#album.prints.length });

  /** @param {Print} print */
  #caption(print) {
    const isPair = this.frames.length > 1;
    const first = this.frames[0].print;
    const later = isPair && this.#album.isDated && first && first !== print ? interval(first, print) : "";
    return [isPair && this.label(print), this.#album.isDated && day(print), later].filter(Boolean).join(" · ");
  }

  #lay() {
    const stage = part(this.#view, "stage");
    stage.dataset.frames = String(this.frames.length);
    return stage;
  }

  /** @param {Frame} frame - its photo has been drawn */
  async #equip(frame) {
    // Without a line there are no tools; the next photo asks for them again.
    const loaded = await import("./tools.js").catch(() => null);
    if (!loaded || !this.#isOpen) return;
    this.tools ??= new loaded.Tools(this.#view, this);
    if (this.frames.includes(frame) && frame.visible) this.tools.equip(frame);
    this.tools.update();
  }
}
