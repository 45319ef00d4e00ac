/**
 * What somebody who has a link can do with it but open it here: send it to their computer, or let this device keep it.
 * Where a view has no place for one of them, it is not offered.
 */

import { _ } from "./text.js";
import { announce, fill, part } from "./views.js";

const MINUTES = 10; // for which a link waits to be handed to a computer

/**
 * @typedef {object} Held
 * @property {string} account - whose it is here
 * @property {string} report
 * @property {string} fragment - the secret part of its link
 * @property {string} sender
 * @property {string} sent - RFC 3339
 * @property {string} patient - empty as long as it is not known
 * @property {string} until - RFC 3339, when it opens no more; empty where that is not known
 */

/** @param {Element} view @param {Held} held */
export function offer(view, held) {
  if (!held.fragment || !held.account || !("indexedDB" in window)) return;
  const [computer, keeping] = [part(view, "computer"), part(view, "keeping")];
  if (computer) offerComputer(computer, held);
  if (keeping && Date.parse(held.until) > Date.now()) offerKeeping(keeping, held).catch(() => {}); // it keeps nothing
}

/** @param {HTMLElement} place @param {Held} held */
function offerComputer(place, held) {
  const button = part(place, "send");
  place.hidden = false;
  fill(place, { here: `${location.host}/here` });
  button.addEventListener("click", async () => {
    const news = await tried(async () => {
      await (await import("./shelf.js")).put(held.account, row(held, "computer", Date.now() + MINUTES * 60_000));
      part(place, "ways").hidden = false;
      button.setAttribute("aria-expanded", "true");
      return "";
    });
    fill(place, { news });
    part(place, "ways").focus();
  });
}

/** @param {HTMLElement} place @param {Held} held */
async function offerKeeping(place, held) {
  const shelf = await import("./shelf.js");
  let kept = (await shelf.all(held.account)).some(({ report, use }) => report === held.report && use === "list");
  const button = part(place, "keep");
  const show = (news = "") => {
    button.textContent = kept ? _("Forget on this device") : _("Keep on this device");
    part(place, "meaning").hidden = kept;
    fill(place, { news });
    announce(news);
  };
  button.addEventListener("click", async () => {
    const news = await tried(async () => {
      if (kept) await shelf.drop(held.account, held.report, "list");
      else await shelf.put(held.account, row(held, "list", Date.parse(held.until)));
      kept = !kept;
      return kept ? _("Kept on this device until they open no more.") : _("Forgotten on this device.");
    });
    show(news);
  });
  show();
  place.hidden = false;
}

/** @param {Held} held @param {"list" | "computer"} use @param {number} until @returns {import("./shelf.js").Kept} */
function row({ report, fragment, patient, sender, sent }, use, until) {
  return { report, use, until, fragment, patient, sender, sent };
}

/** @param {() => Promise<string>} work @returns {Promise<string>} what there is to say of it */
async function tried(work) {
  try {
    return await work();
  } catch {
    return _("This browser keeps nothing for this page, as private windows do.");
  }
}
