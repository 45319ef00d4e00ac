/**
 * What people read, in the page's language: sentences are written in English, and looked up where they are told.
 * Times, sizes and steps in plain words, too. Placeholders are named: "Sent {when}".
 */

/** @typedef {Record<string, string | number>} Values - numbers are written as the language does */

const told = document.getElementById("sentences")?.textContent;
/** What the page came with; nothing for English. @type {{plural: string, sentences: Record<string, string[]>}} */
export const CATALOGUE = told ? JSON.parse(told) : { plural: "", sentences: {} };

const LANGUAGE = document.documentElement.lang;
const DEFAULT = LANGUAGE === "en" ? "en-GB" : LANGUAGE;
/** The language of the page, in the reader's own region where the browser says it. */
export const LOCALE = navigator.language.split("-")[0] === LANGUAGE.split("-")[0] ? navigator.language : DEFAULT;

const DAY = 86_400_000;

/** @param {string} sentence @param {Values} [values] @returns {string} the sentence as it is told */
export const _ = (sentence, values) => filled(forms(sentence)?.[0] ?? sentence, values);

/**
 * @param {string} one
 * @param {string} many
 * @param {number} count - chooses the sentence, and is {count} in it
 * @param {Values} [values]
 */
export function ngettext(one, many, count, values) {
  const found = forms(one);
  // How gettext's rules choose shows in 0 … 199; what is greater counts as its last two digits do.
  const form = found?.[Number(CATALOGUE.plural[count < 200 ? count : 100 + (count % 100)])];
  return filled(form ?? (count === 1 ? one : many), { count, ...values });
}

/** @param {string} sentence */
const forms = (sentence) => (Object.hasOwn(CATALOGUE.sentences, sentence) ? CATALOGUE.sentences[sentence] : undefined);

/** @param {string} sentence @param {Values} [values] */
function filled(sentence, values) {
  return values ? sentence.replace(/\{(\w+)\}/g, (whole, name) => written(values[name] ?? whole)) : sentence;
}

/** @param {string | number} value */
const written = (value) => (typeof value === "number" ? value.toLocaleString(LOCALE) : value);

/**
 * @param {string | null | undefined} time - RFC 3339
 * @param {boolean} [bare] - without "on", for a place behind "from" or "until"
 * @returns {string} such as "today at 14:05", in the reader's own time zone; empty for no time
 */
export function when(time, bare = false) {
  const date = new Date(time ?? NaN);
  const now = new Date();
  if (Number.isNaN(date.valueOf())) return "";
  const clock = date.toLocaleTimeString(LOCALE, { hour: "numeric", minute: "2-digit" });
  // Rounded, because a day with a change of the clocks has 23 or 25 hours.
  const daysAgo = Math.round((midnight(now) - midnight(date)) / DAY);
  if (daysAgo === 0) return _("today at {clock}", { clock });
  if (daysAgo === 1) return _("yesterday at {clock}", { clock });
  if (daysAgo === -1) return _("tomorrow at {clock}", { clock });
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const day = date.toLocaleDateString(LOCALE, { weekday: "long", day: "numeric", month: "long", year });
  return bare ? _("{day} at {clock}", { day, clock }) : _("on {day} at {clock}", { day, clock });
}

/** @param {Date} date @returns {string} by this device's clock, of no time zone: as cameras and fields for dates say it */
export const local = (date) => new Date(date.valueOf() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);

/** @param {Date} date */
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).valueOf();

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes / 1e6).toLocaleString(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/**
 * @param {import("./engine.js").Progress} progress
 * @returns {string} such as "Fetching 3.2 of 5.1 MB"
 */
export function step({ stage, done, total }) {
  if (stage === "asking") return _("Asking for the key");
  const parts = { done: megabytes(done), total: megabytes(total) };
  if (stage === "fetching") return total ? _("Fetching {done} of {total} MB", parts) : _("Fetching");
  if (stage === "decrypting") return total ? _("Unlocking {done} of {total} MB", parts) : _("Unlocking");
  return _("Getting ready");
}
