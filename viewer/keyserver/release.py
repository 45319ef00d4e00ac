"""Releases a server share: policy, log entry, COMMIT, and only then the share (design: section 7).

The order is the promise of this system: no share ever leaves that the log does not
know of. Nothing here may be moved above the COMMIT.
"""

from dataclasses import dataclass, field

from .. import clock
from ..database import Database
from ..passes import Pass
from ..problems import Problem, not_available
from . import log, policy
from .models import Entry, Key
from .vault import Vault

REPEAT = 600  # seconds in which the same request gets the same answer

_REFUSALS = {
    "revoked": "The sender has withdrawn these photos. Ask the sender if you still need them.",
    "expired": "The time for opening these photos is over. Ask the sender to send them again.",
}


@dataclass(frozen=True)
class Release:
    """What the recipient's browser gets: the share (32 bytes), the file to expect, the entry's number and time."""

    server_share: bytes = field(repr=False)
    file_sha256: str
    file_length: int
    number: int
    recorded: str


def release(database: Database, vault: Vault, secret: bytes, asker: Pass, idempotency_key: str) -> Release:
    """Release the share of the key that the asker's pass names, or raise Problem.

    The same idempotency key within REPEAT seconds gets the same answer and no second
    entry, after the policy has been asked again.
    """
    with database.write() as session:
        key = session.get(Key, asker.object)
        refusal = policy.refusal(key, asker, secret) if key else "not_available"
        entry: Entry | None = None
        if key and refusal is None:
            entry = log.find(session, asker, idempotency_key) or log.append(
                session, asker, "release", "granted", idempotency_key, file=key.file_sha256
            )
        elif key and log.may_deny(session, asker):
            log.append(session, asker, "release", "denied", reason=refusal)
    # The block above has committed: what follows is in the log, or this line is never reached.

    if key is None or entry is None or refusal is not None:
        if refusal in _REFUSALS:
            raise Problem(403, refusal, _REFUSALS[refusal])
        raise not_available()
    if entry.action != "release" or clock.now() - entry.recorded_at > REPEAT:
        raise Problem(422, "used_before", "This request was made before. Try again.")
    return Release(
        vault.unwrap(key.wrapped_share, key.id),
        key.file_sha256 or "",
        key.file_length or 0,
        entry.number,
        clock.text(entry.recorded_at),
    )
