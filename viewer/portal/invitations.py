"""Who may send, organisations apart: people whom the operator has invited."""

from sqlalchemy.orm import Session

from .. import clock, contacts
from ..config import Settings
from ..database import Database
from ..problems import Problem
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
            raise Problem(409, "belongs", f"This person belongs to {belongs.name}, whose administrators decide that.")
        account.name, account.may_send = name, True


def account_of(session: Session, settings: Settings, contact: str) -> Account:
    """Return the account of a contact in its one form; make one that nobody has signed in to, where there is none."""
    found = session.get(Contact, contact)
    if found is None:
        account = Account(id=new_id(), name="", may_send=False, created_at=clock.now(), disabled_at=None)
        pseudonym = contacts.pseudonym(settings.portal_secret, contact)
        found = Contact(value=contact, pseudonym=pseudonym, account=account, verified_at=None)
        session.add(found)
    return found.account
