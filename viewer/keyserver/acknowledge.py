"""Whoever a share was released to says that a photo could be seen: released is not seen, so it is an entry of its own.
Likewise that the photos were saved.

Only their browser or program knows, and only it says so: the entry proves no more than that, and its lack nothing.
"""

from sqlalchemy.orm import Session

from .. import clock
from ..passes import Pass
from ..problems import not_available
from . import log
from .models import Entry
from .server import KeyServer


def acknowledge(here: KeyServer, asker: Pass, number: int, saved: bool = False) -> str:
    """Note that what was released by the log's entry `number` has been seen, or saved; return when (RFC 3339).

    Saying it again changes nothing. Raises Problem 404 unless that entry is a release of this key to this account.
    """

    def note_and_log(session: Session) -> str:
        if not _is_release_to(asker, session.get(Entry, number)):
            raise not_available()
        action = "save" if saved else "acknowledge"
        # No Idempotency-Key has a space: no request of another kind is taken for this one.
        name = f"{'saved' if saved else 'entry'} {number}"
        seen = log.find(session, asker, name)
        if seen is None:
            seen = here.log.append(session, asker, action, "granted", found_by=name, entry=number)
        return clock.text(seen.recorded_at)

    return here.commits.run(note_and_log)


def _is_release_to(asker: Pass, entry: Entry | None) -> bool:
    if entry is None or (entry.action, entry.outcome) != ("release", "granted"):
        return False
    return (entry.issuer, entry.account, entry.key_id) == (asker.issuer, asker.account, asker.object)
