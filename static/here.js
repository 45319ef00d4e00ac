/**
 * From the phone to the desktop. On a computer this page shows a code, and opens what a phone sends to it; on the phone
 * that has scanned the code, it sends the link.
 */

import { scanned } from "./scanned.js"; // first: it takes the key out of the address
import { Computer } from "./computer.js";
import { takeEngine } from "./early.js";
import { hindrance } from "./hindrances.js";
import { Phone } from "./phone.js";
import { explain } from "./problems.js";
import { _ } from "./text.js";
import { part, show } from "./views.js";
import { Visitor } from "./visitor.js";

const visitor = new Visitor({
  hindrance: () => hindrance(_("this page"), _("Write https:// before it, or tell whoever runs Safelight for you.")),
  enter: () => side.show(),
  problem,
  takeEngine,
});
const side = scanned.handover ? new Phone(visitor, scanned, problem) : new Computer(visitor, problem);

/** @param {unknown} error @param {() => void} [again] - what "Try again" does */
function problem(error, again = () => visitor.start()) {
  const { kind, title, text, way } = explain(error);
  if (kind === "cancelled") return;
  if (kind === "sign_in") return visitor.leave();
  const view = show("problem", { title, text, who: visitor.name }, { again, signOut: visitor.signOut });
  view.dataset.kind = kind;
  // A computer can show another code; a phone has to scan it.
  part(view, "again").hidden = way !== "again" && (kind !== "handover_over" || Boolean(scanned.handover));
}

visitor.start();
