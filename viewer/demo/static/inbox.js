/**
 * The demo's page: asks once a second what has happened, and shows what is new.
 */

import { hexdump } from "./hexdump.js";

const SECOND = 1000; // milliseconds
const portal = document.body.dataset.portal ?? "";
let report = "";
const shown = { messages: 0, log: 0 };

/** @param {string} id @returns {HTMLElement} */
const by = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} id - of a template @returns {HTMLElement} */
const copyOf = (id) => /** @type {any} */ (by(id)).content.firstElementChild.cloneNode(true);

/** @param {ParentNode} where @param {string} what @returns {HTMLElement} */
const find = (where, what) => /** @type {HTMLElement} */ (where.querySelector(what));

/** @param {string} sentence - empty: all is well */
function trouble(sentence) {
  by("trouble").textContent = sentence;
  by("trouble").hidden = !sentence;
}

async function look() {
  const answer = await fetch("/state").catch(() => null);
  trouble(answer?.ok ? "" : "The demo does not answer. If it has ended, start it again: make demo");
  setTimeout(look, SECOND);
  if (answer?.ok) show(await answer.json());
}

/** @param {any} state - see Stage.told */
function show(state) {
  if (!state.report) return;
  if (report && report !== state.report) return location.reload(); // another demo
  if (!report) showFile(state.file);
  report = state.report;
  by("waiting")?.remove();
  by("behind").hidden = false;
  prepend("messages", state.messages.toReversed(), message);
  prepend("log", state.log, entry);
  showWords(state.file.words);
  showProgress(state);
}

/**
 * Puts those items that are not there yet before all others.
 * @param {"messages" | "log"} id
 * @param {any[]} items - oldest first
 * @param {(item: any) => HTMLElement} make
 */
function prepend(id, items, make) {
  const first = shown[id] === 0;
  for (const item of items.slice(shown[id])) {
    const node = make(item);
    node.classList.toggle("new", !first);
    by(id).prepend(node);
  }
  shown[id] = items.length;
}

/** @param {any} found */
function message({ kind, to, sender, subject, text, code, at }) {
  const node = copyOf("message");
  node.dataset.kind = kind;
  find(node, ".sender").textContent = kind === "mail" ? `Mail to ${to}` : sender;
  time(node, new Date(at * SECOND));
  find(node, ".subject").textContent = subject;
  find(node, ".subject").hidden = !subject;
  find(node, ".text").append(...text.split(/(\s+)/).map(linked));
  const button = find(node, "button");
  button.hidden = !code;
  button.dataset.copy = code ?? "";
  button.textContent = `Copy ${code}`;
  return node;
}

/** @param {string} word @returns {Node | string} a link where the word is an address of the portal */
function linked(word) {
  if (!word.startsWith(`${portal}/`)) return word;
  const link = document.createElement("a");
  link.href = link.textContent = word;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}

/** @param {any} found */
function entry({ number, recorded, told }) {
  const node = copyOf("entry");
  find(node, ".number").textContent = `no. ${number}`;
  time(node, new Date(recorded));
  find(node, ".told").textContent = told;
  return node;
}

/** @param {HTMLElement} node @param {Date} at */
function time(node, at) {
  const element = /** @type {HTMLTimeElement} */ (find(node, "time"));
  element.dateTime = at.toISOString();
  element.textContent = at.toLocaleTimeString("en-GB");
}

/** @param {any} file */
function showFile({ path, length, start, readable }) {
  by("path").textContent = path;
  by("length").textContent = `${length.toLocaleString("en")} bytes`;
  by("readable").textContent = readable;
  hexdump(by("dump"), start, readable);
}

/** @param {{word: string, found: boolean}[]} words */
function showWords(words) {
  by("words").replaceChildren(
    ...words.map(({ word, found }) => {
      const node = copyOf("word");
      find(node, "code").textContent = word;
      find(node, "span").textContent = found ? "found" : "not found";
      return node;
    }),
  );
}

/** @param {any} state */
function showProgress({ signed_in, log }) {
  const has = (/** @type {object} */ what) =>
    log.some((/** @type {any} */ line) => Object.entries(what).every(([key, value]) => line[key] === value));
  const opened = has({ action: "release", outcome: "granted" });
  const revoked = has({ action: "revoke" });
  const refused = has({ action: "release", reason: "revoked" });
  for (const [name, done] of Object.entries({ "signed-in": signed_in, opened, revoked, refused })) {
    by(`todo-${name}`).classList.toggle("done", done);
  }
  const button = /** @type {HTMLButtonElement} */ (by("revoke"));
  button.disabled = revoked;
  if (revoked) by("revoked").textContent = "Revoked. Nobody can open the photos from now on.";
}

by("revoke").addEventListener("click", async () => {
  const response = await fetch("/revoke", { method: "POST" }).catch(() => null);
  const answer = await response?.json();
  if (response?.ok) show(answer);
  else by("revoked").textContent = answer?.message ?? "That did not work. Is the demo still running?";
});

document.addEventListener("click", async ({ target }) => {
  if (!(target instanceof HTMLElement) || !target.dataset.copy) return;
  const copying = navigator.clipboard.writeText(target.dataset.copy);
  target.textContent = await copying.then(
    () => "Copied",
    () => "This browser does not let pages copy",
  );
});

look();
