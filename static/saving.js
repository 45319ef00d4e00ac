/**
 * The button by which a recipient keeps the photos, where the sender allows it. The log hears of it first. On a phone it
 * takes a second press: what is saved there lies among private pictures, and goes where these are copied to.
 *
 * One photo is saved as it is, more as one ZIP: phones ask about every single file. Not by way of a phone's own sharing,
 * which would offer to send them on.
 */

import { explain } from "./problems.js";
import { save } from "./save.js";
import { _ } from "./text.js";
import { announce, fill, part, turnOff } from "./views.js";

/** Or a tablet. */
const PHONE = matchMedia("(pointer: coarse)");

/** @typedef {{name: string, type: string, data: ArrayBuffer}} Saved */

export class Saving {
  #section;
  #button;
  #take;
  #isSure = !PHONE.matches;
  /** Of what was saved last. */
  #forget = () => {};

  /**
   * @param {HTMLElement} view
   * @param {() => Promise<Saved>} take - gets the file, and may fail
   */
  constructor(view, take) {
    this.#section = part(view, "saving");
    this.#button = part(view, "save");
    this.#take = take;
    this.#section.hidden = false;
    turnOff(this.#button, true);
    this.#button.addEventListener("click", () => this.#save());
  }

  /** All photos are here: they can be saved. */
  ready() {
    turnOff(this.#button, false);
  }

  close() {
    this.#forget();
  }

  async #save() {
    if (this.#button.ariaDisabled === "true") return;
    if (!this.#isSure) return this.#warn();
    turnOff(this.#button, true);
    this.#tell(_("Saving …"));
    try {
      const { name, type, data } = await this.#take();
      this.#forget();
      this.#forget = save(name, data, type);
      this.#tell(_("Saved as {name}. It lies there unlocked: delete it after use.", { name }));
    } catch (error) {
      this.#tell(explain(error).text);
    }
    turnOff(this.#button, false);
  }

  #warn() {
    this.#isSure = true;
    this.#button.textContent = _("Save all the same");
    this.#tell(
      _(
        "On a phone or tablet, saving is off until you say so: what you save lies unlocked beside your own pictures, and may be copied to a cloud with them.",
      ),
    );
  }

  /** @param {string} text */
  #tell(text) {
    if (!this.#section.isConnected) return;
    fill(this.#section, { saved: text });
    announce(text);
  }
}
