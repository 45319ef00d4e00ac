"""Who may send: people an administrator has invited."""

from .. import clock, contacts
from ..config import Settings
from ..database import Database
from .models import Account, Contact
from .sessions import new_id


def invite(database: Database, settings: Settings, name: str, typed: str) -> None:
    """Let the person of a contact send, under this name; make the account where there is none.

    The contact still has to be proved by a code. Raises contacts.BadContact.
    """
    contact = contacts.canonical(typed, settings.phone_region)
    with database.write() as session:
        found = session.get(Contact, contact)
        if found is None:
            account = Account(id=new_id(), name=name, may_send=True, created_at=clock.now(), disabled_at=None)
            pseudonym = contacts.pseudonym(settings.portal_secret, contact)
            session.add(Contact(value=contact, pseudonym=pseudonym, account=account, verified_at=None))
        else:
            found.account.name, found.account.may_send = name, True
