/**
 * A text as a code for a camera (QR).
 */

import encodeQR from "./qr.js";

const SVG = "http://www.w3.org/2000/svg";

/** Dark on light whatever the page's colours are: cameras expect it so. @param {HTMLElement} place @param {string} text */
export function draw(place, text) {
  const rows = encodeQR(text, "raw", { border: 4 });
  const squares = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", squares.join(""));
  place.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  place.replaceChildren(path);
}
