"""Reads of the key servers' logs what concerns this portal's people: each entry once, whoever of us reads it."""

from typing import Any

import requests
from sqlalchemy.orm import Session

from .. import clock
from ..config import Settings
from ..database import Database
from .itself import PATIENCE, Itself
from .models import EventCursor
from .passes import PassIssuer

_PATH = "/v1/events"
EVERY = 5  # seconds between two looks, of all processes together


class Reader:
    """One process's eye on the logs, by passes that the portal issues to itself (PASSES.md)."""

    def __init__(self, settings: Settings, issuer: PassIssuer) -> None:
        self._itself = Itself(settings, issuer)

    def fetch(self, key_server: str, after: int) -> dict[str, Any]:
        """Return what a key server answers about the entries behind number `after`, -1 for all.

        Raises requests.RequestException, and so for an answer that is a refusal or no JSON.
        """
        headers = self._itself.headers("GET", key_server, _PATH, "events:read")
        query = {"after": after} if after >= 0 else {}
        answer = requests.get(key_server + _PATH, query, headers=headers, timeout=PATIENCE, allow_redirects=False)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def claim(database: Database, key_server: str) -> int | None:
    """Return after which entry to read on, or None where it is not yet time, or another process's turn."""
    now = clock.now()
    with database.read() as session:
        seen = session.get(EventCursor, key_server)
        if seen and seen.claimed_until > now:
            return None
    with database.write() as session:
        cursor = session.get(EventCursor, key_server, with_for_update=True)
        if cursor is None:
            cursor = EventCursor(key_server=key_server, number=-1, claimed_until=0)
            session.add(cursor)
        if cursor.claimed_until > now:
            return None
        cursor.claimed_until = now + EVERY
        return cursor.number


def advance(session: Session, key_server: str, before: int, number: int) -> bool:
    """Note that the log has been read from `before` up to `number`; False where somebody else has been quicker.

    To be called in the write transaction that also keeps what follows from the entries: so that happens once.
    """
    cursor = session.get_one(EventCursor, key_server, with_for_update=True)
    if cursor.number != before:
        return False
    cursor.number = number
    return True
