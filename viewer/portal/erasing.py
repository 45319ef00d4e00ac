"""Erases an account: everything that the portal holds about a person goes, and only its id stays.

The id is what the logs of key servers know, whose proofs must go on to hold. All servers are told (telling.py): they
refuse the account's passes at once; key servers withdraw what it has sent, and erase what their logs only commit to;
the file host deletes the sealed files.
"""

import logging

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .. import clock
from ..config import Settings
from ..database import Database
from . import administration, holdings, organisations, telling, telling_person
from .models import Account, Base, Code, Limit, Member, Notice, Telling
from .organisations import ADMINISTRATOR
from .person_models import Letter

_STAYS = {Account.__tablename__, Telling.__tablename__}  # the id, and which server has been told what of it
# What names an account or a contact without referring to it. An organisation's changes and others' reports stay: they
# know the id, and a pseudonym of a contact that its person may use anew.
_NAME_ONE: tuple[type[Base], ...] = (Code, Letter, Notice, Limit)
_log = logging.getLogger("safelight")


def erase(session: Session, settings: Settings, account: str) -> None:
    """Erase an account, in a write transaction; its contacts are told, once more and for the last time.

    What it has sent is withdrawn, the files are deleted. Raises Problem 409 for an organisation's last administrator.
    """
    member = session.scalar(select(Member).where(Member.account_id == account, Member.joined_at.is_not(None)))
    if member is not None:
        if member.role == ADMINISTRATOR:
            administration.check_not_last(session, member)
        organisations.note(session, member.organisation_id, account, "erased", account)
    for table in (Base.metadata.tables[model.__tablename__] for model in _NAME_ONE):
        session.execute(delete(table).where(holdings.loose(session, table, account)))
    telling_person.tell(session, settings, account, "erased")
    session.flush()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in _STAYS:
            session.execute(delete(table).where(holdings.owned(table, account)))
    session.expire_all()
    left = session.get_one(Account, account)
    left.name, left.jurisdiction, left.may_send = "", "", False
    left.created_at = left.disabled_at = clock.now()
    telling.note(session, settings, account, disabled=True, erased=True)


def wipe(database: Database) -> None:
    """Leave nothing in the database's files of what was erased, as far as it is up to us (dialect.wipe)."""
    if not database.dialect.wipe():
        _log.warning("traces of what was erased are left in the database's files: a program reads it just now")
