/**
 * Times, sizes and steps in plain words.
 */

const LOCALE = navigator.language.startsWith("en") ? navigator.language : "en-GB";
const DAY = 86_400_000;

/**
 * @param {string | null | undefined} time - RFC 3339
 * @returns {string} such as "today at 14:05", in the reader's own time zone; empty for no time
 */
export function when(time, now = new Date()) {
  const date = new Date(time ?? NaN);
  if (Number.isNaN(date.valueOf())) return "";
  const clock = date.toLocaleTimeString(LOCALE, { hour: "numeric", minute: "2-digit" });
  return `${day(date, now)} at ${clock}`;
}

/** @param {Date} date @param {Date} now */
function day(date, now) {
  // Rounded, because a day with a change of the clocks has 23 or 25 hours.
  const daysAgo = Math.round((midnight(now) - midnight(date)) / DAY);
  if (daysAgo === 0) return "today";
  if (daysAgo === 1) return "yesterday";
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const name = date.toLocaleDateString(LOCALE, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year,
  });
  return `on ${name}`;
}

/** @param {Date} date */
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).valueOf();

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/**
 * @param {import("./engine.js").Progress} progress
 * @returns {string} such as "Fetching 3.2 of 5.1 MB"
 */
export function step({ stage, done, total }) {
  if (stage === "asking") return "Asking for the key";
  const verb = { fetching: "Fetching", decrypting: "Unlocking" }[stage];
  if (!verb) return "Getting ready";
  return total ? `${verb} ${megabytes(done)} of ${megabytes(total)} MB` : verb;
}
