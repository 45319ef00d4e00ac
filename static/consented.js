/**
 * Who has agreed to the photos, and how, as their sender says; with the signature, where there is one.
 */

import { _ } from "./text.js";
import { part } from "./views.js";

const [WIDTH, HEIGHT] = [1000, 400]; // of the area that was signed, in units of its points' first number
const SVG = "http://www.w3.org/2000/svg";

/** @typedef {{by: "patient" | "guardian" | "other", how: "spoken" | "written" | "signed", signature: string}} Consent */

/** @type {Record<Consent["by"], Record<Consent["how"], string>>} */
const WORDS = {
  patient: {
    spoken: _("By the patient, in words"),
    written: _("By the patient, in writing"),
    signed: _("By the patient, signed here:"),
  },
  guardian: {
    spoken: _("By a parent or guardian, in words"),
    written: _("By a parent or guardian, in writing"),
    signed: _("By a parent or guardian, signed here:"),
  },
  other: {
    spoken: _("By somebody for the patient, in words"),
    written: _("By somebody for the patient, in writing"),
    signed: _("By somebody for the patient, signed here:"),
  },
};

/** @param {Consent | null} consent @returns {string} empty where nothing is said */
export const consented = (consent) => (consent ? WORDS[consent.by][consent.how] : "");

/** @param {Element} view @param {Consent | null} consent */
export function drawSignature(view, consent) {
  if (!consent?.signature) return;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", _("Signature"));
  for (const stroke of consent.signature.split(";")) {
    const line = document.createElementNS(SVG, "polyline");
    const points = stroke.split(" ").map((point) => point.split(",").map(Number));
    const drawn = points.length > 1 ? points : [...points, ...points]; // a dot is a line of no length
    line.setAttribute("points", drawn.map(([x, y]) => `${x},${(y * HEIGHT) / 1000}`).join(" "));
    picture.append(line);
  }
  part(view, "signature").replaceChildren(picture);
}
