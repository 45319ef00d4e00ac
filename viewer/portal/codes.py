"""Codes: made, sent once, and good once, for ten minutes and few tries; the more guesses in vain, the longer."""

import hmac
import secrets
import unicodedata

from sqlalchemy import delete
from sqlalchemy.orm import Session

from .. import clock, contacts
from ..sql import sql
from . import limits
from .models import Code

LIFETIME = 600  # seconds (ASVS 5.0, 6.5.5: at most ten minutes)
TRIES = 5  # of 1,000,000 codes: a guesser's chance is 1 in 200,000 for each code sent
YEAR = 365 * limits.DAY  # seconds
# From so many wrong tries on, a code has so many digits. One contact's are counted for a year, everybody's for a day.
# At 6 digits and 20 codes a day a guesser would have one contact's account within a year in 1 of 27 cases; so it is
# in 1 of 40,000. Nobody is shut out by it, however often a stranger guesses: the true code is longer, and as good.
# Nothing takes it back but time: were a sign-in to, the length would tell strangers that there is an account.
LENGTHS = {0: 6, 20: 8, 100: 10}
LENGTHS_OF_ALL = {0: 6, 100: 8, 1000: 10}
_EVERYBODY = "wrong"
_TRY = (
    "UPDATE code SET tries = tries + 1 "
    "WHERE attempt = ? AND used_at IS NULL AND tries < ? AND expires_at >= ? RETURNING contact, hmac, tries"
)


def make(session: Session, secret: bytes, contact: str, attempt: str = "") -> tuple[str, str]:
    """Keep a fresh code for a contact; return (attempt, code). The code of an empty contact is good for nothing.

    The attempt is a secret of the browser that asked: nobody else can use up its tries, a code is good for nothing
    without it, and a newer code ends no older one. Else strangers could, by asking for codes for somebody.
    """
    now = clock.now()
    session.execute(delete(Code).where(Code.expires_at < now))
    digits = _length(session, secret, contact)
    attempt, code = attempt or new_attempt(), f"{secrets.randbelow(10**digits):0{digits}}"
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


def use(session: Session, secret: bytes, attempt: str, typed: str, adds_to: str = "") -> str | None:
    """Return the contact that a code proves, or None; count the try.

    To be called in a write transaction that is committed whatever the answer: tries in
    parallel come one after the other. For an attempt that is unknown, used or over it does
    as much as for a wrong code, so that the time tells nothing. A code to sign in adds no
    contact to an account, `adds_to`, and the other way round.
    """
    now = clock.now()
    attempt = attempt if attempt.rpartition(":")[0] == adds_to else ""
    found = sql(session, _TRY, (attempt, TRIES, now))
    [(contact, kept, tries)] = found or [("", bytes(32), 0)]
    right = hmac.compare_digest(bytes(kept), _hmac(secret, attempt, _digits(typed)))
    if not (found and right and contact):
        limits.spend(session, _wrong(secret, contact), 0, YEAR)
        limits.spend(session, _EVERYBODY if contact else "wrong about nobody", 0, limits.DAY)
        return None
    session.get_one(Code, attempt).used_at = now
    # Who got it right in the end has mistyped, not guessed.
    limits.give_back(session, _wrong(secret, contact), tries - 1, YEAR)
    limits.give_back(session, _EVERYBODY, tries - 1, limits.DAY)
    return str(contact)


def open_one(session: Session, attempt: str) -> Code | None:
    """Return the code of an attempt that somebody is still to prove a contact by."""
    code = session.get(Code, attempt)
    is_open = code and code.contact and code.used_at is None and code.expires_at >= clock.now()
    return code if is_open else None


def new_attempt(adds_to: str = "") -> str:
    """Return the name of an attempt that is to be made: to sign in, or to add a contact to an account."""
    token = secrets.token_urlsafe(16)
    return f"{adds_to}:{token}" if adds_to else token


def _digits(typed: str) -> str:
    """Return what was typed without spaces, dashes and the like, its digits as 0 to 9: keyboards differ."""
    return "".join(str(unicodedata.decimal(one)) for one in typed if one.isdecimal())


def _length(session: Session, secret: bytes, contact: str) -> int:
    """Return how many digits the next code for a contact has."""
    own, all_ = limits.spent(session, _wrong(secret, contact), YEAR), limits.spent(session, _EVERYBODY, limits.DAY)
    told = [digits for least, digits in LENGTHS.items() if own >= least]
    return max(told + [digits for least, digits in LENGTHS_OF_ALL.items() if all_ >= least])


def _wrong(secret: bytes, contact: str) -> str:
    return f"wrong {contacts.pseudonym(secret, contact)}"


def _hmac(secret: bytes, attempt: str, code: str) -> bytes:
    """A million codes are soon tried: without the secret, a stolen database tells none."""
    return hmac.digest(secret, f"{attempt}\0{code}".encode(), "sha256")
