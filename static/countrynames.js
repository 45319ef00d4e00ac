/**
 * Countries by their names, in the page's language.
 */

import { LOCALE } from "./text.js";

const NAMES = new Intl.DisplayNames([LOCALE], { type: "region" });
const OR = new Intl.ListFormat(LOCALE, { type: "disjunction" });

/** @param {string} code - of a country (ISO 3166) */
export const countryName = (code) => NAMES.of(code) ?? code;

/** @param {string[]} codes @returns {string} such as "Australia or New Zealand" */
export const oneOf = (codes) => OR.format(codes.map(countryName));

/** @param {HTMLSelectElement} select - whose data-codes are all countries @param {string} chosen - a code, or nothing */
export function offerCountries(select, chosen) {
  const codes = (select.dataset.codes ?? "").split(" ");
  const told = codes.map((code) => ({ code, name: countryName(code) }));
  told.sort((one, other) => one.name.localeCompare(other.name, LOCALE));
  select.append(...told.map(({ code, name }) => new Option(name, code)));
  select.value = chosen;
}
