/**
 * Asks the portal: accounts, codes, sessions, and who sent a report.
 */

import { Problem } from "./problems.js";

const SECONDS = 30;

/** @typedef {{id: string, name: string | null, contact: string}} Account */
/** @typedef {{attempt: string, to: string}} Attempt */
/**
 * @typedef {object} Report
 * @property {string | null} sender
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
 * @property {string} log_key - by which the key server signs its log; empty: the portal works with it no more
 * @property {Person[]} people - those around it whom the portal knows
 * @property {number} named - how many were named, known or not
 */

/** @returns {Promise<Account | null>} null when nobody is signed in */
export const getAccount = async () => (await ask("GET", "/api/account")).account;

/** @param {string} contact @returns {Promise<Attempt>} */
export const sendCode = (contact) => ask("POST", "/api/codes", { contact });

/** @param {string} attempt @param {string} code @returns {Promise<Account>} */
export const signIn = async (attempt, code) =>
  (await ask("POST", "/api/sessions", { attempt, code })).account;

export const signOut = () => ask("DELETE", "/api/sessions/current");

/** @param {string} id @returns {Promise<Report>} */
export const getReport = (id) => ask("GET", `/api/reports/${encodeURIComponent(id)}`);

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
    answer?.message ?? "The server did not answer as it should. Try again in a minute.",
  );
}

/** @param {string} path @param {RequestInit} options */
async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Problem(
      "offline",
      "The server cannot be reached. Check that you are connected, then try again.",
    );
  }
}
