"""What the portal holds about a person: found by following the references of all its tables to an account.

A new table that refers to an account, a contact or a report is in it without a word about it here; what refers to one
without a foreign key stands in `loose`.
"""

import base64
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, false, or_, select
from sqlalchemy.orm import Session

from .. import clock, log_key
from ..config import Settings
from .models import Account, Base, Code, Contact, Limit, Notice, OrganisationEvent, Recipient
from .person_models import Letter

# Of no use to a person, and of use to a thief: what signs in, or is sealed with our own key.
WITHHELD = {"token_hash", "hmac", "attempt", "sealed"}
_ABOUT = "What a Safelight portal holds about one account. Times are UTC; bytes are base64."
_ELSEWHERE = (
    "Key servers keep a log of who opened what, by the account's id, with network addresses and browsers' names; file "
    "hosts keep sealed files. Ask whoever runs them."
)


def exported(session: Session, settings: Settings, account: str) -> dict[str, Any]:
    """Return all that is held about an account, as JSON: by table what it is for, and its rows."""
    held = {}
    for table in _tables():
        found = session.execute(select(table).where(or_(owned(table, account), loose(session, table, account))))
        held[table.name] = {"about": _about(table), "rows": [_told(table, row) for row in found.mappings()]}
    servers = {"key_servers": list(log_key.servers(settings)), "file_host": settings.filehost_url}
    elsewhere = {"about": _ELSEWHERE} | servers
    head = {"about": _ABOUT, "portal": settings.portal_url, "account": account, "exported": clock.text(clock.now())}
    return head | {"held": held, "elsewhere": elsewhere}


def _tables() -> list[Table]:
    return Base.metadata.sorted_tables


def owned(table: Table, account: str) -> ColumnElement[bool]:
    """Return which rows of a table refer to an account by foreign keys, over however many tables."""
    if table is Account.__table__:
        return Account.id == account
    ways = [
        foreign.parent.in_(select(foreign.column).where(owned(foreign.column.table, account)))
        for foreign in table.foreign_keys
        if _is_owned(foreign.column.table)
    ]
    return or_(false(), *ways)


@lru_cache
def _is_owned(table: Table) -> bool:
    """Tell whether rows of a table are somebody's at all."""
    return table is Account.__table__ or any(_is_owned(foreign.column.table) for foreign in table.foreign_keys)


def loose(session: Session, table: Table, account: str) -> ColumnElement[bool]:
    """Return which rows of a table name an account or its contacts without a foreign key."""
    own = session.execute(select(Contact.value, Contact.pseudonym).where(Contact.account_id == account)).all()
    values, pseudonyms = [value for value, _ in own], [pseudonym for _, pseudonym in own]
    named: dict[type[Base], ColumnElement[bool]] = {
        Code: Code.contact.in_(values),
        Letter: Letter.contact.in_(values),
        Notice: Notice.account == account,
        Recipient: Recipient.contact.in_(pseudonyms),
        OrganisationEvent: or_(OrganisationEvent.by == account, OrganisationEvent.about == account),
        Limit: or_(false(), *(Limit.key.contains(one, autoescape=True) for one in [account, *pseudonyms])),
    }
    return next((rows for model, rows in named.items() if model.__table__ is table), false())


def _about(table: Table) -> str:
    [model] = [mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table]
    return " ".join(str(model.__doc__).split())


def _told(table: Table, row: Any) -> dict[str, Any]:
    return {name: _value(table.columns[name].type, name, value) for name, value in row.items() if name not in WITHHELD}


def _value(kind: object, name: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64encode(value).decode()
    return clock.text(value) if name == "at" or name.endswith("_at") else value
