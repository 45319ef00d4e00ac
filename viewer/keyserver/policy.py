"""Who may have a share, how often and from where: decided and claimed in the release's own transaction."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from .. import clock, contacts
from ..passes import Pass
from ..sql import sql
from .models import Consent, Key, Use

# Compiled once: every release asks these.
_LOCK = select(Key).where(Key.id == bindparam("id")).with_for_update()
_USED = select(func.sum(Use.releases)).where(Use.key_id == bindparam("key"))
_COUNT = (
    "INSERT INTO use (key_id, account, releases) VALUES (?, ?, 1) "
    "ON CONFLICT (key_id, account) DO UPDATE SET releases = use.releases + 1"
)
BY_CONSENT = frozenset({"claimed", "elsewhere", "used_up"})
"""The refusals that the owner's consent lifts, for one opening."""


@dataclass(frozen=True)
class Decision:
    """Why a key is not released (a word of refusals.py), or None where it is, and the consent that this takes."""

    refusal: str | None
    consent: Consent | None = None


def lock(session: Session, key_id: str) -> Key | None:
    """Return a key, and let nobody else decide on it, claim it or change its policy until the transaction ends.

    In PostgreSQL the row is locked; in SQLite `Database.write` has locked everything, and the clause goes unsaid.
    """
    return session.scalars(_LOCK, {"id": key_id}).one_or_none()


def decide(
    session: Session, key: Key | None, asker: Pass, secret: bytes, idempotency_key: str, repeat: bool = False
) -> Decision:
    """Decide on a locked key, or on none. What is granted must be claimed in the same transaction: else no limit holds.

    `repeat` is a request that has been granted before: it takes no second opening, but all else is asked again.
    """
    word = _refusal(session, key, asker, secret, repeat) if key else "not_available"
    if key is None or word not in BY_CONSENT:
        return Decision(word)
    consent = session.get(Consent, (key.id, asker.account))
    if consent and (consent.used_by == idempotency_key or (consent.used_by is None and clock.now() <= consent.until)):
        return Decision(None, consent)
    return Decision(word)


def claim(session: Session, key: Key, asker: Pass, decision: Decision, idempotency_key: str) -> None:
    """Take what a granted decision takes: an opening, the key for the first account, or a consent.

    An opening by consent counts towards no limit: it is nobody else's that it would use up.
    """
    if decision.consent:
        decision.consent.used_by = idempotency_key
        return
    if not _named(session, key):
        key.claimed_by = asker.account
    sql(session, _COUNT, (key.id, asker.account))


def _refusal(session: Session, key: Key, asker: Pass, secret: bytes, repeat: bool) -> str | None:
    """Return the first reason that holds. Only after the first line is anything said of the key."""
    now = clock.now()
    if asker.issuer != key.issuer or key.file_sha256 is None or not _is_meant(session, key, asker, secret):
        return "not_available"
    if key.revoked_at is not None:
        return "revoked"
    if key.not_after < now:
        return "expired"
    if key.not_before is not None and now < key.not_before:
        return "not_yet"
    if key.passkey and asker.signed_in_by != "passkey":
        return "passkey_needed"
    if key.claimed_by not in (None, asker.account):
        return "claimed"
    if key.jurisdictions and asker.jurisdiction not in key.jurisdictions.split():
        return "elsewhere"
    if not repeat and _is_used_up(session, key, asker):
        return "used_up"
    return None


def _is_meant(session: Session, key: Key, asker: Pass, secret: bytes) -> bool:
    """Tell whether the sender means this account: by name, or, where nobody is named, whoever holds the id.

    The id is 128 random bits, and is nowhere but in the link and in the sealed file. So somebody who is told
    `claimed` learns only that another holder of the link was quicker. The owner claims nothing: who tries out
    their own link must not take the photos from whom they are for.
    """
    named = _named(session, key)
    if not named:
        return asker.account != key.account
    return not named.isdisjoint(contacts.pseudonym(secret, contact.value) for contact in asker.contacts)


def _named(session: Session, key: Key) -> set[str]:
    return {contact for (contact,) in sql(session, "SELECT contact FROM recipient WHERE key_id = ?", (key.id,))}


def _is_used_up(session: Session, key: Key, asker: Pass) -> bool:
    if key.most_each is not None:
        each = session.scalar(_USED.where(Use.account == asker.account), {"key": key.id})
        if (each or 0) >= key.most_each:
            return True
    if key.most is None:
        return False
    return (session.scalar(_USED, {"key": key.id}) or 0) >= key.most
