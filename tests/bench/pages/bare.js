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

async function pass(scope) {
  return { Authorization: `Bearer ${(await json("/api/passes", { report, scope })).pass}` };
}

async function range(url, authorization, wanted) {
  const headers = { ...authorization, Range: `bytes=${wanted}` };
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

async function hmac(key, data) {
  const hash = { name: "HMAC", hash: "SHA-512" };
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

/** Size and end, in the plaintext, of the first entry: the first photo. */
function firstEntry(tail) {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  const directory = tail.length - 22 - view.getUint32(tail.length - 10, true);
  const [size, name] = [view.getUint32(directory + 24, true), view.getUint16(directory + 28, true)];
  return { size, end: 30 + name + size };
}

async function open({ key_server, file_host }) {
  const blob = `${file_host}/v1/blobs/${report}`;
  const get = await pass("blob:get");
  const [front, tail] = await Promise.all([range(blob, get, `0-${FRONT - 1}`), range(blob, get, `-${TAIL}`)]);
  const idempotency = { "Idempotency-Key": crypto.randomUUID() };
  const release = await pass("key:release");
  const released = await json(`${key_server}/v1/keys/${report}/release`, null, { ...release, ...idempotency });
  const contextEnd = 12 + new DataView(front.data.buffer).getUint32(8);
  const begin = contextEnd + 56;
  const serverShare = Uint8Array.from(atob(released.server_share.replace(/-/g, "+").replace(/_/g, "/")),
    (c) => c.charCodeAt(0));
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
