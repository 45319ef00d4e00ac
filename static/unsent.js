/**
 * What is sealed and not yet confirmed: the sealed file lies in this browser's private storage, its link on the shelf.
 * So an upload goes on after a reload. When it is confirmed the file is erased; the link stays, to be sent again.
 */

import * as shelf from "./shelf.js";
import { upload } from "./upload.js";

const DAY = 86_400_000; // milliseconds: as long as a file host keeps what has come of an upload

/**
 * @typedef {object} Unsent
 * @property {string} report - its id
 * @property {string} file - its name in the private storage; nothing is there where `parts` are
 * @property {string} file_host - URL
 * @property {string} key_server - URL
 * @property {string} sha256 - of the sealed file, in hex
 * @property {number} length - of it, in bytes
 * @property {string} link
 * @property {{contact: string, link: string}[]} links - of each person, where several are named
 * @property {string} until - RFC 3339, when it opens no more
 * @property {string} patient
 * @property {string} sender
 * @property {string} sent - RFC 3339, when it was sealed
 * @property {boolean} begun - whether its upload may have begun
 * @property {BlobPart[]} parts - the sealed file itself, where this browser has no private storage
 */

/** @param {string} account @returns {string} a new name for a sealed file */
export const newFile = (account) => `${account}.${crypto.randomUUID()}`;

/**
 * Uploads a sealed report, and has its key server know its file: from then on it opens. May be called again.
 * @param {string} account - whose it is
 * @param {Unsent} unsent
 * @param {import("./upload.js").Ask} ask
 * @param {(progress: import("./upload.js").Progress) => void} progress
 * @param {AbortSignal} signal
 */
export async function deliver(account, unsent, ask, progress, signal) {
  await put(account, { ...unsent, begun: true }, "sending", Date.now() + DAY);
  const file = await sealedFile(unsent);
  await upload(unsent, file, ask, progress, signal);
  unsent.begun = true;
  const { report, key_server, sha256, length } = unsent;
  await ask("register", { report, key_server, sha256, length });
  await put(account, unsent, "sent", Date.parse(unsent.until));
  await discard(account, unsent);
}

/**
 * Erases sealed files that nothing on the shelf speaks of any more.
 * @param {string} account
 * @returns {Promise<Unsent[]>} what is not confirmed yet, newest first
 */
export async function unsent(account) {
  try {
    const found = (await shelf.all(account)).filter(({ use }) => use === "sending").map(read);
    const spoken = new Set(found.map(({ file }) => file));
    for (const name of await names()) if (name.startsWith(`${account}.`) && !spoken.has(name)) await erase(name);
    return found;
  } catch {
    return []; // a browser that keeps nothing
  }
}

/** Erases the sealed file of one that is confirmed, or thrown away. @param {string} account @param {Unsent} unsent */
export async function discard(account, { report, file }) {
  await erase(file);
  await shelf.drop(account, report, "sending").catch(() => {});
}

/** @param {Unsent} unsent @returns {Promise<Blob>} the sealed file */
export async function sealedFile({ file, parts }) {
  if (parts.length) return new Blob(parts);
  return (await (await navigator.storage.getDirectory()).getFileHandle(file)).getFile();
}

/** @param {string} account @param {Unsent} unsent @param {"sending" | "sent"} use @param {number} until */
async function put(account, unsent, use, until) {
  const { report, link, patient, sender, sent, parts, ...more } = unsent;
  const row = { report, use, until, fragment: link.split("#")[1], patient, sender, sent };
  const place = use === "sending" ? { ...more, link } : { links: more.links };
  // Where it cannot be kept, an upload is lost with this tab, and nothing else is.
  if (!parts.length) await shelf.put(account, { ...row, more: place }).catch(() => {});
}

/** @param {import("./shelf.js").Kept} kept @returns {Unsent} */
function read({ report, patient, sender, sent, more }) {
  return { .../** @type {any} */ (more), report, patient, sender, sent, parts: [] };
}

async function names() {
  const found = [];
  for await (const name of /** @type {any} */ (await navigator.storage.getDirectory()).keys()) found.push(name);
  return found;
}

/** @param {string} name */
async function erase(name) {
  try {
    await (await navigator.storage.getDirectory()).removeEntry(name);
  } catch {
    // It is not there, or another tab is writing it.
  }
}
