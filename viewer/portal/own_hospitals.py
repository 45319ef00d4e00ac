"""Which hospitals' own sign-ins are good for a person's account: seen by them, removed, and allowed again.

A hospital vouches for an address, so its next sign-in would bind the account once more. That one was removed is kept
with the account, therefore, and refused (identities.py) until the person has said otherwise, after a fresh sign-in.
"""

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .. import clock
from ..config import Settings
from ..problems import Problem
from ..text import _
from . import sessions, telling_person
from .hospital_models import HospitalRemoved, Identity


def told(session: Session, settings: Settings, account: str) -> list[dict[str, Any]]:
    """Return a person's hospitals: those that sign them in, oldest first, then those that were removed."""
    good = select(Identity).where(Identity.account_id == account).order_by(Identity.created_at, Identity.issuer)
    gone = select(HospitalRemoved).where(HospitalRemoved.account_id == account)
    gone = gone.order_by(HospitalRemoved.removed_at, HospitalRemoved.issuer)
    found = [(one.issuer, one.created_at, True) for one in session.scalars(good)]
    found += [(one.issuer, one.removed_at, False) for one in session.scalars(gone)]
    return [
        {"issuer": issuer, "name": _name(settings, issuer), "since": clock.text(since), "signs_in": signs_in}
        for issuer, since, signs_in in found
    ]


def remove(session: Session, settings: Settings, account: str, issuer: str) -> None:
    """Let a hospital's sign-in be good for an account no more; its contacts are told. Raises Problem 404 for any other.

    All sessions that a hospital's sign-in has begun end, another hospital's too: which one it was is not kept. That
    locks nobody out: contacts stay, and codes to them sign in.
    """
    bound = Identity.account_id == account, Identity.issuer == issuer
    if session.scalar(select(Identity).where(*bound)) is None:
        raise _unknown()
    session.execute(delete(Identity).where(*bound))
    session.add(HospitalRemoved(account_id=account, issuer=issuer, removed_at=clock.now()))
    sessions.end_by_hospitals(session, account)
    telling_person.tell(session, settings, account, "hospital_removed", _name(settings, issuer))


def allow(session: Session, settings: Settings, account: str, issuer: str) -> None:
    """Let a hospital's sign-in that was removed bind the account again; its contacts are told. Raises Problem 404."""
    gone = session.get(HospitalRemoved, (account, issuer))
    if gone is None:
        raise _unknown()
    session.delete(gone)
    telling_person.tell(session, settings, account, "hospital_added", _name(settings, issuer))


def _name(settings: Settings, issuer: str) -> str:
    """Return what a hospital is called; one that is connected no more, by its provider's host."""
    names = {one.sign_in.issuer: one.sign_in.name for one in settings.hospitals}
    return names.get(issuer) or urlsplit(issuer).hostname or issuer


def _unknown() -> Problem:
    return Problem(404, "unknown_hospital", _("This is none of your hospitals. Reload the page."))
