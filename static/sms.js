/**
 * What a message says beside the link: as much as one SMS holds, and nothing about the patient.
 */

// 3GPP TS 23.038: the default alphabet, and what counts twice in it. Other letters make the whole message one of 70.
const SINGLE =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const DOUBLE = "\f^{}\\[~]|€";
const [ROOM, ROOM_IN_PARTS] = [160, 153];
const [ROOM_UCS2, ROOM_UCS2_IN_PARTS] = [70, 67];

/** @param {string} text @returns {number} how many SMS it takes */
export function parts(text) {
  const counts = [...text].map((one) => (SINGLE.includes(one) ? 1 : DOUBLE.includes(one) ? 2 : NaN));
  const length = counts.reduce((sum, one) => sum + one, 0);
  if (Number.isNaN(length)) return text.length <= ROOM_UCS2 ? 1 : Math.ceil(text.length / ROOM_UCS2_IN_PARTS);
  return length <= ROOM ? 1 : Math.ceil(length / ROOM_IN_PARTS);
}

/**
 * @param {string} link
 * @param {string[]} words - what may stand before it, from the best to the shortest
 * @returns {string} the best that fits one SMS; the bare link where none does, even if that takes two
 */
export const message = (link, words) =>
  words.map((one) => `${one} ${link}`).find((text) => parts(text) === 1) ?? link;
