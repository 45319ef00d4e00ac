"""Six-digit codes: made, sent once, and good once, for ten minutes and few tries."""

import hmac
import secrets

from sqlalchemy import delete
from sqlalchemy.orm import Session

from .. import clock
from .models import Code

LIFETIME = 600  # seconds (ASVS 5.0, 6.5.5: at most ten minutes)
TRIES = 5  # of 1,000,000 codes: a guesser's chance is 1 in 200,000 for each code sent


def make(session: Session, secret: bytes, contact: str) -> tuple[str, str]:
    """Keep a fresh code for a contact; return (attempt, code).

    The attempt names it to the browser that asked, so nobody else can use up its tries.
    """
    now = clock.now()
    session.execute(delete(Code).where(Code.expires_at < now))
    attempt, code = secrets.token_urlsafe(16), f"{secrets.randbelow(1_000_000):06}"
    session.add(
        Code(
            attempt=attempt,
            contact=contact,
            hmac=_hmac(secret, attempt, code),
            expires_at=now + LIFETIME,
            tries=0,
            used_at=None,
        )
    )
    return attempt, code


def use(session: Session, secret: bytes, attempt: str, typed: str) -> str | None:
    """Return the contact that a code proves, or None; count the try.

    To be called in a write transaction that is committed whatever the answer: tries in
    parallel come one after the other.
    """
    code = session.get(Code, attempt)
    if code is None or code.used_at is not None or code.tries >= TRIES or code.expires_at < clock.now():
        return None
    code.tries += 1
    if not hmac.compare_digest(code.hmac, _hmac(secret, attempt, typed)):
        return None
    code.used_at = clock.now()
    return code.contact


def _hmac(secret: bytes, attempt: str, code: str) -> bytes:
    """A million codes are soon tried: without the secret, a stolen database tells none."""
    return hmac.digest(secret, f"{attempt}\0{code}".encode(), "sha256")
