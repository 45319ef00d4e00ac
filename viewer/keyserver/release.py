"""Releases a server share: policy, log entry, COMMIT, and only then the share (design: section 7).

The order is the promise of this system: no share ever leaves that the log does not
know of. Nothing here may be moved above the COMMIT.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from .. import proofs
from ..passes import Pass
from ..proofs import Proof
from . import log, policy, policy_form, sign_in
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


def release(here: KeyServer, asker: Pass, proof: Proof, asked: Asked, saves: bool = False) -> Release:
    """Release the share of the key that the asker's pass names, or raise Problem; a recovery is a release, too.

    The same request within ten minutes gets the same answer and no second entry, after the policy has been
    asked again. `saves` is said by a program that leaves files.
    """

    def decide_and_log(session: Session) -> tuple[Key | None, Entry | None, str | None]:
        proofs.use(session, proof)
        key = policy.find(session, asker.object)
        entry = log.find(session, asker, asked.request_id)
        decision = policy.decide(
            session,
            key,
            asker,
            here.secret,
            asked.request_id,
            repeat=entry is not None,
            own_sign_in=here.sign_in is not None,
            saves=saves,
        )
        if key and decision.refusal is None and entry is None:
            policy.claim(session, key, asker, decision, asked.request_id)
            entry = _grant(here, session, key, asker, decision, asked)
        elif key and decision.refusal and log.may_deny(session, asker):
            here.log.append(session, asker, asked.action, "denied", reason=decision.refusal)
        return key, entry, decision.refusal

    key, entry, refusal = here.commits.run(decide_and_log)
    # COMMIT has returned: what follows is in the log, or this line is never reached.

    if key is None or entry is None or refusal is not None:
        raise refused(key, refusal)
    asked.check(entry)
    return Release(sealed(here, key, entry, asked), key.file_sha256 or "", key.file_length or 0)


def _grant(here: KeyServer, session: Session, key: Key, asker: Pass, decision: policy.Decision, asked: Asked) -> Entry:
    """Add the entry of a release: by whom and how signed in, of which file, for which key of the asker's."""
    by, how = sign_in.logged(here.sign_in, asker, decision.sign_in)
    more = log.about(key) | policy_form.for_reader(key, decision.consent is not None) | how
    return here.log.append(session, by, asked.action, "granted", asked.request_id, hpke_key=asked.hpke_key, **more)
