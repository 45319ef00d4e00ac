"""Challenges that passkeys answer: each good once, for minutes, for one purpose, and for one session if there is one.

Nothing is kept of a challenge before it is answered, so that whoever only asks for some fills no disk.
"""

import hmac
import secrets

from sqlalchemy import delete
from sqlalchemy.orm import Session

from .. import clock
from .passkey_models import UsedChallenge

ADD, SIGN_IN = "add a passkey", "sign in"  # what for
LIFETIME = 600  # seconds, as codes have
_HEAD = 24  # bytes: 16 at random, 8 for the end of its time


def make(secret: bytes, purpose: str, whose: str = "") -> bytes:
    """Return a fresh challenge for a purpose, and for the session with the token `whose`; empty: for nobody yet."""
    head = secrets.token_bytes(16) + (clock.now() + LIFETIME).to_bytes(8, "big")
    return head + _mac(secret, purpose, whose, head)


def use(session: Session, secret: bytes, challenge: bytes, purpose: str, whose: str = "") -> bool:
    """Tell whether this is a good challenge for that, and use it up.

    To be called in a write transaction that is committed whatever the answer: of answers in parallel, one is the first.
    """
    head, mac = challenge[:_HEAD], challenge[_HEAD:]
    now, expires_at = clock.now(), int.from_bytes(head[16:], "big")
    if not hmac.compare_digest(mac, _mac(secret, purpose, whose, head)) or expires_at < now:
        return False
    session.execute(delete(UsedChallenge).where(UsedChallenge.expires_at < now))
    if session.get(UsedChallenge, challenge) is not None:
        return False
    session.add(UsedChallenge(challenge=challenge, expires_at=expires_at))
    return True


def _mac(secret: bytes, purpose: str, whose: str, head: bytes) -> bytes:
    return hmac.digest(secret, f"{purpose}\0{whose}\0".encode() + head, "sha256")
