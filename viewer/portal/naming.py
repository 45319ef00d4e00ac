"""Whom a report names: their contacts, sealed, and which of them a link's hint means."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from sealed.hints import hint

from .. import contacts
from .models import Recipient

_NONCE = 12  # bytes


def recipient(secret: bytes, report: str, contact: str) -> Recipient:
    """Return the row of somebody whom a report is sent to.

    The pseudonym finds them once they have signed in. Sealed under the portal's secret, which is not in the database,
    the contact is there to send them a code before that: a stolen database tells neither.
    """
    nonce = os.urandom(_NONCE)
    sealed = nonce + _cipher(secret).encrypt(nonce, contact.encode(), report.encode())
    return Recipient(report_id=report, contact=contacts.pseudonym(secret, contact), sealed=sealed)


def named(session: Session, secret: bytes, report: str) -> list[str]:
    """Return the contacts that a report names; those of reports from before there was this are not known."""
    sealed = session.scalars(select(Recipient.sealed).where(Recipient.report_id == report))
    return [_open(secret, report, one) for one in sealed if one is not None]


def meant(session: Session, secret: bytes, report: str, said: str) -> str | None:
    """Return the one contact that a report names and a hint fits; None where there is none, or more than one."""
    fitting = [contact for contact in named(session, secret, report) if said and hint(contact) == said]
    return fitting[0] if len(fitting) == 1 else None


def _open(secret: bytes, report: str, sealed: bytes) -> str:
    """Raises RuntimeError for what this portal has not sealed for this report."""
    try:
        return _cipher(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], report.encode()).decode()
    except InvalidTag:
        raise RuntimeError("a sealed contact is not of this report, or of another secret") from None


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(contacts.derive(secret, "recipient"))
