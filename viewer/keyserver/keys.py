"""What a key's owner does: create it, register its file, revoke it, read its log."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from sealed.keys import SERVER_SHARE_LENGTH

from .. import clock, contacts
from ..database import Database
from ..passes import Pass
from ..problems import Problem, not_available
from . import log
from .models import Key, Recipient
from .vault import Vault

LONGEST = 90 * 86_400  # seconds that a key may be open at most
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Policy:
    """Who may open it: contacts in their one form, and until when (seconds since 1970)."""

    recipients: tuple[str, ...]
    not_after: int


def create(database: Database, vault: Vault, secret: bytes, owner: Pass, policy: Policy, idempotency_key: str) -> bytes:
    """Make a key with the id that the pass names; return its server share (32 bytes).

    Hands out a share, so the order is release's: entry, COMMIT, then the share. A repeat with the
    same idempotency key gets the same share. Raises Problem 409 where the id is taken.
    """
    now = clock.now()
    if not now < policy.not_after <= now + LONGEST:
        raise Problem(400, "bad_policy", "The end must lie ahead, and within 90 days.")
    with database.write() as session:
        key = session.get(Key, owner.object)
        if key is None:
            key = Key(
                id=owner.object,
                issuer=owner.issuer,
                account=owner.account,
                wrapped_share=vault.wrap(secrets.token_bytes(SERVER_SHARE_LENGTH), owner.object),
                created_at=now,
                not_after=policy.not_after,
                revoked_at=None,
                file_sha256=None,
                file_length=None,
            )
            named = (contacts.pseudonym(secret, contact) for contact in policy.recipients)
            key.recipients = [Recipient(contact=contact) for contact in named]
            session.add(key)
            until = clock.text(policy.not_after)
            log.append(session, owner, "create", "granted", idempotency_key, not_after=until)
        elif not _owns(key, owner) or log.find(session, owner, idempotency_key) is None:
            raise Problem(409, "exists", "There is a key with this id already. Begin a new report.")
        wrapped = key.wrapped_share
    return vault.unwrap(wrapped, owner.object)


def register_file(database: Database, owner: Pass, sha256: str, length: int) -> None:
    """Register the sealed file's hash (64 hex digits) and length in bytes: once, and before any release."""
    if not _SHA256.fullmatch(sha256) or length <= 0:
        raise Problem(400, "bad_file", "A file is registered by its SHA-256 and its length.")
    with database.write() as session:
        key = session.get(Key, owner.object)
        if key is None or not _owns(key, owner):
            raise not_available()
        if key.file_sha256 is None:
            key.file_sha256, key.file_length = sha256, length
            log.append(session, owner, "register", "granted", file=sha256, length=length)
        elif (key.file_sha256, key.file_length) != (sha256, length):
            raise Problem(409, "exists", "Another file is registered for this key. Begin a new report.")


def revoke(database: Database, owner: Pass) -> str:
    """Let nobody have the share any more, from now on; return since when (RFC 3339)."""
    with database.write() as session:
        key = session.get(Key, owner.object)
        if key is None or not _owns(key, owner):
            raise not_available()
        if key.revoked_at is None:
            key.revoked_at = clock.now()
            log.append(session, owner, "revoke", "granted")
        return clock.text(key.revoked_at)


def history(database: Database, owner: Pass) -> list[Any]:
    """Return the log's entries about a key of the owner's, oldest first."""
    with database.read() as session:
        key = session.get(Key, owner.object)
        if key is None or not _owns(key, owner):
            raise not_available()
        return log.entries(session, owner.object)


def _owns(key: Key, asker: Pass) -> bool:
    return (key.issuer, key.account) == (asker.issuer, asker.account)
