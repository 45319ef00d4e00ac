"""Who may have a share, how often and from where: decided and claimed in the release's own transaction."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from .. import clock, contacts, leavers
from ..passes import Pass
from ..sql import one, sql
from . import sign_in
from .models import Consent, Key, SignIn, Use

# Compiled once: every release asks these.
_USED = select(func.sum(Use.releases)).where(Use.key_id == bindparam("key"))
_COUNT = (
    "INSERT INTO use (key_id, account, releases) VALUES (?, ?, 1) "
    "ON CONFLICT (key_id, account) DO UPDATE SET releases = use.releases + 1"
)
_CLAIM = "UPDATE key SET claimed_by = ?, claimed_person = coalesce(?, claimed_person) WHERE id = ?"
RECOVERY = "key:recover"  # a pass's scope: its portal gives it to administrators of the key's organisation
BY_CONSENT = frozenset({"claimed", "elsewhere", "used_up"})
"""The refusals that the owner's consent lifts, for one opening."""
_BEFORE_SIGN_IN = frozenset({"not_available", "revoked", "expired", "not_yet"})
"""The refusals that nobody has to sign in for once more: who is not meant learns of no sign-in, others not in vain."""


@dataclass(frozen=True)
class Decision:
    """Why a key is not released (a word of refusals.py), or None where it is, and the consent that this takes.

    `sign_in` is the one at the institution's own provider, where that is demanded. `first` says that nobody is named:
    who opens it first claims it.
    """

    refusal: str | None
    consent: Consent | None = None
    sign_in: SignIn | None = None
    first: bool = False


def find(session: Session, key_id: str) -> Key | None:
    """Return a key, to decide on it: in a write transaction, until whose end nobody else does or changes its policy."""
    return one(session, Key, "id = ?", (key_id,))


def decide(
    session: Session,
    key: Key | None,
    asker: Pass,
    secret: bytes,
    idempotency_key: str,
    repeat: bool = False,
    own_sign_in: bool = False,
    saves: bool = False,
) -> Decision:
    """Decide on a key, or on none. What is granted must be claimed in the same transaction: else no limit holds.

    `repeat` is a request that has been granted before: it takes no second opening, but all else is asked again.
    `own_sign_in` says that a pass is not enough (sign_in.py). `saves` is said by a program that leaves files: refused,
    where the owner wants the photos looked at only. That is a word between honest programs, and no secret keeps it.
    """
    if key is None:
        return Decision("not_available")
    if leavers.is_one(session, asker):
        return Decision("disabled")
    named = _named(session, key)
    meant = _is_meant(key, asker, secret, named)
    word = _of_recovery(key, asker) if asker.scope == RECOVERY else _refusal(session, key, asker, meant, repeat)
    found = None
    if own_sign_in and word not in _BEFORE_SIGN_IN:
        lacks, found = _own_sign_in(session, key, asker, named)
        word = lacks or word
    consent = _consent(session, key, asker, idempotency_key) if word in BY_CONSENT else None
    if word is None or consent is not None:
        return Decision("look_only" if saves and not key.download else None, consent, found, first=not named)
    return Decision(word, sign_in=found)


def _own_sign_in(session: Session, key: Key, asker: Pass, named: set[str]) -> tuple[str | None, SignIn | None]:
    """Return why somebody's own sign-in does not do, or None, and the sign-in where there is one."""
    if asker.scope == RECOVERY:
        return sign_in.refusal(session, asker, set())
    lacks, found = sign_in.refusal(session, asker, named)
    # A portal that lies can give anybody's account to another person of the institution.
    is_another = bool(found and key.claimed_by and key.claimed_person not in (None, found.person))
    return lacks or ("claimed" if is_another else None), found


def _consent(session: Session, key: Key, asker: Pass, idempotency_key: str) -> Consent | None:
    """Return the consent that an account has not used yet, or has used for this very request."""
    found = session.get(Consent, (key.id, asker.account))
    unused = found and found.used_by is None and clock.now() <= found.until
    return found if found and (unused or found.used_by == idempotency_key) else None


def claim(session: Session, key: Key, asker: Pass, decision: Decision, idempotency_key: str) -> None:
    """Take what a granted decision takes: an opening, the key for the first account, or a consent; a recovery nothing.

    An opening by consent counts towards no limit: it is nobody else's that it would use up.
    """
    if asker.scope == RECOVERY:
        return
    if decision.consent:
        decision.consent.used_by = idempotency_key
        return
    if decision.first:
        person = decision.sign_in.person if decision.sign_in else None
        sql(session, _CLAIM, (asker.account, person, key.id))
    sql(session, _COUNT, (key.id, asker.account))


def _refusal(session: Session, key: Key, asker: Pass, meant: bool, repeat: bool) -> str | None:
    """Return the first reason that holds. Only after the first line is anything said of the key."""
    now = clock.now()
    if asker.issuer != key.issuer or key.file_sha256 is None or not meant:
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


def _of_recovery(key: Key, asker: Pass) -> str | None:
    """Return why an organisation may not recover a key, whoever is named, however often and until when it opens.

    What its sender has withdrawn stays closed: they were told that nobody can open it from then on.
    """
    is_theirs = (key.issuer, key.organisation) == (asker.issuer, asker.organisation) and key.organisation
    if not is_theirs or key.file_sha256 is None:
        return "not_available"
    return "revoked" if key.revoked_at is not None else None


def _is_meant(key: Key, asker: Pass, secret: bytes, named: set[str]) -> bool:
    """Tell whether the sender means this account: by name, or, where nobody is named, whoever holds the id.

    The id is 128 random bits, and is nowhere but in the link and in the sealed file. So somebody who is told
    `claimed` learns only that another holder of the link was quicker. The owner claims nothing: who tries out
    their own link must not take the photos from whom they are for.
    """
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
