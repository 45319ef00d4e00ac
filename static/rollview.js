/**
 * The roll on the page: small pictures in order, each opens large, to be taken again or away. They are moved by buttons
 * and by dragging.
 */

import { keep } from "./keyed.js";
import { explain } from "./problems.js";
import { _, ngettext } from "./text.js";
import { announce, copy, fill, part } from "./views.js";

/** @typedef {import("./roll.js").Shot} Shot */

export class RollView {
  #view;
  #roll;
  #ask;
  #list;
  #dialog;
  #picture;
  /** @type {Shot | undefined} the one that is large */
  #shown;
  /** @type {Shot | undefined} the one that is being dragged */
  #held;

  /**
   * @param {HTMLElement} view
   * @param {import("./roll.js").Roll} roll
   * @param {import("./roll.js").Ask} ask
   */
  constructor(view, roll, ask) {
    this.#view = view;
    this.#roll = roll;
    this.#ask = ask;
    this.#list = part(view, "roll");
    this.#dialog = /** @type {HTMLDialogElement} */ (part(view, "large"));
    this.#picture = /** @type {HTMLImageElement} */ (part(view, "picture"));
    this.#dialog.addEventListener("close", () => {
      URL.revokeObjectURL(this.#picture.src);
      this.#picture.removeAttribute("src");
    });
    this.update();
  }

  /** The roll has changed. */
  update() {
    const { shots } = this.#roll;
    keep(this.#list, shots, ({ key }) => String(key), (shot) => this.#make(shot), (node, shot) => this.#fill(node, shot));
    const removed = shots.map(({ added }) => added?.removed ?? []);
    const count = removed.filter((one) => one.length).length;
    const told = ngettext("Taken out of {count} photo: camera, place and the like", "Taken out of {count} photos: camera, place and the like", count);
    fill(this.#view, { removed: count ? told : "" });
    part(this.#view, "removed").hidden = !count;
    const words = removed.map((what, index) => what.length ? _("Photo {number}: {what}", { number: index + 1, what: what.join(", ") }) : "");
    part(this.#view, "removals").replaceChildren(...words.filter(Boolean).map(item));
  }

  close() {
    this.#dialog.close();
  }

  /** @returns {Shot | undefined} the one that was large, which is closed */
  take() {
    this.#dialog.close();
    return this.#shown;
  }

  remove() {
    const shot = this.take();
    if (!shot) return;
    const at = this.#roll.shots.indexOf(shot);
    this.#roll.remove(shot);
    announce(_("Photo {number} is removed.", { number: at + 1 }));
    const next = this.#list.children[Math.min(at, this.#roll.shots.length - 1)];
    /** @type {HTMLElement | null} */ (next?.querySelector("button"))?.focus();
  }

  /** @param {Shot} shot */
  #make(shot) {
    const node = copy("shot");
    part(node, "see").addEventListener("click", () => this.#see(shot));
    part(node, "earlier").addEventListener("click", () => this.#move(node, shot, -1));
    part(node, "later").addEventListener("click", () => this.#move(node, shot, 1));
    node.draggable = true;
    node.addEventListener("dragstart", () => (this.#held = shot));
    node.addEventListener("dragend", () => (this.#held = undefined));
    node.addEventListener("dragover", (event) => this.#held && event.preventDefault());
    node.addEventListener("drop", (event) => {
      if (!this.#held) return;
      event.preventDefault();
      this.#roll.move(this.#held, this.#roll.shots.indexOf(shot));
    });
    return node;
  }

  /** @param {HTMLElement} node @param {Shot} shot */
  #fill(node, shot) {
    const { shots } = this.#roll;
    const number = shots.indexOf(shot) + 1;
    const image = /** @type {HTMLImageElement} */ (part(node, "thumb"));
    if (shot.thumb && !image.src) image.src = shot.thumb;
    image.alt = _("Photo {number}", { number });
    image.hidden = !shot.thumb;
    fill(node, {
      label: shot.thumb ? "" : _("One moment …"),
      earlier: _("Photo {number}: earlier", { number }),
      later: _("Photo {number}: later", { number }),
    });
    /** @type {HTMLButtonElement} */ (part(node, "see")).disabled = !shot.added;
    part(node, "order").hidden = shots.length < 2;
    part(node, "earlier").ariaDisabled = String(number === 1);
    part(node, "later").ariaDisabled = String(number === shots.length);
  }

  /** @param {HTMLElement} node @param {Shot} shot @param {number} by */
  #move(node, shot, by) {
    const focused = document.activeElement;
    this.#roll.move(shot, this.#roll.shots.indexOf(shot) + by);
    if (focused instanceof HTMLElement && node.contains(focused)) focused.focus(); // moving takes it away
    const [number, total] = [this.#roll.shots.indexOf(shot) + 1, this.#roll.shots.length];
    announce(_("Now photo {number} of {total}.", { number, total }));
  }

  /** @param {Shot} shot */
  async #see(shot) {
    const { added } = shot;
    if (!added) return;
    this.#shown = shot;
    const number = this.#roll.shots.indexOf(shot) + 1;
    fill(this.#dialog, {
      which: _("Photo {number}", { number }),
      about: [_("{width} × {height} pixels.", { width: added.width, height: added.height }), removed(added)].join(" "),
      "large-error": "",
    });
    this.#picture.alt = _("Photo {number}", { number });
    this.#dialog.showModal();
    part(this.#dialog, "heading").focus();
    try {
      const { data, type } = await this.#ask("see_photo", { photo: added.photo });
      // An <img> shows a URL only: this Blob lives as long as the picture is large.
      if (this.#dialog.open && this.#shown === shot) this.#picture.src = URL.createObjectURL(new Blob([data], { type }));
    } catch (error) {
      fill(this.#dialog, { "large-error": explain(error).text });
    }
  }
}

/** @param {import("./roll.js").Added} added */
const removed = ({ removed }) =>
  removed.length ? _("Removed: {what}.", { what: removed.join(", ") }) : _("Nothing had to be removed.");

/** @param {string} text */
function item(text) {
  const node = document.createElement("li");
  node.textContent = text;
  return node;
}
