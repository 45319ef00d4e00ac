/**
 * Whom a report was sent to, in words.
 */

import { _, ngettext } from "./text.js";

/** @param {import("./api.js").Own} report @returns {string} such as "To Dr Ada, and 1 more" */
export function recipients({ people, named, deleted }) {
  if (deleted) return _("Deleted photos");
  const known = people.filter((person) => person.named).map(name);
  if (!named) return _("To whoever opens the link first");
  const others = named - known.length;
  if (!known.length) {
    return ngettext("To somebody who has not signed in yet", "To {count} people who have not signed in yet", named);
  }
  const names = known.join(", ");
  if (others <= 0) return _("To {names}", { names });
  return ngettext("To {names}, and {count} more", "To {names}, and {count} more", others, { names });
}

/**
 * @param {import("./api.js").Own} report
 * @param {import("./api.js").Account | null} account - the sender's
 * @returns {Record<string, string>} names by account
 */
export function names({ people }, account) {
  const known = Object.fromEntries(people.map((person) => [person.account, name(person)]));
  return account ? { ...known, [account.id]: _("you") } : known;
}

/** @param {import("./api.js").Person} person */
const name = ({ name, contact }) => name || contact;

/** @param {import("./api.js").Told} counts - of those who were told that photos wait @returns {string} */
export function told({ told, before, unreached }) {
  const parts = [
    ngettext("One person has been told.", "{count} people have been told.", told),
    before && ngettext("One was told within this hour already.", "{count} were told within this hour already.", before),
    unreached && ngettext("One could not be reached.", "{count} could not be reached.", unreached),
  ];
  return (told ? parts : parts.slice(1)).filter(Boolean).join(" ");
}
