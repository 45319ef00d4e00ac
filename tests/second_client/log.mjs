// Receipts and sealed shares by wasm/sealed/LOG.md: the tree, checkpoints, HPKE. Section numbers are that text's.

import { expand, extract, fromBase64, fromBase64url, gcm, hex, join, must, same, sha256, text, toBase64, utf8 } from "./bytes.mjs";

const { subtle } = globalThis.crypto;
const NOTHING = new Uint8Array(0);

// RFC 8785: JavaScript's own JSON, with sorted keys.
const sorted = (value) =>
  value === null || typeof value !== "object" ? value
    : Array.isArray(value) ? value.map(sorted)
      : Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));

function number(written) {
  must(/^(0|[1-9][0-9]{0,17})$/.test(written), "a number");
  return BigInt(written);
}

// Section 3
async function readLogKey(written) {
  const [, name, id, key] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(written) ?? must(false, "the log's key");
  const bytes = fromBase64(key);
  must(bytes.length === 33 && bytes[0] === 1, "the log's key");
  const keyId = (await sha256(name, "\n", bytes)).slice(0, 4);
  must(hex(keyId) === id, "the log's key id");
  return { name, keyId, publicKey: bytes.slice(1) };
}

async function readNote(note, key) {
  const end = note.indexOf("\n\n");
  const signed = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split("\n");
  must(lines.pop() === "" && lines.length >= 1 && lines.length <= 16, "the note");
  const signatures = lines.map((line) => /^\u2014 (\S{1,256}) (\S+)$/.exec(line) ?? must(false, "a signature line"));
  const own = signatures.map(([, name, written]) => [name, fromBase64(written)])
    .filter(([name, bytes]) => name === key.name && same(bytes.slice(0, 4), key.keyId));
  must(own.length === 1 && own[0][1].length === 68, "the log's signature line");
  const publicKey = await subtle.importKey("raw", key.publicKey, "Ed25519", false, ["verify"]);
  must(await subtle.verify("Ed25519", publicKey, own[0][1].slice(4), utf8(signed)), "the log's signature");
  const [origin, size, root, rest, ...more] = signed.split("\n");
  must(origin === key.name && rest === "" && more.length === 0, "the checkpoint");
  return { size: number(size), root: fromBase64(root) };
}

// Section 2: RFC 9162, 2.1.3.2
async function rootOf(leaf, index, size, path) {
  let [at, last, hash] = [index, size - 1n, leaf];
  for (const other of path) {
    must(last > 0n, "the inclusion proof is too long");
    if (at % 2n === 1n || at === last) {
      hash = await sha256(Uint8Array.of(1), other, hash);
      while (at % 2n === 0n && at !== 0n) [at, last] = [at / 2n, last / 2n];
    } else {
      hash = await sha256(Uint8Array.of(1), hash, other);
    }
    [at, last] = [at / 2n, last / 2n];
  }
  must(last === 0n, "the inclusion proof is too short");
  return hash;
}

// Section 4; returns the entry's number and its leaf hash.
export async function checkReceipt(receipt, entry, logKey) {
  const end = receipt.indexOf("\n\n");
  const [kind, index, ...path] = receipt.slice(0, end).split("\n");
  must(kind === "c2sp.org/tlog-proof@v1" && index.startsWith("index "), "the receipt");
  const at = number(index.slice(6));
  const { size, root } = await readNote(receipt.slice(end + 2), await readLogKey(logKey));
  const leaf = await sha256(Uint8Array.of(0), entry);
  must(at < size && same(await rootOf(leaf, at, size, path.map(fromBase64)), root), "the inclusion proof");
  return { number: at, leaf };
}

// Section 6. `asked`: action, keyServer, keyId, requestId, pair. Only a log that was never seen before: `log_size` 0.
export async function openShare(answer, logKey, asked) {
  must(utf8(answer.entry).length <= 8192, "the entry's length");
  const entry = JSON.parse(answer.entry);
  must(JSON.stringify(sorted(entry)) === answer.entry, "the entry's form");
  const [key, request] = entry.entity;
  must(entry.outcome === "0" && entry.subtype.at(-1).code === asked.action, "the entry's action");
  must(key.what.identifier.value === asked.keyId && request.what.identifier.value === asked.requestId, "the entry's request");
  const { number: found, leaf } = await checkReceipt(answer.receipt, answer.entry, logKey);
  must(answer.consistency.length === 0, "the consistency proof from the empty log");
  if (asked.action === "release") {
    const logged = key.detail.find((one) => one.type === "file_sha256").valueString;
    must(logged === answer.file.sha256, "the entry's file");
  }
  const words = [`safelight v1 ${asked.action}`, asked.keyServer, asked.keyId, asked.requestId, ""].join("\0");
  return { share: await openHpke(asked.pair, fromBase64url(answer.sealed_share), join(words, leaf)), entry: Number(found) };
}

// RFC 9180, base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; one message, empty aad.
const KEM = join("KEM", Uint8Array.of(0, 0x10));
const SUITE = join("HPKE", Uint8Array.of(0, 0x10, 0, 1, 0, 2));
const labeledExtract = (suite, salt, label, ikm) => extract("SHA-256", salt, join("HPKE-v1", suite, label, ikm));
const labeledExpand = (suite, prk, label, info, length) =>
  expand("SHA-256", prk, join(Uint8Array.of(0, length), "HPKE-v1", suite, label, info), length);

export async function makePair() {
  const pair = await subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  return { privateKey: pair.privateKey, point: new Uint8Array(await subtle.exportKey("raw", pair.publicKey)) };
}

async function openHpke(pair, sealed, info) {
  const enc = sealed.slice(0, 65);
  const theirs = await subtle.importKey("raw", enc, { name: "ECDH", namedCurve: "P-256" }, false, []);
  const dh = new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: theirs }, pair.privateKey, 256));
  const prk = await labeledExtract(KEM, NOTHING, "eae_prk", dh);
  const shared = await labeledExpand(KEM, prk, "shared_secret", join(enc, pair.point), 32);
  const hashes = [await labeledExtract(SUITE, NOTHING, "psk_id_hash", NOTHING), await labeledExtract(SUITE, NOTHING, "info_hash", info)];
  const context = join(Uint8Array.of(0), ...hashes);
  const secret = await labeledExtract(SUITE, shared, "secret", NOTHING);
  const key = await labeledExpand(SUITE, secret, "key", context, 32);
  return gcm("decrypt", key, await labeledExpand(SUITE, secret, "base_nonce", context, 12), sealed.slice(65));
}
