/**
 * The page of a sealed file that came by e-mail or another way: it is chosen or dropped here, its link pasted where it
 * needs one, and then it is read as any other report is.
 */

import { hindrance } from "./hindrances.js";
import { readLink } from "./pasted.js";
import { explain } from "./problems.js";
import { Reader } from "./reading.js";
import { code } from "./returned.js";
import { _ } from "./text.js";
import { announce, fill, part, show, state } from "./views.js";

/** @type {import("./reading.js").Sought} */
const sought = { report: "", fragment: "", hint: "" };

const reader = new Reader({
  sought,
  forget: () => Object.assign(sought, { fragment: "", file: undefined }),
  hindrance: () => hindrance(_("this page"), _("Tell the sender.")),
  enter,
  returns: "file",
});

async function enter() {
  Object.assign(sought, { report: "", fragment: "", file: undefined });
  const lead = code ? { lead: _("You have signed in. Choose the file once more, and it opens.") } : {};
  const view = show("file", { who: reader.visitor.name, ...lead }, { signOut: reader.visitor.signOut });
  const input = /** @type {HTMLInputElement} */ (part(view, "file"));
  input.addEventListener("change", () => {
    part(view, "linked").hidden = true;
    if (input.files?.length) go(view);
  });
  view.addEventListener("submit", (event) => {
    event.preventDefault();
    go(view);
  });
}

/** Goes on with what there is: a file, and the link that belongs to it. @param {HTMLElement} view */
async function go(view) {
  if (view.ariaBusy === "true") return;
  const file = /** @type {HTMLInputElement} */ (part(view, "file")).files?.[0];
  const linked = part(view, "linked");
  const link = /** @type {HTMLInputElement} */ (part(view, "link"));
  const pasted = linked.hidden ? "" : secret(link.value);
  fill(view, { error: "" });
  if (!file) return fill(view, { error: _("Choose the file first.") });
  if (!linked.hidden && !pasted) return complain(view, link, _("Paste the link that belongs to the file."));
  view.ariaBusy = "true";
  announce(_("One moment …"));
  try {
    const { report, ready } = await reader.visitor.ask("check_file", { file, fragment: pasted });
    if (!view.isConnected) return;
    Object.assign(sought, { report, fragment: pasted, file });
    if (ready) return await reader.card();
    linked.hidden = false;
    link.focus();
  } catch (error) {
    if (view.isConnected) complain(view, linked.hidden ? part(view, "file") : link, explain(error).text);
  } finally {
    view.ariaBusy = "false";
  }
}

/** @param {string} text - a link, the message with it, or what stands behind its "#" @returns {string} the last */
const secret = (text) => readLink(text)?.fragment ?? text.trim().split("#").at(-1) ?? "";

/** @param {HTMLElement} view @param {HTMLElement} field @param {string} error */
function complain(view, field, error) {
  fill(view, { error });
  field.focus();
}

/** @param {DragEvent} event @param {boolean} isOver */
function over(event, isOver) {
  event.preventDefault(); // a browser would leave the page, to show the file
  document.querySelector(".drop")?.toggleAttribute("data-over", isOver);
}

addEventListener("dragover", (event) => over(event, true));
addEventListener("dragleave", (event) => over(event, false));
addEventListener("drop", (event) => {
  over(event, false);
  const input = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-part="file"]'));
  if (state() !== "file" || !input || !event.dataTransfer?.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change"));
});
history.replaceState(null, "", "/open");
reader.visitor.start();
