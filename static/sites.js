/**
 * Where on the body: the regions of a figure seen from the front and from the back, as they are told and drawn.
 */

import { _ } from "./text.js";

/** @typedef {{name: string, path: string, mirrored: boolean}} Region - drawn in a field 240 wide and 440 high */

/** As paths: those in the middle, and those of the half at the left of the picture. */
const HEAD = "M120 4A29 34 0 0 1 120 72A29 34 0 0 1 120 4Z";
const FOREHEAD = "M92 36A29 34 0 0 1 148 36Z";
const FACE = "M91 38A29 34 0 0 0 149 38Z";
const NECK = "M107 74H133L139 92H101Z";
const SHOULDER = "M82 94Q58 96 53 122H83Z";
const CHEST = "M84 94H119V146H87L85 122Z";
const BELLY = "M87 148H153L151 200H89Z";
const GROIN = "M90 202H150L127 240H113Z";
const BUTTOCK = "M88 202H119V250Q98 254 84 242Z";
const UPPER_ARM = "M53 124H82L76 174H45Z";
const FOREARM = "M45 176H75L66 230H37Z";
const HAND = "M36 232H67L66 262Q51 278 35 264Z";
const FRONT_THIGH = "M88 206L111 242L119 248L115 314H86L80 246Z";
const BACK_THIGH = "M83 246Q98 256 119 252L115 314H86Z";
const KNEE = "M86 316H115V346H87Z";
const LOWER_LEG = "M87 348H115L112 406H91Z";
const FOOT = "M91 408H112L115 428Q100 442 82 431Z";

/** From the front the patient's right is at the left of the picture. @type {[string, string][]} */
const FRONT = [
  [_("Forehead"), FOREHEAD],
  [_("Face"), FACE],
  [_("Front of the neck"), NECK],
  [_("Abdomen"), BELLY],
  [_("Groin"), GROIN],
];
/** @type {[right: string, left: string, path: string][]} */
const FRONT_PAIRS = [
  [_("Right shoulder"), _("Left shoulder"), SHOULDER],
  [_("Right side of the chest"), _("Left side of the chest"), CHEST],
  [_("Right upper arm"), _("Left upper arm"), UPPER_ARM],
  [_("Right forearm, inner side"), _("Left forearm, inner side"), FOREARM],
  [_("Palm of the right hand"), _("Palm of the left hand"), HAND],
  [_("Right thigh"), _("Left thigh"), FRONT_THIGH],
  [_("Right knee"), _("Left knee"), KNEE],
  [_("Right shin"), _("Left shin"), LOWER_LEG],
  [_("Top of the right foot"), _("Top of the left foot"), FOOT],
];
/** @type {[string, string][]} */
const BACK = [
  [_("Back of the head"), HEAD],
  [_("Nape of the neck"), NECK],
  [_("Lower back"), BELLY],
];
/** @type {[left: string, right: string, path: string][]} */
const BACK_PAIRS = [
  [_("Back of the left shoulder"), _("Back of the right shoulder"), SHOULDER],
  [_("Left upper back"), _("Right upper back"), CHEST],
  [_("Back of the left upper arm"), _("Back of the right upper arm"), UPPER_ARM],
  [_("Left forearm, outer side"), _("Right forearm, outer side"), FOREARM],
  [_("Back of the left hand"), _("Back of the right hand"), HAND],
  [_("Left buttock"), _("Right buttock"), BUTTOCK],
  [_("Back of the left thigh"), _("Back of the right thigh"), BACK_THIGH],
  [_("Hollow of the left knee"), _("Hollow of the right knee"), KNEE],
  [_("Left calf"), _("Right calf"), LOWER_LEG],
  [_("Left heel or sole"), _("Right heel or sole"), FOOT],
];

/** @param {[string, string][]} single @param {[string, string, string][]} pairs @returns {Region[]} */
const regions = (single, pairs) => [
  ...single.map(([name, path]) => ({ name, path, mirrored: false })),
  ...pairs.flatMap(([name, other, path]) => [{ name, path, mirrored: false }, { name: other, path, mirrored: true }]),
];

/** @type {Record<"front" | "back", Region[]>} */
export const SITES = { front: regions(FRONT, FRONT_PAIRS), back: regions(BACK, BACK_PAIRS) };
