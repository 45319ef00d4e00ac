"""Erases what could point at a person in the log; entries, and every proof about them, stay as they are."""

from dataclasses import replace

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from .. import clock
from ..database import Database
from ..passes import Pass
from . import log
from .log import Log
from .models import Entry, Erasable, Key, SignIn


def erase(database: Database, account: str) -> int:
    """Delete the values that an account's entries only commit to, for good; return how many there were.

    Its sign-ins go, too: they know the person's name at the provider.
    """
    with database.write() as session:
        session.execute(delete(SignIn).where(SignIn.account == account))
        return _values(session, select(Entry.number).where(Entry.account == account))


def erase_of(session: Session, log_: Log, portal: Pass, account: str) -> None:
    """Erase a portal's account, as `erase` does, and withdraw what it has sent; in a write transaction.

    The log notes each withdrawal as the owner's: it was they who have told their portal. Who owned a key is known by
    the account's id alone from then on.
    """
    own = Key.issuer == portal.issuer, Key.account == account
    for key in session.scalars(select(Key).where(*own, Key.revoked_at.is_(None)).order_by(Key.id)):
        key.revoked_at = clock.now()
        owner = replace(portal, account=account, object=key.id, observed=(), jurisdiction="")
        log_.append(session, owner, "revoke", "granted", **log.about(key))
    session.execute(update(Key).where(*own).values(owner_contact=None))
    session.execute(delete(SignIn).where(SignIn.issuer == portal.issuer, SignIn.account == account))
    entries = select(Entry.number).where(Entry.issuer == portal.issuer, Entry.account == account)
    _values(session, entries)


def _values(session: Session, entries: Select[int]) -> int:
    return session.connection().execute(delete(Erasable).where(Erasable.number.in_(entries))).rowcount
