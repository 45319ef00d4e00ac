"""What auditors read: the entries about their organisation's keys, each with its proof. That they read is logged."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.orm import Session

from sealed import entries, notes

from .. import clock
from ..passes import Pass
from . import log
from .models import Entry, Key
from .server import KeyServer

MOST = entries.PAGE  # entries in one answer
OFTEN = 3600  # seconds of which one entry tells that somebody read, however many pages: readers must not fill the log


@dataclass(frozen=True)
class Wanted:
    """Which entries: those before a number (not itself), recorded from `begin` to `end` (seconds since 1970)."""

    before: int
    begin: int
    end: int


def read(here: KeyServer, auditor: Pass, wanted: Wanted, remembered: int) -> dict[str, Any]:
    """Return entries about the keys of the organisation that a pass is for, newest first, MOST of them at once.

    Each comes with its receipt, all under one checkpoint, and with what is not erased of what it only commits to;
    `consistency` leads to that checkpoint from the size `remembered`. That they were read is in the log before.
    """
    here.commits.run(lambda session: _note(here, session, auditor))
    with here.database.read() as session:
        found = session.scalars(_query(auditor, wanted)).all()
        observed = log.observed(session, [entry.number for entry in found])
        proofs = [here.log.receipt(session, entry, 0 if entry is not found[0] else remembered) for entry in found]
    told = [
        {"entry": proof.entry.decode(), "receipt": proof.text, "observed": observed[entry.number]}
        for entry, proof in zip(found, proofs, strict=True)
    ]
    consistency = [notes.write_base64(one) for one in proofs[0].consistency] if proofs else []
    return {"entries": told, "consistency": consistency}


def _query(auditor: Pass, wanted: Wanted) -> Select[Entry]:
    # Another issuer can have an organisation of the same id. An entry that is about no key is of who made it.
    issuer = func.coalesce(Key.issuer, Entry.issuer)
    return (
        select(Entry)
        .outerjoin(Key, Key.id == Entry.key_id)
        .where(Entry.organisation == auditor.object, Entry.organisation != literal_column("''"))  # as the index has it
        .where(issuer == auditor.issuer, Entry.number < wanted.before)
        .where(Entry.recorded_at >= wanted.begin, Entry.recorded_at <= wanted.end)
        .order_by(Entry.number.desc())
        .limit(MOST)
    )


def _note(here: KeyServer, session: Session, auditor: Pass) -> None:
    name = f"hours {clock.now() // OFTEN}"  # no Idempotency-Key has a space
    if log.find(session, auditor, name) is None:
        here.log.append(session, replace(auditor, organisation=auditor.object), "audit", "granted", found_by=name)
