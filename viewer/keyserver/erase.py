"""Erases what could point at a person in the log; entries, and every proof about them, stay as they are."""

from sqlalchemy import delete, select

from ..database import Database
from .models import Entry, Erasable, SignIn


def erase(database: Database, account: str) -> int:
    """Delete the values that an account's entries only commit to, for good; return how many there were.

    Its sign-ins go, too: they know the person's name at the provider.
    """
    entries = select(Entry.number).where(Entry.account == account)
    with database.write() as session:
        session.execute(delete(SignIn).where(SignIn.account == account))
        return session.connection().execute(delete(Erasable).where(Erasable.number.in_(entries))).rowcount
