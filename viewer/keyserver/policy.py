"""Who may have a share, and until when."""

from .. import clock, contacts
from ..passes import Pass
from .models import Key


def refusal(key: Key, asker: Pass, secret: bytes) -> str | None:
    """Return why this key is not released to the asker, or None where it is.

    `not_available` says that it is no business of the asker's: strangers learn nothing
    else. Only a named recipient is told `revoked` or `expired`.
    """
    proved = {contacts.pseudonym(secret, contact.value) for contact in asker.contacts}
    named = {recipient.contact for recipient in key.recipients}
    if asker.issuer != key.issuer or not proved & named or key.file_sha256 is None:
        return "not_available"
    if key.revoked_at is not None:
        return "revoked"
    if key.not_after < clock.now():
        return "expired"
    return None
