/**
 * The auditors' page: sign in, see what the log has about an organisation's photos, prove it, and take it along.
 */

import * as api from "./api.js";
import { AuditLog } from "./auditlog.js";
import { takeEngine } from "./early.js";
import { hindrance } from "./hindrances.js";
import { explain } from "./problems.js";
import { _ } from "./text.js";
import { current, part, show } from "./views.js";
import { Visitor } from "./visitor.js";

const visitor = new Visitor({
  hindrance: () => hindrance(_("this page"), _("Write https:// before it, or tell whoever runs Safelight for you.")),
  enter,
  problem,
  takeEngine,
});

async function enter() {
  const before = current();
  const audit = await api.getAudit();
  if (!before.isConnected) return;
  const log = new AuditLog(audit, visitor.name, {
    ask: (door, args) => visitor.engine?.call(door, args) ?? Promise.reject(),
    problem,
    signOut: visitor.signOut,
  });
  await log.look();
}

/** @param {unknown} error @param {() => void} [again] - what "Try again" does */
function problem(error, again = () => visitor.start()) {
  const { kind, title, text, way } = explain(error);
  if (kind === "cancelled") return;
  if (kind === "sign_in") return visitor.leave();
  const view = show("problem", { title, text, who: visitor.name }, { again, signOut: visitor.signOut });
  view.dataset.kind = kind;
  part(view, "again").hidden = way !== "again";
}

visitor.start();
