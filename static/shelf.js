/**
 * What a person lets this device keep of a report: the patient's ID and the link's secret part, each sealed under a key
 * that this browser makes, uses, and gives to no script. It lies in this browser alone, for one account, until a time.
 */

const [KEY, KEPT] = ["key", "kept"];
const CIPHER = "AES-GCM";

/**
 * @typedef {object} Kept
 * @property {string} report - its id
 * @property {"list" | "computer" | "sending" | "sent"} use - to be found again; or to be handed to a computer, within
 *   minutes; of what was sealed here: what an upload needs; its link, to be sent again
 * @property {number} until - milliseconds since 1970
 * @property {string} fragment - the secret part of its link
 * @property {string} patient - empty where it has not been opened
 * @property {string} sender
 * @property {string} sent - RFC 3339
 * @property {object} [more] - what else its use needs
 */
/** @typedef {{account: string, report: string, use: Kept["use"], until: number, iv: BufferSource, sealed: BufferSource}} Row */

/** @param {string} account @param {Kept} kept */
export async function put(account, kept) {
  const { report, use, until, ...secret } = kept;
  const database = await open();
  const key = await keyOf(database);
  const row = { account, report, use, until, iv: crypto.getRandomValues(new Uint8Array(12)) };
  const sealed = await crypto.subtle.encrypt(how(row), key, new TextEncoder().encode(JSON.stringify(secret)));
  await done(stores(database).kept.put({ ...row, sealed }));
  database.close();
}

/**
 * Takes away what is over, whosever it is.
 * @param {string} account
 * @returns {Promise<Kept[]>} what is kept for an account, the newest report first
 */
export async function all(account) {
  const database = await open();
  /** @type {Row[]} */
  const rows = await done(stores(database).kept.getAll());
  const found = [];
  for (const row of rows) {
    const read = row.until > Date.now() && (await unseal(await keyOf(database), row));
    if (!read) await done(stores(database).kept.delete([row.account, row.report, row.use]));
    else if (row.account === account) found.push(read);
  }
  database.close();
  return found.sort((a, b) => (a.sent < b.sent ? 1 : -1));
}

/** @param {string} account @param {string} report @param {Kept["use"]} use */
export async function drop(account, report, use) {
  const database = await open();
  await done(stores(database).kept.delete([account, report, use]));
  database.close();
}

/** Forgets all that is kept for an account; with the last of it the key goes, too. @param {string} account */
export async function clear(account) {
  const database = await open();
  await done(stores(database).kept.delete(IDBKeyRange.bound([account], [account, []])));
  if (!(await done(stores(database).kept.count()))) await done(stores(database).key.clear());
  database.close();
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const opening = indexedDB.open("safelight", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(KEY);
    opening.result.createObjectStore(KEPT, { keyPath: ["account", "report", "use"] });
  };
  return done(opening);
}

/** @param {IDBDatabase} database @returns {Record<"key" | "kept", IDBObjectStore>} for one step */
function stores(database) {
  const step = database.transaction([KEY, KEPT], "readwrite", { durability: "strict" });
  return { key: step.objectStore(KEY), kept: step.objectStore(KEPT) };
}

/** @param {IDBDatabase} database @returns {Promise<CryptoKey>} the one that is there, or from now on */
async function keyOf(database) {
  const found = await done(stores(database).key.get(0));
  if (found) return found;
  const fresh = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ["encrypt", "decrypt"]);
  const { key } = stores(database); // another tab may have been quicker: within one step the first stays
  return (await done(key.get(0))) ?? (await done(key.put(fresh, 0)), fresh);
}

/** @param {CryptoKey} key @param {Row} row @returns {Promise<Kept | null>} null for what is not as it was put there */
async function unseal(key, row) {
  try {
    const secret = JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how(row), key, row.sealed)));
    return { report: row.report, use: row.use, until: row.until, ...secret };
  } catch {
    return null;
  }
}

/** @param {Omit<Row, "sealed">} row @returns {AesGcmParams} which tie what is sealed to its place, and to its time */
function how({ iv, account, report, use, until }) {
  return { name: CIPHER, iv, additionalData: new TextEncoder().encode([account, report, use, until].join(" ")) };
}

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
