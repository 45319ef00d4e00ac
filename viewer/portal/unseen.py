"""Codes to contacts that whoever asks does not type: the one that a link names, or another one of their own.

The answer comes first, and is the same, in its bytes and its time, whatever is known here; all that depends on it is
done behind the answer.
"""

from collections.abc import Callable
from contextlib import suppress

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from sealed.base32 import is_id

from .. import contacts
from ..config import Settings
from ..database import Database
from ..problems import Problem, not_available
from . import behind, code_limits, codes, messages, naming
from .models import Code, Contact

WAYS = {"mail": False, "sms": True}  # whether a code goes to a mobile number
Find = Callable[[Session], str | None]


def by_link(report: str, hint: str) -> ResponseReturnValue:
    """Send a code to whom a report's link goes to, as far as its hint says; to nobody where that fits nobody.

    Raises Problem 404 for what is no id.
    """
    if not is_id(report):
        raise not_available()
    secret = _settings().portal_secret
    return _answer(report, lambda session: naming.meant(session, secret, report, hint), report)


def other_way(attempt: str, by: str, report: str) -> ResponseReturnValue:
    """Send a code to another contact of whoever an attempt is about: by `by`, one of WAYS.

    One of their account's that they have proved before; or, where they have none, the only one of that kind that the
    report names. Raises Problem 400 for other ways, and for one that this installation has not.
    """
    settings = _settings()
    if by not in WAYS or not (settings.sms if WAYS[by] else settings.mail):
        raise Problem(400, "bad_request", "A code cannot be sent that way from this server.")

    def find(session: Session) -> str | None:
        code = codes.open_one(session, attempt)
        known = session.get(Contact, code.contact) if code else None
        theirs = select(Contact.value).where(Contact.account_id == (known.account_id if known else ""))
        proved = list(session.scalars(theirs.where(Contact.verified_at.is_not(None)).order_by(Contact.value)))
        also = naming.named(session, settings.portal_secret, report) if code else []
        return _first(proved, by, code) or _only(also, by, code)

    return _answer(attempt, find)


def _answer(door: str, find: Find, report: str = "") -> ResponseReturnValue:
    """Answer at once with the attempt that the code will belong to, if any is sent."""
    settings, database = _settings(), _database()
    attempt = codes.new_attempt()
    with database.write() as session:
        refused = code_limits.spend_unseen(session, settings, door)
    if refused:
        raise refused
    if not behind.do(lambda: _send(database, settings, attempt, find, report)):
        raise Problem(503, "busy", "The server is busy. Try again in a moment.")
    return jsonify(attempt=attempt)


def _send(database: Database, settings: Settings, attempt: str, find: Find, report: str) -> None:
    """Make a code and send it. For nobody one is made too: trying it must not take less time than trying another."""
    with database.write() as session:
        contact = find(session) or ""
        may_go = bool(contact) and not code_limits.spend_contact(session, settings, contact, report)
        secret = contacts.derive(settings.portal_secret, "code")
        code = codes.make(session, secret, contact if may_go else "", attempt)[1]
    if may_go and messages.can_reach(settings, contact):
        with suppress(messages.NotSent):  # which has been logged; nobody waits for it
            messages.send_code(settings, contact, code)


def _first(proved: list[str], by: str, code: Code | None) -> str | None:
    return next((one for one in proved if _is_other(one, by, code)), None)


def _only(named: list[str], by: str, code: Code | None) -> str | None:
    """Two of a kind may be two people."""
    fitting = [one for one in named if _is_other(one, by, code)]
    is_named = code is not None and code.contact in named
    return fitting[0] if is_named and len(fitting) == 1 else None


def _is_other(contact: str, by: str, code: Code | None) -> bool:
    return contacts.is_mobile(contact) == WAYS[by] and code is not None and contact != code.contact


def _settings() -> Settings:
    settings: Settings = current_app.extensions["safelight"]
    return settings


def _database() -> Database:
    database: Database = current_app.extensions["safelight.portal"]
    return database
