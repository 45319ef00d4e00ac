/**
 * What opening a report costs without Python: the same requests in the same order, WebCrypto, one photo.
 * It checks nothing that the cipher does not check. Its address: bare.html#<report id>.<link share>
 */

const FRONT = 4164; // bytes: the longest front of a file
const TAIL = 256 * 1024; // bytes
const CHUNK = 16384;
const SEALED = CHUNK + 16;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const text = new TextEncoder();
const main = document.querySelector("main");
const [report, share] = location.hash.slice(1).split(".");

const ECDH = { name: "ECDH", namedCurve: "P-256" };
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
let session;

function base64url(data) {
  const bytes = typeof data === "string" ? text.encode(data) : new Uint8Array(data);
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

async function sha256(words) {
  return base64url(await crypto.subtle.digest("SHA-256", text.encode(words)));
}

/** The headers by which a request is let in: the pass, if there is one yet, and the proof (RFC 9449). */
async function proved(method, url, body, pass) {
  session ??= crypto.subtle.generateKey(ECDSA, false, ["sign"]);
  const { privateKey, publicKey } = await session;
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const claims = {
    htm: method,
    htu: new URL(url, location.origin).href,
    iat: Math.floor(Date.now() / 1000),
    jti: crypto.randomUUID(),
    body_sha256: await sha256(body),
    ...(pass && { ath: await sha256(pass) }),
  };
  const head = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
  const signed = [head, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  const signature = await crypto.subtle.sign(ECDSA, privateKey, text.encode(signed));
  return { DPoP: `${signed}.${base64url(signature)}`, ...(pass && { Authorization: `DPoP ${pass}` }) };
}

async function json(path, body, headers = {}) {
  const type = body ? { "Content-Type": "application/json" } : {};
  const response = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    cache: "no-store",
    headers: { ...headers, ...type },
    body: body && JSON.stringify(body),
  });
  return response.json();
}

async function getPass(scope, keyServer) {
  const body = { report, scope, ...(keyServer && { key_server: keyServer }) };
  return (await json("/api/passes", body, await proved("POST", "/api/passes", JSON.stringify(body)))).pass;
}

async function range(url, pass, wanted) {
  const headers = { ...(await proved("GET", url, "", pass)), Range: `bytes=${wanted}` };
  const response = await fetch(url, { cache: "no-store", credentials: "omit", headers });
  return { data: new Uint8Array(await response.arrayBuffer()), told: response.headers.get("Content-Range") };
}

function linkShare() {
  const bits = [...share.slice(0, 32)].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g), (byte) => parseInt(byte, 2));
}

function joined(...parts) {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

async function hmac(key, data, hashName = "SHA-512") {
  const hash = { name: "HMAC", hash: hashName };
  const imported = await crypto.subtle.importKey("raw", key, hash, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
}

async function bodyKeys(serverShare, context, salt) {
  const extracted = await hmac(new Uint8Array(64), joined(serverShare, linkShare()));
  const info = joined(text.encode("safelight v1 file key\0"), text.encode(report));
  const fileKey = (await hmac(extracted, joined(info, [1]))).subarray(0, 32);
  const bodyInfo = joined(text.encode("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"), salt, context);
  const material = await hmac(fileKey, joined(bodyInfo, [1]));
  const key = await crypto.subtle.importKey("raw", material.subarray(0, 32), "AES-GCM", false, ["decrypt"]);
  return { key, nonce: material.slice(32, 44) };
}

/** Chunks from number `first` on, whose sealed bytes are `data`, as one Uint8Array. */
async function decrypt({ key, nonce }, first, data) {
  const count = Math.ceil(data.length / SEALED);
  const out = new Uint8Array(data.length - 16 * count);
  await Promise.all(Array.from({ length: count }, async (_, n) => {
    const iv = nonce.slice();
    const low = new DataView(iv.buffer);
    low.setUint32(8, (low.getUint32(8) ^ (first + n)) >>> 0);
    const sealed = data.subarray(n * SEALED, (n + 1) * SEALED);
    out.set(new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed)), n * CHUNK);
  }));
  return out;
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const KEM = joined(text.encode("KEM"), [0, 16]);
const SUITE = joined(text.encode("HPKE"), [0, 16, 0, 1, 0, 2]);
const VERSION = text.encode("HPKE-v1");

/** RFC 9180's LabeledExtract and LabeledExpand (of up to 32 bytes). */
const extract = (suite, salt, label, ikm) => hmac(salt, joined(VERSION, suite, text.encode(label), ikm), "SHA-256");
async function expand(suite, prk, label, info, length) {
  const data = joined([0, length], VERSION, suite, text.encode(label), info, [1]);
  return (await hmac(prk, data, "SHA-256")).subarray(0, length);
}

/** The share that was sealed to this page's own key (RFC 9180, base mode); its entry in the log is not checked. */
async function openShare(pair, point, { sealed_share, entry }, keyServer, requestId) {
  const sealed = bytes(sealed_share);
  const enc = sealed.subarray(0, 65);
  const peer = await crypto.subtle.importKey("raw", enc, ECDH, false, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: peer }, pair.privateKey, 256));
  const eae = await extract(KEM, new Uint8Array(32), "eae_prk", dh);
  const shared = await expand(KEM, eae, "shared_secret", joined(enc, point), 32);
  const leaf = new Uint8Array(await crypto.subtle.digest("SHA-256", joined([0], text.encode(entry))));
  const words = ["safelight v1 release", keyServer, report, requestId, ""].join("\0");
  const zero = new Uint8Array(32);
  const pskHash = await extract(SUITE, zero, "psk_id_hash", []);
  const infoHash = await extract(SUITE, zero, "info_hash", joined(text.encode(words), leaf));
  const context = joined([0], pskHash, infoHash);
  const secret = await extract(SUITE, shared, "secret", []);
  const key = await crypto.subtle.importKey("raw", await expand(SUITE, secret, "key", context, 32), "AES-GCM", false,
    ["decrypt"]);
  const iv = await expand(SUITE, secret, "base_nonce", context, 12);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed.subarray(65)));
}

/** Size and end, in the plaintext, of the first entry: the first photo. */
function firstEntry(tail) {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  const directory = tail.length - 22 - view.getUint32(tail.length - 10, true);
  const [size, name] = [view.getUint32(directory + 24, true), view.getUint16(directory + 28, true)];
  return { size, end: 30 + name + size };
}

/** How much of the log the file host has seen. */
async function witnessed(fileHost, logKey) {
  const digest = await crypto.subtle.digest("SHA-256", text.encode(logKey.split("+")[0]));
  const origin = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const response = await fetch(`${fileHost}/v1/witness/${origin}/checkpoint`, { credentials: "omit" });
  return Number((await response.text()).split("\n")[1]);
}

async function open({ key_server, log_key, file_host }) {
  const blob = `${file_host}/v1/blobs/${report}`;
  const get = await getPass("blob:get");
  const [front, tail, seen] = await Promise.all([
    range(blob, get, `0-${FRONT - 1}`), range(blob, get, `-${TAIL}`), witnessed(file_host, log_key),
  ]);
  const idempotency = { "Idempotency-Key": crypto.randomUUID() };
  const url = `${key_server}/v1/keys/${report}/release`;
  const pair = await crypto.subtle.generateKey(ECDH, false, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const body = { hpke_key: base64url(point), log_size: 0, witnessed_size: seen };
  const release = await proved("POST", url, JSON.stringify(body), await getPass("key:release", key_server));
  const released = await json(url, body, { ...release, ...idempotency });
  const contextEnd = 12 + new DataView(front.data.buffer).getUint32(8);
  const begin = contextEnd + 56;
  const serverShare = await openShare(pair, point, released, key_server, idempotency["Idempotency-Key"]);
  const salt = front.data.subarray(contextEnd, contextEnd + 24);
  const keys = await bodyKeys(serverShare, front.data.subarray(0, contextEnd), salt);

  const length = Number(tail.told.split("/")[1]);
  const tailStart = length - tail.data.length;
  const firstWhole = Math.ceil((tailStart - begin) / SEALED);
  const plainTail = await decrypt(keys, firstWhole, tail.data.subarray(begin + firstWhole * SEALED - tailStart));
  const { size, end } = firstEntry(plainTail);

  const need = Math.min(begin + Math.ceil(end / CHUNK) * SEALED, length);
  const fetched = Math.min(need, tailStart);
  const middle = await range(blob, get, `${front.data.length}-${fetched - 1}`);
  const file = new Uint8Array(length);
  file.set(front.data);
  file.set(middle.data, front.data.length);
  file.set(tail.data, tailStart);
  const plain = await decrypt(keys, 0, file.subarray(begin, need));
  paint(new Blob([plain.subarray(end - size, end)], { type: "image/jpeg" }));
  await acknowledge(key_server, released);
}

/** Tells the key server that a photo has been shown. */
async function acknowledge(keyServer, { entry }) {
  const url = `${keyServer}/v1/keys/${report}/acknowledgements`;
  const body = { entry: Number(JSON.parse(entry).id), saved: false };
  await json(url, body, await proved("POST", url, JSON.stringify(body), await getPass("key:release", keyServer)));
}

function paint(photo) {
  const image = document.createElement("img");
  image.dataset.photo = "";
  image.width = 900; // as large as in the viewer
  image.src = URL.createObjectURL(photo);
  main.replaceChildren(image);
}

await json("/api/account");
const found = await json(`/api/reports/${report}`);
const button = document.createElement("button");
button.dataset.act = "open";
button.textContent = "Open";
button.addEventListener("click", () => open(found));
main.append(button);
