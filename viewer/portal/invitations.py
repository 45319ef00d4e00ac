"""Who may send, organisations apart: people whom the operator has invited."""

from sqlalchemy.orm import Session

from .. import clock, contacts
from ..config import Settings
from ..database import Database
from ..problems import Problem
from ..text import N_, _
from . import organisations
from .ids import new_id
from .models import Account, Contact


def invite(database: Database, settings: Settings, name: str, typed: str) -> None:
    """Let the person of a contact send, under this name; make the account where there is none.

    The contact still has to be proved by a code. Raises contacts.BadContact, and Problem 409 for somebody in an
    organisation: there administrators decide.
    """
    contact = contacts.canonical(typed, settings.phone_region)
    with database.write() as session:
        account = account_of(session, settings, contact)
        session.flush()
        belongs = organisations.membership(session, account.id)
        if belongs is not None:
            sentence = N_("This person belongs to {organisation}, whose administrators decide that.")
            raise Problem(409, "belongs", _(sentence, organisation=belongs.name))
        account.name, account.may_send = name, True


def account_of(session: Session, settings: Settings, contact: str) -> Account:
    """Return the account of a contact in its one form; make one that nobody has signed in to, where there is none."""
    found = session.get(Contact, contact)
    if found is None:
        account = Account(id=new_id(), name="", may_send=False, created_at=clock.now(), disabled_at=None)
        found = contact_of(settings, contact, account)
        session.add(found)
    return found.account


def contact_of(settings: Settings, contact: str, account: Account) -> Contact:
    """Return a contact in its one form for an account, that nobody has proved."""
    pseudonym = contacts.pseudonym(settings.portal_secret, contact)
    return Contact(value=contact, pseudonym=pseudonym, account=account, verified_at=None)
