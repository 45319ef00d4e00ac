// A second client, written by the documents alone: PASSES.md, FORMAT.md, LOG.md, and the servers' OpenAPI.
// Reads one job (JSON) and then codes from its standard input, a line each; writes what came of it as JSON.

import { createInterface } from "node:readline";
import { readFile } from "node:fs/promises";
import { Refused, fromBase64, hex, join, must, random, sha256, text, toBase64, toBase64url, utf8 } from "./bytes.mjs";
import { contextOf, linkText, open, pack, readFront, readLinkText, reportXml, seal, unpack } from "./container.mjs";
import { checkReceipt, makePair, openShare } from "./log.mjs";

const { subtle } = globalThis.crypto;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const nextLine = async () => (await lines.next()).value;
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const time = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
const now = () => Math.floor(Date.now() / 1000);

// PASSES.md
class Person {
  constructor(portal) {
    this.portal = portal;
    this.cookie = "";
    this.documents = {};
  }

  async signIn(contact) {
    this.key = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    const { kty, crv, x, y } = await subtle.exportKey("jwk", this.key.publicKey);
    this.jwk = { kty, crv, x, y };
    const { attempt } = await this.ask("POST", "/api/codes", { contact });
    tell({ code: "please" });
    return (await this.ask("POST", "/api/sessions", { attempt, code: await nextLine() })).account;
  }

  async proof(htm, htu, body, pass) {
    const claims = { htm, htu, iat: now(), jti: toBase64url(random(16)), body_sha256: toBase64url(await sha256(body)) };
    if (pass) claims.ath = toBase64url(await sha256(pass));
    const parts = [{ typ: "dpop+jwt", alg: "ES256", jwk: this.jwk }, claims];
    const signed = parts.map((part) => toBase64url(utf8(JSON.stringify(part)))).join(".");
    const how = { name: "ECDSA", hash: "SHA-256" };
    return `${signed}.${toBase64url(new Uint8Array(await subtle.sign(how, this.key.privateKey, utf8(signed))))}`;
  }

  async ask(method, path, body, headers = {}) {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const own = { Origin: this.portal, Cookie: this.cookie, "Content-Type": "application/json" };
    const answer = await fetch(this.portal + path, { method, headers: { ...own, ...headers }, redirect: "error", ...sent });
    for (const cookie of answer.headers.getSetCookie()) this.cookie = cookie.split(";")[0];
    return result(answer);
  }

  // By the server's own document: where the operation is, which scope it needs, whether an Idempotency-Key.
  async call(server, operationId, report, body, requestId, more = {}) {
    this.documents[server] ??= await (await fetch(`${server}/v1/openapi.json`, { redirect: "error" })).json();
    const all = Object.entries(this.documents[server].paths)
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, one]) => ({ path, method, ...one })));
    const { path, method, security, requestBody, parameters } = all.find((one) => one.operationId === operationId);
    const scope = security[0].pass[0];
    const url = server + path.replace("{report}", report);
    const type = requestBody ? Object.keys(requestBody.content)[0] : "";
    const data = type === "application/json" ? utf8(JSON.stringify(body)) : body ?? new Uint8Array(0);
    const asked = { report, scope, ...(scope.startsWith("blob:") ? {} : { key_server: server }) };
    const proof = await this.proof("POST", `${this.portal}/api/passes`, JSON.stringify(asked));
    const { pass } = await this.ask("POST", "/api/passes", asked, { DPoP: proof });
    const headers = { ...more, Authorization: `DPoP ${pass}`, DPoP: await this.proof(method.toUpperCase(), url, data, pass) };
    if (type) headers["Content-Type"] = type;
    if (parameters.some((one) => one.name === "Idempotency-Key")) headers["Idempotency-Key"] = requestId;
    const sent = data.length ? { body: data } : {};
    return result(await fetch(url, { method: method.toUpperCase(), headers, redirect: "error", ...sent }));
  }

  // PASSES.md, "The way in": in two pieces; then what the file host says of it.
  async store(server, report, file) {
    const tus = { "Tus-Resumable": "1.0.0" };
    const [length, half] = [String(file.length), file.length >> 1];
    await this.call(server, "filehost.upload_POST", report, file.subarray(0, half), "", { ...tus, "Upload-Length": length });
    await this.call(server, "filehost.upload_PATCH", report, file.subarray(half), "", { ...tus, "Upload-Offset": String(half) });
    const { headers } = await this.call(server, "filehost.upload_HEAD", report, undefined, "", tus);
    must(headers.get("Upload-Offset") === length, "how much was stored");
    return headers.get("ETag").replaceAll('"', "");
  }

  // LOG.md section 6
  async share(action, operationId, report, told, body) {
    const [pair, requestId] = [await makePair(), toBase64url(random(24))];
    const asking = { ...body, hpke_key: toBase64url(pair.point), log_size: 0 };
    const answer = await this.call(told.key_server, operationId, report, asking, requestId);
    const asked = { action, keyServer: told.key_server, keyId: report, requestId, pair };
    return { ...answer, ...(await openShare(answer, told.log_key, asked)) };
  }
}

async function result(answer) {
  if (answer.headers.get("Content-Type") === "application/json") {
    const told = await answer.json();
    must(answer.ok, `${answer.status} ${told.error}`);
    return told;
  }
  must(answer.ok, `${answer.status}`);
  if (answer.headers.has("Upload-Offset")) return answer;
  return new Uint8Array(await answer.arrayBuffer());
}

async function send({ portal, contact, recipient, photo, ...details }) {
  const person = new Person(portal);
  const { name } = await person.signIn(contact);
  const told = await person.ask("POST", "/api/reports", { recipients: [recipient] });
  const policy = { recipients: told.recipients, not_after: time(now() + 86400), download: true };
  const { share } = await person.share("create", "keyserver.key_POST", told.id, told, policy);
  const linkShare = random(20);
  const xml = reportXml({ created: time(now()), sender: name, ...details });
  const zip = pack([["photos/001.jpg", new Uint8Array(await readFile(photo))], ["report.xml", xml]]);
  const context = await contextOf(time(now()), told.id, told.key_server, linkShare);
  const file = await seal(share, linkShare, context, random(24), zip);
  const stored = await person.store(told.file_host, told.id, file);
  const registered = { sha256: hex(await sha256(file)), length: file.length };
  must(stored === registered.sha256, "what was stored");
  await person.call(told.key_server, "keyserver.file_PUT", told.id, registered);
  return { report: told.id, link: `${portal}/r/${told.id}#${await linkText(linkShare)}` };
}

async function receive({ portal, contact, link }) {
  const person = new Person(portal);
  await person.signIn(contact);
  const [, report, fragment] = /\/r\/([0-9A-Z]{26})#(.*)$/.exec(link);
  const linkShare = await readLinkText(fragment);
  const told = await person.ask("GET", `/api/reports/${report}`);
  const file = await person.call(told.file_host, "filehost.blob_GET", report);
  const { header } = await readFront(file, linkShare);
  must(header.key_id === report && header.key_server === told.key_server, "another report's file");
  const released = await person.share("release", "keyserver.release_POST", report, told, {});
  must(released.file.sha256 === hex(await sha256(file)) && released.file.length === file.length, "another file");
  const { plaintext } = await open(file, released.share, linkShare);
  const entries = unpack(plaintext);
  const { seen } = await person.call(told.key_server, "keyserver.acknowledgements_POST", report, { entry: released.entry });
  return { seen, sender: told.sender, entries: entries.map(([name, content]) => [name, toBase64(content)]) };
}

// Without a server: opens a file, and seals what was in it again, with the same salt.
async function again({ file, server_share, link_share, flip }) {
  const [sealed, ...shares] = [new Uint8Array(await readFile(file)), fromBase64(server_share), fromBase64(link_share)];
  const opened = [];
  for (const at of flip) {
    const broken = join(sealed);
    broken[at] ^= 1;
    await open(broken, ...shares).then(() => opened.push(at), () => {});
  }
  const { context, salt, plaintext } = await open(sealed, ...shares);
  const made = await seal(...shares, context, salt, pack(unpack(plaintext)));
  return { opened, again: toBase64(made), xml: text(unpack(plaintext).find(([name]) => name === "report.xml")[1]) };
}

// Which of some receipts hold.
async function prove({ log_key, receipts }) {
  const tried = receipts.map(([entry, receipt]) => checkReceipt(receipt, entry, log_key).then(() => true, () => false));
  return { hold: await Promise.all(tried) };
}

try {
  const { job, ...given } = JSON.parse(await nextLine());
  tell(await { send, receive, again, prove }[job](given));
} catch (error) {
  tell({ refused: error instanceof Refused ? error.message : String(error) });
  process.exitCode = 1;
}
process.stdin.destroy();
