/**
 * Asks the portal: accounts, codes, sessions, and who sent a report.
 */

import { Problem } from "./problems.js";
import { _ } from "./text.js";

const SECONDS = 30;

/**
 * @typedef {object} Account
 * @property {string} id
 * @property {string | null} name
 * @property {string} contact - by which they have signed in
 * @property {string} jurisdiction - the country whose law they say they are under; empty: not said
 * @property {string} usual_country - to offer them; empty: none
 * @property {boolean} may_send
 * @property {object | null} organisation - that they belong to
 */
/** What a code is asked for: a contact as typed, whom a link's hint means, or another contact of an attempt's person. */
/** @typedef {{contact: string} | {report: string, hint: string} | {attempt: string, report: string, by: string}} Wanted */
/** @typedef {{attempt: string, to?: string, digits?: number}} Attempt - the last two: of a contact as typed only */
/**
 * @typedef {object} Report
 * @property {string | null} sender
 * @property {string | null} contact - of the sender
 * @property {string | null} sent - RFC 3339
 * @property {string} key_server - URL
 * @property {string} file_host - URL
 * @property {string} log_key - by which the key server signs its log
 */

/** @typedef {{account: string, name: string, contact: string, named: boolean}} Person */
/**
 * @typedef {object} Own
 * @property {string} id
 * @property {string} sent - RFC 3339
 * @property {string} key_server - URL
 * @property {string} file_host - URL
 * @property {string} log_key - by which the key server signs its log; empty: the portal works with it no more
 * @property {string | null} deleted - RFC 3339, since when it is deleted everywhere
 * @property {Person[]} people - those around it whom the portal knows
 * @property {number} named - how many were named, known or not
 */

/** @returns {Promise<Account | null>} null when nobody is signed in */
export const getAccount = async () => (await ask("GET", "/api/account")).account;

/** @param {Wanted} wanted @returns {Promise<Attempt>} */
export const sendCode = (wanted) => ask("POST", "/api/codes", wanted);

/** @param {{name: string, jurisdiction: string}} details - what somebody says of themselves */
export const putDetails = (details) => ask("PUT", "/api/account", details);

/** @param {string} attempt @param {string} code @returns {Promise<Account>} */
export const signIn = async (attempt, code) =>
  (await ask("POST", "/api/sessions", { attempt, code })).account;

/** @param {string} hospital @returns {Promise<{address: string}>} its provider's, where its people sign in */
export const beginAtHospital = (hospital) => ask("POST", "/api/sessions/hospital/turn", { hospital });

/** @param {Record<string, string>} answer - of its provider, with the hospital @returns {Promise<Account>} */
export const signInAtHospital = async (answer) => (await ask("POST", "/api/sessions/hospital", answer)).account;

/** Hears from other tabs that their person, who is this tab's too, is not signed in any more. */
export const session = new BroadcastChannel("session");

/** @param {Promise<any>} ended - what ends the session */
async function over(ended) {
  const answer = await ended;
  session.postMessage("over");
  return answer;
}

export const signOut = () => over(ask("DELETE", "/api/sessions/current"));

/**
 * @typedef {object} Passkey
 * @property {string} id
 * @property {string} name
 * @property {boolean} synced - whether other devices of the person have it, too
 * @property {string} created - RFC 3339
 * @property {string | null} used - RFC 3339
 * @property {string | null} counts_from - RFC 3339, where reports that need a passkey do not yet open with it
 */

/** @returns {Promise<{publicKey: any}>} what a browser asks passkeys with, in JSON */
export const askToSignIn = () => ask("POST", "/api/sessions/passkey/options");

/** @param {object} credential @returns {Promise<Account>} */
export const signInByPasskey = async (credential) => (await ask("POST", "/api/sessions/passkey", { credential })).account;

/** @returns {Promise<{passkeys: Passkey[], fresh: boolean}>} - whether one may be added without signing in again */
export const getPasskeys = () => ask("GET", "/api/passkeys");

/** @returns {Promise<{publicKey: any}>} what a browser makes a passkey with, in JSON */
export const askToAddPasskey = () => ask("POST", "/api/passkeys/options");

/** @param {object} credential @returns {Promise<Passkey>} */
export const addPasskey = async (credential) => (await ask("POST", "/api/passkeys", { credential })).passkey;

/** @param {string} id @param {string} name */
export const namePasskey = (id, name) => ask("PUT", `/api/passkeys/${id}`, { name });

/** @param {string} id */
export const removePasskey = (id) => ask("DELETE", `/api/passkeys/${id}`);

/** @typedef {{contact: string, main: boolean, verified: string}} Contact - when, as RFC 3339 */
/** @typedef {{id: string, this: boolean, device: string, signed_in_by: string, since: string, used: string}} Session */

/** @returns {Promise<{contacts: Contact[]}>} of whoever is signed in, the main one first */
export const getContacts = () => ask("GET", "/api/account/contacts");

/** @param {string} contact - that is to be added @returns {Promise<Attempt>} */
export const sendCodeToAdd = (contact) => ask("POST", "/api/account/codes", { contact });

/** @param {string} attempt @param {string} code @returns {Promise<{contacts: Contact[]}>} */
export const addContact = (attempt, code) => ask("POST", "/api/account/contacts", { attempt, code });

/** @param {string} contact @returns {Promise<{contacts: Contact[]}>} */
export const setMainContact = (contact) => ask("PUT", "/api/account/contacts/main", { contact });

/** @param {string} contact @returns {Promise<{contacts: Contact[]}>} */
export const removeContact = (contact) => ask("POST", "/api/account/contacts/removals", { contact });

/** @typedef {{issuer: string, name: string, since: string, signs_in: boolean}} Hospital - removed since, where it does not sign in */

/** @returns {Promise<{hospitals: Hospital[]}>} whose own sign-in is good for whoever is signed in, then removed ones */
export const getHospitals = () => ask("GET", "/api/account/hospitals");

/** @param {string} issuer @returns {Promise<{hospitals: Hospital[]}>} */
export const allowHospital = (issuer) => ask("POST", "/api/account/hospitals", { issuer });

/** @param {string} issuer @returns {Promise<{hospitals: Hospital[]}>} */
export const removeHospital = (issuer) => ask("POST", "/api/account/hospitals/removals", { issuer });

/** @returns {Promise<{sessions: Session[]}>} this one first */
export const getSessions = () => ask("GET", "/api/account/sessions");

/** @param {string} which - a path: "" for all, "/others", or one's id */
export const endSessions = (which) => {
  const ended = ask("DELETE", `/api/account/sessions${which}`);
  return which ? ended : over(ended);
};

/** @returns {Promise<{exported: string}>} all that is held about whoever is signed in */
export const getExport = () => ask("GET", "/api/account/export");

export const eraseAccount = () => over(ask("POST", "/api/account/erasure"));

/** @param {string} id @returns {Promise<Report>} */
export const getReport = (id) => ask("GET", `/api/reports/${encodeURIComponent(id)}`);

/**
 * @typedef {object} Received
 * @property {string} id
 * @property {string} sender
 * @property {string} sent - RFC 3339
 * @property {string | null} expires - RFC 3339; null: not known
 * @property {boolean} revoked
 * @property {string | null} opened - RFC 3339, by whoever is signed in, when first
 */

/** @returns {Promise<{reports: Received[], moved: {when: string, phone: string, computer: string}[]}>} newest first */
export const getReceived = () => ask("GET", "/api/received");

/** @returns {Promise<{handover: string, seconds: number}>} */
export const beginHandover = () => ask("POST", "/api/handovers");

/** @param {string} handover @returns {Promise<{computer: string, seconds: number}>} */
export const getHandover = (handover) => ask("GET", `/api/handovers/${handover}`);

/** @param {string} handover @param {string} sealed */
export const leaveAtHandover = (handover, sealed) => ask("PUT", `/api/handovers/${handover}`, { sealed });

/** @param {string} handover @returns {Promise<{sealed: string | null}>} */
export const takeHandover = (handover) => ask("POST", `/api/handovers/${handover}/taking`);

/** @typedef {{recipients: string[], unknown: number}} Recipients - contacts; and how many more there are, not known */

/** @param {string} id - of one's own report @returns {Promise<Recipients>} */
export const getRecipients = (id) => ask("GET", `/api/reports/${id}/recipients`);

/** @typedef {{told: number, before: number, unreached: number}} Told - how many: now, within this hour, not */

/** Tells those whom a report names that photos wait for them, without the link. @param {string} id @returns {Promise<Told>} */
export const tellNamed = (id) => ask("POST", `/api/reports/${id}/notices`);

/** @returns {Promise<{reports: Own[]}>} those that the signed-in person has sent, newest first */
export const getReports = () => ask("GET", "/api/reports");

/**
 * @typedef {object} Member
 * @property {string} account
 * @property {string} name
 * @property {string} contact
 * @property {"sender" | "administrator" | "auditor"} role
 * @property {boolean} joined - whether they have said yes
 * @property {string | null} signed_in - RFC 3339, when last
 * @property {string | null} disabled - RFC 3339, since when
 * @property {number} told - how many servers know how it stands with them
 * @property {number} servers - of how many
 */

/**
 * @typedef {object} Organisation
 * @property {string} id
 * @property {string} name
 * @property {"sender" | "administrator" | "auditor"} role - of whoever is signed in
 * @property {{days: number, download: boolean}} defaults
 */

/** @typedef {{organisation: string, name: string, role: string, you: string}} Invitation */
/** @typedef {{number: number, at: string, by: string, action: string, about: string, details: Record<string, any>}} Change */

/** @returns {Promise<{organisation: Organisation | null, invitations: Invitation[], members: Member[] | null}>} */
export const getOrganisation = () => ask("GET", "/api/organisation");

/** @param {number} [before] @returns {Promise<{events: Change[], names: Record<string, string>}>} newest first */
export const getChanges = (before) =>
  ask("GET", `/api/organisation/events${before === undefined ? "" : `?before=${before}`}`);

/**
 * @param {"POST" | "PUT" | "DELETE"} method
 * @param {string} what - a path below the organisation
 * @param {object} [body]
 */
export const organise = (method, what, body) => ask(method, `/api/organisation/${what}`, body);

/** @typedef {{key_server: string, log_key: string}} Log */
/**
 * @typedef {object} Audit
 * @property {{id: string, name: string}} organisation
 * @property {string} issuer - of passes: the portal's address, as logs name it
 * @property {{account: string, name: string, contact: string}[]} people - of the organisation
 * @property {Log[]} logs
 */

/** @returns {Promise<Audit>} for auditors and administrators: where the logs are, and the names of their people */
export const getAudit = () => ask("GET", "/api/organisation/audit");

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} the answer's JSON; undefined for 204
 * @throws {Problem} of kind "offline", "busy", or the answer's own, such as "sign_in"
 */
async function ask(method, path, body) {
  const response = await reach(path, {
    method,
    cache: "no-store",
    credentials: "same-origin",
    redirect: "error",
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(SECONDS * 1000),
  });
  if (response.status === 204) return undefined;
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  throw new Problem(
    answer?.error ?? "busy",
    answer?.message ?? _("The server did not answer as it should. Try again in a minute."),
  );
}

/** @param {string} path @param {RequestInit} options */
async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Problem(
      "offline",
      _("The server cannot be reached. Check that you are connected, then try again."),
    );
  }
}
