"""What a portal reads of the log to tell its people, and what one of them reads to prove a single entry."""

from typing import Any

from sqlalchemy import func, select

from sealed import canonical

from .. import clock
from ..passes import Pass
from ..problems import not_available
from . import audit_event, keys
from .log import Receipt
from .models import Entry, Key
from .server import KeyServer

MOST = 100  # events in one answer


def since(here: KeyServer, asker: Pass, after: int) -> dict[str, Any]:
    """Return the entries behind number `after` (-1: all) about keys of the asker's issuer, oldest first, MOST of them.

    Whoever did it: what another issuer's people tried is told to the one whose key it was. `size` is the log's own:
    smaller than what was read of it before, it is another log, put back from a backup.
    """
    query = select(Entry, Key).join(Key, Key.id == Entry.key_id).where(Key.issuer == asker.issuer, Entry.number > after)
    with here.database.read() as session:
        found = session.execute(query.order_by(Entry.number).limit(MOST)).all()
        size = session.scalar(select(func.max(Entry.number)))
    return {"events": [_told(entry, key) for entry, key in found], "size": 0 if size is None else size + 1}


def proof(here: KeyServer, owner: Pass, number: int, remembered: int) -> Receipt:
    """Return one entry about a key of the owner's, with its receipt and the consistency proof from `remembered` on.

    Raises Problem 404 for a key of somebody else's, and for an entry that there is not or that is not about this key.
    """
    with here.database.read() as session:
        key = keys.owned(session, owner)
        entry = session.get(Entry, number) if number.bit_length() <= 63 else None
        if entry is None or entry.key_id != key.id:
            raise not_available()
        return here.log.receipt(session, entry, remembered)


def _told(entry: Entry, key: Key) -> dict[str, Any]:
    """Return an event: what the entry says, and until when its key opens by now, so that recipients can be told."""
    return {
        "number": entry.number,
        "recorded": clock.text(entry.recorded_at),
        "action": entry.action,
        "outcome": entry.outcome,
        "reason": audit_event.read(canonical.loads(entry.body)).reason,
        "key": entry.key_id,
        "issuer": entry.issuer,
        "account": entry.account,
        "not_after": clock.text(key.not_after),
        "revoked": key.revoked_at is not None,
    }
