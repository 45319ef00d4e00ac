// The one part of sealing and opening that is not Python: a run of chunks at once is three to four times as
// fast as one call after the other from Python (1,130-1,250 against 280-400 MB/s).

const PLAIN = 16384; // bytes of a chunk, https://c2sp.org/chunked-encryption
const TAG = 16;
const NONCE = 12;

/**
 * Decrypts a run of AES-256-GCM chunks into `out`, which is left alone unless every chunk is authentic.
 * `nonces`: Uint8Array, 12 bytes for each chunk. `data`: Uint8Array, chunks of 16,384 + 16 bytes, the
 * last one may be shorter. `out`: Uint8Array of the plaintext's length, not a view of Python's
 * memory (that memory moves when it grows). Rejects with an Error if anything does not fit.
 */
export async function decryptRun(key, nonces, data, out) {
  const count = nonces.length / NONCE;
  if (count !== Math.ceil(data.length / (PLAIN + TAG)) || out.length !== data.length - TAG * count) {
    throw new RangeError("nonces, data and out do not belong together");
  }
  const chunks = await Promise.all(Array.from({ length: count }, (_, n) => crypto.subtle.decrypt(
    { name: "AES-GCM", iv: nonces.subarray(NONCE * n, NONCE * (n + 1)), tagLength: 8 * TAG },
    key,
    data.subarray((PLAIN + TAG) * n, (PLAIN + TAG) * (n + 1)),
  )));
  chunks.forEach((chunk, n) => out.set(new Uint8Array(chunk), PLAIN * n));
}

/**
 * Encrypts a run of plaintext into AES-256-GCM chunks, each with its tag at its end; returns them as one Uint8Array.
 * `nonces`: Uint8Array, 12 bytes for each chunk. `data`: Uint8Array, chunks of 16,384 bytes; only a file's last one is
 * shorter, and may be empty. Rejects with an Error if they do not fit.
 */
export async function encryptRun(key, nonces, data) {
  const count = nonces.length / NONCE;
  if (count * PLAIN < data.length || (count - 1) * PLAIN > data.length) {
    throw new RangeError("nonces and data do not belong together");
  }
  const chunks = await Promise.all(Array.from({ length: count }, (_, n) => crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonces.subarray(NONCE * n, NONCE * (n + 1)), tagLength: 8 * TAG },
    key,
    data.subarray(PLAIN * n, PLAIN * (n + 1)),
  )));
  const out = new Uint8Array(data.length + TAG * count);
  chunks.forEach((chunk, n) => out.set(new Uint8Array(chunk), (PLAIN + TAG) * n));
  return out;
}
