/**
 * Shows bytes as programmers look at them: where, in hex, and as letters.
 */

/** As in inbox.css: wide enough for 16 bytes in a row. */
const WIDE = matchMedia("(min-width: 36rem)");

/**
 * @param {Element} into
 * @param {string} hex - two digits for each byte
 * @param {number} readable - how many of the first bytes are not noise
 */
export function hexdump(into, hex, readable) {
  const bytes = (hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
  const draw = () => into.replaceChildren(...rows(bytes, readable, WIDE.matches ? 16 : 8));
  WIDE.onchange = draw;
  draw();
}

/** @param {number[]} bytes @param {number} readable @param {number} width */
function* rows(bytes, readable, width) {
  for (let at = 0; at < bytes.length; at += width) {
    const row = bytes.slice(at, at + width);
    const clear = Math.max(0, readable - at);
    yield `${at.toString(16).padStart(4, "0")}  `;
    yield* parts(row.map((byte) => byte.toString(16).padStart(2, "0") + " "), clear);
    yield " ";
    yield* parts(row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·")), clear);
    yield "\n";
  }
}

/** @param {string[]} texts @param {number} clear - how many of them are readable */
function* parts(texts, clear) {
  const marked = document.createElement("b");
  marked.textContent = texts.slice(0, clear).join("");
  if (marked.textContent) yield marked;
  yield texts.slice(clear).join("");
}
