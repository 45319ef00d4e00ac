/**
 * The code with which a key server's own sign-in sends its person back, taken out of the address. It comes in the place
 * of a link's secret part, which has stayed in this tab.
 */

const SIGNED_IN = /^#signed-in=([0-9A-HJKMNP-TV-Z]{26})$/;

/** Empty where nobody comes back. */
export const code = take();

function take() {
  const [, found = ""] = location.hash.match(SIGNED_IN) ?? [];
  if (found) history.replaceState(null, "", location.pathname);
  return found;
}
