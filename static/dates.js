/**
 * The days of photos, and how far they are apart, in plain words.
 */

import { _, LOCALE } from "./text.js";

const DAY = 86_400_000;
/** From how many days on an interval is told in this unit, and how many days that has. @type {[number, string, number][]} */
const UNITS = [[730, "year", 365.25], [60, "month", 30.44], [14, "week", 7], [0, "day", 1]];

/** @typedef {import("./album.js").Print} Print */

/** @param {Print} print @returns {string} such as "3 May 2026"; "Sent 3 May 2026" where the camera told no date */
export function day({ date, isTaken }) {
  const told = date.toLocaleDateString(LOCALE, { day: "numeric", month: "short", year: "numeric" });
  return isTaken ? told : _("Sent {day}", { day: told });
}

/** @param {Print} print @param {Print} other @returns {number} days by the calendar, from one to the other */
export const apart = (print, other) => Math.round((midnight(other.date) - midnight(print.date)) / DAY);

/** @param {Print} print @param {Print} other @returns {string} such as "17 days later"; empty on the same day */
export function interval(print, other) {
  const days = apart(print, other);
  const size = Math.abs(days);
  if (!size) return "";
  const [, unit, length] = /** @type {[number, string, number]} */ (UNITS.find(([from]) => size >= from));
  const time = Math.round(size / length).toLocaleString(LOCALE, { style: "unit", unit, unitDisplay: "long" });
  return days > 0 ? _("{time} later", { time }) : _("{time} earlier", { time });
}

/** @param {Date} date */
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).valueOf();
