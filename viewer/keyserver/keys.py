"""What a key's owner does: create it, register its file, change its policy, revoke it, delete it, read its log."""

import re
import secrets
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sealed.keys import SERVER_SHARE_LENGTH
from sealed.released import ALLOWED, CREATE, WANTED

from .. import clock, contacts
from ..passes import Pass
from ..problems import Problem, not_available
from . import log, policy_form, sign_in
from .answer import Asked, Sealed, sealed
from .models import Entry, Key, Request, Use
from .policy_form import Policy
from .refusals import refused
from .server import KeyServer

_SHA256 = re.compile("[0-9a-f]{64}")
T = TypeVar("T")


def create(here: KeyServer, owner: Pass, policy: Policy, asked: Asked) -> Sealed:
    """Make a key with the id that the pass names; return its server share, sealed.

    Hands out a share, so the order is release's: entry, COMMIT, then the share. The same request
    once more within ten minutes gets the same share, unless it is revoked. Raises Problem 409 where the id is taken.
    """

    def make_and_log(session: Session) -> tuple[Key, Entry]:
        key, entry = session.get(Key, owner.object), log.find(session, owner, asked.request_id)
        if key is None:
            key = Key(
                id=owner.object,
                issuer=owner.issuer,
                account=owner.account,
                organisation=owner.organisation,
                owner_contact=next((contacts.pseudonym(here.secret, one.value) for one in owner.contacts), None),
                wrapped_share=here.vault.wrap(secrets.token_bytes(SERVER_SHARE_LENGTH), owner.object),
                created_at=clock.now(),
                policy_version=1,
            )
            policy.put_on(key, here.secret)
            session.add(key)
            logged = _logged(key) | {"hpke_key": asked.hpke_key}
            entry = here.log.append(session, owner, CREATE, "granted", asked.request_id, **logged)
        if _owner(key) != _owner(owner) or entry is None:
            raise Problem(409, "exists", "There is a key with this id already. Begin a new report.")
        asked.check(entry)
        if key.revoked_at is not None:
            raise refused(key, "revoked")
        return key, entry

    key, entry = here.commits.run(make_and_log)
    return sealed(here, key, entry, asked)


def register_file(here: KeyServer, owner: Pass, sha256: str, length: int) -> None:
    """Register the sealed file's hash (64 hex digits) and length in bytes: once, and before any release."""
    if not _SHA256.fullmatch(sha256) or length <= 0:
        raise Problem(400, "bad_file", "A file is registered by its SHA-256 and its length.")

    def register_and_log(session: Session) -> None:
        key = owned(session, owner)
        if key.file_sha256 is None:
            key.file_sha256, key.file_length = sha256, length
            here.log.append(session, owner, "register", "granted", **log.about(key))
        elif (key.file_sha256, key.file_length) != (sha256, length):
            raise Problem(409, "exists", "Another file is registered for this key. Begin a new report.")

    here.commits.run(register_and_log)


def change(here: KeyServer, owner: Pass, policy: Policy) -> int:
    """Give a key another policy, which decides from the next release on; return its version.

    The same policy once more changes nothing. Raises Problem 409 where the key is revoked: that stays; 403 without the
    own sign-in that this server may demand.
    """

    def change_and_log(session: Session) -> int | Problem:
        key = owned(session, owner)
        if key.revoked_at is not None:
            raise Problem(409, "revoked", "You have withdrawn these photos, and that stays. Send them again.")
        if lacking := lacks_sign_in(here, session, key, owner, "policy"):
            return lacking
        before = _asked(key)
        policy.put_on(key, here.secret)
        if _asked(key) != before:
            key.policy_version += 1
            here.log.append(session, owner, "policy", "granted", **_logged(key))
        return key.policy_version

    return settled(here.commits.run(change_and_log))


def revoke(here: KeyServer, owner: Pass) -> str:
    """Let nobody have the share any more, from now on; return since when (RFC 3339)."""

    def revoke_and_log(session: Session) -> str:
        key = owned(session, owner)
        if key.revoked_at is None:
            key.revoked_at = clock.now()
            here.log.append(session, owner, "revoke", "granted", **log.about(key))
        return clock.text(key.revoked_at)

    return here.commits.run(revoke_and_log)


def delete(here: KeyServer, owner: Pass) -> str:
    """Destroy the share for good, so that nobody can have it, the owner neither; return since when (RFC 3339).

    What is logged of it stays. What lies in backups, and for a while in PostgreSQL's files, is its operator's to erase.
    """

    def destroy_and_log(session: Session) -> str:
        key = owned(session, owner)
        if key.deleted_at is None:
            key.deleted_at = clock.now()
            key.revoked_at = key.revoked_at or key.deleted_at
            key.wrapped_share = b""
            here.log.append(session, owner, "delete", "granted", **log.about(key))
        return clock.text(key.deleted_at)

    since = here.commits.run(destroy_and_log)
    here.wipe()
    return since


def standing(here: KeyServer, owner: Pass) -> dict[str, Any]:
    """Return a key's policy, as far as it is known here, and what has been taken of it, for its owner.

    Accounts are the portal's ids: it knows the names, and who the recipients are.
    """
    with here.database.read() as session:
        key = owned(session, owner)
        uses = session.scalars(select(Use).where(Use.key_id == key.id).order_by(Use.account))
        return {
            "policy": policy_form.told(key),
            "version": key.policy_version,
            "named": len(key.recipients),
            "claimed_by": key.claimed_by,
            "revoked": None if key.revoked_at is None else clock.text(key.revoked_at),
            "deleted": None if key.deleted_at is None else clock.text(key.deleted_at),
            "openings": [{"account": use.account, "number": use.releases} for use in uses],
            "opened": log.releases(session, key.id),
            "waiting": session.scalar(select(func.count()).where(Request.key_id == key.id)) or 0,
        }


def history(here: KeyServer, owner: Pass) -> list[Any]:
    """Return the log's entries about a key of the owner's, oldest first."""
    with here.database.read() as session:
        return log.entries(session, owned(session, owner).id)


def lacks_sign_in(here: KeyServer, session: Session, key: Key, owner: Pass, action: str) -> Problem | None:
    """Return why an owner may let nobody in by a pass alone, and log it; None where this server demands no more.

    What is returned, not raised, is committed; `settled` raises it.
    """
    refusal = sign_in.refusal_of_owner(session, key, owner) if here.sign_in else None
    if refusal is None:
        return None
    if log.may_deny(session, owner):
        here.log.append(session, owner, action, "denied", reason=refusal, **log.about(key))
    return refused(key, refusal)


def settled(found: T | Problem) -> T:
    """Return what was found in a transaction that has been committed; raise it where it is a Problem."""
    if isinstance(found, Problem):
        raise found
    return found


def owned(session: Session, owner: Pass) -> Key:
    """Return a key of the owner's. Raises Problem 404."""
    return _own(session.get(Key, owner.object), owner)


def _own(key: Key | None, asker: Pass) -> Key:
    if key is None or _owner(key) != _owner(asker):
        raise not_available()
    return key


def _owner(of: Key | Pass) -> tuple[str, str]:
    return of.issuer, of.account


def _asked(key: Key) -> tuple[dict[str, Any], set[str]]:
    """Return all that a policy asks, for comparing."""
    return policy_form.told(key), {recipient.contact for recipient in key.recipients}


def _logged(key: Key) -> dict[str, Any]:
    """Return what the log says of a policy, in words: all that is asked but the recipients, who are counted."""
    words = {"named": str(len(key.recipients)), "jurisdictions": key.jurisdictions}
    words |= {"passkey": "needed" if key.passkey else "", "download": ALLOWED if key.download else ""}
    words |= {"mark": WANTED if key.mark else ""}
    rules = policy_form.told(key) | words
    return {"policy_version": key.policy_version} | {name: str(rule) for name, rule in rules.items() if rule}
