// The sealed report by wasm/sealed/FORMAT.md: shares and link, header, chunks, ZIP. Section numbers are that text's.

import { CROCKFORD, Refused, expand, extract, gcm, hex, join, must, same, sha256, text, utf8 } from "./bytes.mjs";

const MAGIC = "SAFELIT1";
const CHUNK = 16384;
const NOTHING = new Uint8Array(0);

// Section 6
export async function linkText(share) {
  const check = await sha256("safelight v1 link text\0", share);
  const bits = [...share, ...check.slice(0, 3)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: 36 }, (_, i) => CROCKFORD[parseInt(bits.slice(5 * i, 5 * i + 5), 2)]).join("");
}

export async function readLinkText(fragment) {
  const [typed] = fragment.split("."); // behind it stands a hint
  must(typed.length === 36, "the link was cut off");
  const bits = [...typed].map((one) => CROCKFORD.indexOf(one).toString(2).padStart(5, "0")).join("");
  const share = Uint8Array.from({ length: 20 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8), 2));
  must((await linkText(share)) === typed, "the link was mistyped");
  return share;
}

// Sections 1 to 3
export async function contextOf(created, keyId, keyServer, linkShare) {
  const header = utf8(
    JSON.stringify({ created, key_id: keyId, key_server: keyServer, link_check: await linkCheck(linkShare) }),
  );
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length);
  return join(MAGIC, length, header);
}

const linkCheck = async (share) => (share ? hex(await sha256("safelight v1 link check\0", share)).slice(0, 32) : null);

export async function readFront(file, linkShare) {
  must(text(file.slice(0, 8)) === MAGIC, "no sealed report");
  const length = new DataView(file.buffer, file.byteOffset).getUint32(8);
  must(length >= 1 && length <= 4096, "the header's length");
  const header = JSON.parse(text(file.slice(12, 12 + length)));
  const context = file.slice(0, 12 + length);
  // Written again it must be the same: keys sorted, no other field, and the link's own share.
  must(same(context, await contextOf(header.created, header.key_id, header.key_server, linkShare)), "the header");
  return { header, context };
}

async function keysOf(serverShare, linkShare, context, salt) {
  const { key_id: keyId } = JSON.parse(text(context.slice(12)));
  const prk = await extract("SHA-512", NOTHING, join(serverShare, linkShare ?? NOTHING));
  const fileKey = await expand("SHA-512", prk, utf8(`safelight v1 file key\0${keyId}`), 32);
  const info = join("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0", salt, context);
  const made = await expand("SHA-512", fileKey, info, 76);
  return { key: made.slice(0, 32), base: made.slice(32, 44), commitment: made.slice(44) };
}

// Section 4
function nonce(base, number) {
  const made = base.slice();
  const view = new DataView(made.buffer);
  view.setUint32(8, (view.getUint32(8) ^ number) >>> 0);
  return made;
}

export async function seal(serverShare, linkShare, context, salt, plaintext) {
  const { key, base, commitment } = await keysOf(serverShare, linkShare, context, salt);
  const parts = [context, salt, commitment];
  for (let i = 0; i * CHUNK <= plaintext.length; i++) {
    parts.push(await gcm("encrypt", key, nonce(base, i), plaintext.slice(i * CHUNK, (i + 1) * CHUNK)));
  }
  return join(...parts);
}

export async function open(file, serverShare, linkShare) {
  const { header, context } = await readFront(file, linkShare);
  const salt = file.slice(context.length, context.length + 24);
  const { key, base, commitment } = await keysOf(serverShare, linkShare, context, salt);
  must(same(commitment, file.slice(context.length + 24, context.length + 56)), "the commitment");
  const body = file.slice(context.length + 56);
  must(body.length % (CHUNK + 16) >= 16, "the last chunk");
  const parts = [];
  for (let i = 0; i * (CHUNK + 16) < body.length; i++) {
    parts.push(await gcm("decrypt", key, nonce(base, i), body.slice(i * (CHUNK + 16), (i + 1) * (CHUNK + 16))));
  }
  return { header, context, salt, plaintext: join(...parts) };
}

// Section 5
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

// Little-endian numbers, each as [how many bytes, value].
function numbers(...fields) {
  return join(...fields.map(([length, value]) => Uint8Array.from({ length }, (_, i) => (value / 2 ** (8 * i)) & 255)));
}

export function pack(entries) {
  const locals = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of entries) {
    const size = content.length;
    const shared = numbers([2, 10], [2, 0], [2, 0], [2, 0], [2, 0x21], [4, crc32(content)], [4, size], [4, size],
      [2, name.length], [2, 0]);
    const local = join("PK\x03\x04", shared, name, content);
    directory.push(join("PK\x01\x02", numbers([2, 10]), shared, numbers([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), name));
    locals.push(local);
    offset += local.length;
  }
  const listed = join(...directory);
  const count = entries.length;
  const end = numbers([2, 0], [2, 0], [2, count], [2, count], [4, listed.length], [4, offset], [2, 0]);
  return join(...locals, listed, "PK\x05\x06", end);
}

export function unpack(zip) {
  const view = new DataView(zip.buffer, zip.byteOffset);
  const entries = [];
  for (let at = 0; zip.length - at >= 30 && view.getUint32(at) === 0x504b0304; ) {
    const [size, named] = [view.getUint32(at + 18, true), view.getUint16(at + 26, true)];
    const start = at + 30 + named;
    entries.push([text(zip.slice(at + 30, start)), zip.slice(start, start + size)]);
    at = start + size;
  }
  // Packed again it must be the same: so there is no other form, and nothing between or behind.
  must(same(pack(entries), zip), "the ZIP");
  const names = entries.map(([name]) => name);
  must(names.every((name, i) => i === 0 || names[i - 1] < name) && names.includes("report.xml"), "the ZIP's names");
  for (const [name, content] of entries) {
    if (name.endsWith(".jpg")) must(hex(content.slice(0, 3)) === "ffd8ff", name);
  }
  return entries;
}

export function reportXml(report) {
  if (/[^\t\n\x20-\ufffd]/.test(Object.values(report).join(""))) throw new Refused("XML cannot hold this text");
  const escaped = (value) => String(value).replace(/[&<>"\t\n]/g, (one) => `&#${one.charCodeAt(0)};`);
  const { created, patient, sender, question, notes, width, height } = report;
  return utf8(`<?xml version="1.0" encoding="UTF-8"?>
<report xmlns="urn:safelight:report:1" created="${created}">
  <patient id="${escaped(patient)}"/>
  <sender name="${escaped(sender)}"/>
  <question>${escaped(question)}</question>
  <notes>${escaped(notes)}</notes>
  <photo file="photos/001.jpg" width="${width}" height="${height}"/>
</report>
`);
}
