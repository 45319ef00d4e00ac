/**
 * Whom a report was sent to, in words.
 */

/** @param {import("./api.js").Own} report @returns {string} such as "To Dr Ada, and 1 more" */
export function recipients({ people, named }) {
  const known = people.filter((person) => person.named).map(name);
  if (!named) return "To whoever opens the link first";
  const others = named - known.length;
  if (!known.length) {
    return named === 1 ? "To somebody who has not signed in yet" : `To ${named} people who have not signed in yet`;
  }
  return `To ${known.join(", ")}${others > 0 ? `, and ${others} more` : ""}`;
}

/**
 * @param {import("./api.js").Own} report
 * @param {import("./api.js").Account | null} account - the sender's
 * @returns {Record<string, string>} names by account
 */
export function names({ people }, account) {
  const known = Object.fromEntries(people.map((person) => [person.account, name(person)]));
  return account ? { ...known, [account.id]: "you" } : known;
}

/** @param {import("./api.js").Person} person */
const name = ({ name, contact }) => name || contact;
