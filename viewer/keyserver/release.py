"""Releases a server share: policy, log entry, COMMIT, and only then the share (design: section 7).

The order is the promise of this system: no share ever leaves that the log does not
know of. Nothing here may be moved above the COMMIT.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from .. import proofs
from ..passes import Pass
from ..proofs import Proof
from . import log, policy
from .answer import Asked, Sealed, sealed
from .models import Entry, Key
from .refusals import refused
from .server import KeyServer


@dataclass(frozen=True)
class Release:
    """What the recipient's browser gets: the share sealed to it with its proof, and the file to expect."""

    sealed: Sealed
    file_sha256: str
    file_length: int


def release(here: KeyServer, asker: Pass, proof: Proof, asked: Asked) -> Release:
    """Release the share of the key that the asker's pass names, or raise Problem.

    The same request within ten minutes gets the same answer and no second entry, after the policy has been
    asked again.
    """

    def decide_and_log(session: Session) -> tuple[Key | None, Entry | None, str | None]:
        proofs.use(session, proof)
        key = policy.lock(session, asker.object)
        entry = log.find(session, asker, asked.request_id)
        decision = policy.decide(session, key, asker, here.secret, asked.request_id, repeat=entry is not None)
        if key and decision.refusal is None and entry is None:
            policy.claim(session, key, asker, decision, asked.request_id)
            about = log.about(key) | {"hpke_key": asked.hpke_key}
            entry = here.log.append(session, asker, "release", "granted", asked.request_id, **about)
        elif key and decision.refusal and log.may_deny(session, asker):
            here.log.append(session, asker, "release", "denied", reason=decision.refusal)
        return key, entry, decision.refusal

    key, entry, refusal = here.commits.run(decide_and_log)
    # COMMIT has returned: what follows is in the log, or this line is never reached.

    if key is None or entry is None or refusal is not None:
        raise refused(key, refusal)
    asked.check(entry)
    return Release(sealed(here, key, entry, asked), key.file_sha256 or "", key.file_length or 0)
