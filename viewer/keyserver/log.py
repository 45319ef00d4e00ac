"""The log: numbered without gaps, written in the transaction of what it records."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sealed import canonical

from .. import clock
from ..passes import Pass
from .models import Entry

MOST_DENIALS = (60, 3600)  # entries per account, in how many seconds: noise cannot fill the disk


def append(
    session: Session, asker: Pass, action: str, outcome: str, idempotency_key: str | None = None, **more: Any
) -> Entry:
    """Add an entry about a key; the caller's transaction makes it last.

    The session's transaction must be a write transaction from its start: that lock
    keeps the numbers without gap and twin.
    """
    number = (session.scalar(select(func.max(Entry.number))) or 0) + 1
    recorded_at = clock.now()
    body = {
        "number": number,
        "recorded": clock.text(recorded_at),
        "action": action,
        "outcome": outcome,
        "key": asker.object,
        "issuer": asker.issuer,
        "account": asker.account,
        "signed_in_by": asker.signed_in_by,
    }
    entry = Entry(
        number=number,
        recorded_at=recorded_at,
        key_id=asker.object,
        issuer=asker.issuer,
        account=asker.account,
        action=action,
        outcome=outcome,
        idempotency_key=idempotency_key,
        body=canonical.dumps(body | more),
    )
    session.add(entry)
    return entry


def find(session: Session, asker: Pass, idempotency_key: str) -> Entry | None:
    """Return the entry that an earlier try of the same request has left."""
    return session.scalar(
        select(Entry).where(
            Entry.issuer == asker.issuer,
            Entry.account == asker.account,
            Entry.key_id == asker.object,
            Entry.idempotency_key == idempotency_key,
        )
    )


def may_deny(session: Session, asker: Pass) -> bool:
    """Tell whether one more denial of this account is still worth an entry."""
    most, seconds = MOST_DENIALS
    recent = select(func.count()).where(
        Entry.issuer == asker.issuer,
        Entry.account == asker.account,
        Entry.outcome == "denied",
        Entry.recorded_at > clock.now() - seconds,
    )
    return (session.scalar(recent) or 0) < most


def entries(session: Session, key_id: str) -> list[Any]:
    """Return a key's entries, oldest first."""
    query = select(Entry.body).where(Entry.key_id == key_id).order_by(Entry.number)
    return [canonical.loads(body) for body in session.scalars(query)]
