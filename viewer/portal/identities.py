"""Whose account somebody's is who comes from a hospital's own sign-in. HOSPITALS.md tells the rule, and why."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock, oidc
from ..config import Settings
from ..sign_ins import Hospital
from . import invitations, telling_person
from .hospital_models import HospitalRemoved, Identity
from .models import Account, Contact
from .organisations import LONGEST


def vouched(hospital: Hospital, person: oidc.Person) -> str:
    """Return the address that a hospital may vouch for and does. Raises oidc.NotSignedIn where there is none."""
    for contact in person.contacts:
        if contact.rpartition("@")[2] in hospital.domains:
            return contact
    raise oidc.NotSignedIn("no address that this hospital may vouch for")


def admit(session: Session, settings: Settings, hospital: Hospital, person: oidc.Person) -> None:
    """Bind somebody to the account of the address that is vouched for, or to a new one, where they are not yet.

    Afterwards that address is a contact of that account. To be called in a write transaction, which is to be undone
    where this raises: oidc.NotSignedIn, PermissionError for an account that has been disabled.
    """
    issuer, contact = hospital.sign_in.issuer, vouched(hospital, person)
    found, known = session.get(Contact, contact), session.get(Identity, (issuer, person.subject))
    if known and found and found.account_id != known.account_id:
        raise oidc.NotSignedIn("an address of another account")
    if known is None and found and _bound(session, issuer, found.account_id):
        raise oidc.NotSignedIn("an address that was another person's there")
    if known is None and found and session.get(HospitalRemoved, (found.account_id, issuer)):
        raise oidc.NotSignedIn("an account whose person has removed this hospital")
    if known is None:
        account = invitations.account_of(session, settings, contact)
        session.flush()
        _check(account)
        bound = Identity(issuer=issuer, subject=person.subject, account_id=account.id, created_at=clock.now())
        session.add(bound)
        if found:
            telling_person.tell(session, settings, account.id, "hospital_added", hospital.sign_in.name)
    else:
        account = session.get_one(Account, known.account_id)
        _check(account)
        if found is None:
            telling_person.tell(session, settings, account.id, "contact_added", contact)
            session.add(invitations.contact_of(settings, contact, account))
    account.name = account.name or person.name[:LONGEST]


def _bound(session: Session, issuer: str, account: str) -> bool:
    return session.scalar(select(Identity).filter_by(issuer=issuer, account_id=account)) is not None


def _check(account: Account) -> None:
    if account.disabled_at is not None:
        raise PermissionError("a disabled account")
