// What every part needs: bytes joined, written as text and read back, hashed; by WebCrypto alone.

const { subtle } = globalThis.crypto;
export const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export class Refused extends Error {}

export function must(holds, what) {
  if (!holds) throw new Refused(what);
}

export const utf8 = (text) => new TextEncoder().encode(text);
export const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
export const join = (...parts) => new Uint8Array(Buffer.concat(parts.map((one) => (typeof one === "string" ? utf8(one) : one))));
export const same = (one, other) => Buffer.compare(one, other) === 0;
export const hex = (bytes) => Buffer.from(bytes).toString("hex");
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));
export const toBase64url = (bytes) => Buffer.from(bytes).toString("base64url");
export const toBase64 = (bytes) => Buffer.from(bytes).toString("base64");

export function fromBase64url(written) {
  const bytes = new Uint8Array(Buffer.from(written, "base64url"));
  must(toBase64url(bytes) === written, "base64url");
  return bytes;
}

export function fromBase64(written) {
  const bytes = new Uint8Array(Buffer.from(written, "base64"));
  must(toBase64(bytes) === written, "base64");
  return bytes;
}

export const sha256 = async (...parts) => new Uint8Array(await subtle.digest("SHA-256", join(...parts)));

async function hmac(hash, key, data) {
  const made = await subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", made, data));
}

// RFC 5869. A salt of no bytes is as many zeros as the hash has bytes.
export const extract = (hash, salt, ikm) => hmac(hash, salt.length ? salt : new Uint8Array(hash === "SHA-512" ? 64 : 32), ikm);

export async function expand(hash, prk, info, length) {
  let block = new Uint8Array(0);
  let made = block;
  for (let i = 1; made.length < length; i++) {
    block = await hmac(hash, prk, join(block, info, Uint8Array.of(i)));
    made = join(made, block);
  }
  return made.slice(0, length);
}

export async function gcm(how, key, iv, data) {
  const made = await subtle.importKey("raw", key, "AES-GCM", false, [how]);
  try {
    return new Uint8Array(await subtle[how]({ name: "AES-GCM", iv }, made, data));
  } catch {
    throw new Refused("AES-GCM");
  }
}
