"""What senders do at the portal about a report of their own: whom it is for, telling them, deleting it."""

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import delete, func, select

from .. import clock
from ..config import Settings
from ..gate import signed_in
from ..problems import Problem
from . import naming, waiting
from .accounts import database
from .models import Contact, Recipient, Recovery, Visitor
from .person_models import Opened
from .reports import address, check_may_send, check_there, deleted, own, reached, typed_recipients


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get("/api/reports/<report>/recipients")(recipients_GET)
    bp.put("/api/reports/<report>/recipients")(recipients_PUT)
    bp.post("/api/reports/<report>/notices")(notices_POST)
    bp.delete("/api/reports/<report>")(report_DELETE)


@signed_in
def recipients_GET(report: str) -> ResponseReturnValue:
    """Whom one's own report names: their contacts, and how many more there are whom the portal cannot tell."""
    settings: Settings = current_app.extensions["safelight"]
    with database().read() as session:
        found = own(session, report)
        named = naming.named(session, settings.portal_secret, found.id)
        count = session.scalar(select(func.count()).where(Recipient.report_id == found.id)) or 0
    return jsonify(recipients=sorted(named), unknown=count - len(named))


@signed_in
def recipients_PUT(report: str) -> ResponseReturnValue:
    """Send one's own report to others instead: `{"recipients": [contact, …]}`. The key server is told apart from it."""
    settings: Settings = current_app.extensions["safelight"]
    to = typed_recipients(settings)
    with database().write() as session:
        found = own(session, report)
        check_may_send()
        check_there(found)
        for contact in session.scalars(reached(report)):  # who has opened it keeps their name in its log
            session.merge(Visitor(report_id=report, contact=contact.value))
        session.execute(delete(Recipient).where(Recipient.report_id == report))
        address(session, settings, report, to)
    return jsonify(recipients=to)


@signed_in
def notices_POST(report: str) -> ResponseReturnValue:
    """Tell those whom one's own report names that photos are waiting; not which, nor where: the link comes from you.

    Answers how many were `told`; how many were told `before`, within this hour; for how many there is no way, or it is
    closed just now (`unreached`). Raises Problem 409 where nothing waits or nobody is named, 429 where all of it would
    be more messages than go out in a day.
    """
    settings: Settings = current_app.extensions["safelight"]
    with database().read() as session:
        found = own(session, report)
        check_may_send()
        check_there(found)
        if found.revoked or (found.not_after is not None and found.not_after < clock.now()):
            raise Problem(409, "over", "These photos open no more. Nobody was told that they wait.")
        named = naming.named(session, settings.portal_secret, found.id)
    if not named:
        raise Problem(409, "nobody_named", "Nobody is named whom we could tell. Send the link yourself.")
    return jsonify(waiting.tell(database(), settings, current_user.account, named))


@signed_in
def report_DELETE(report: str) -> ResponseReturnValue:
    """Forget whom one's own report was for. Key server and file host are told apart from it, and before.

    What stays is that it was sent, and the names of those who have opened it, for its log. Done again, it is answered
    alike.
    """
    with database().write() as session:
        found = own(session, report)
        if found.deleted_at is None:
            opened = select(Opened.account_id).where(Opened.report_id == report)
            for contact in session.scalars(reached(report).where(Contact.account_id.in_(opened))):
                session.merge(Visitor(report_id=report, contact=contact.value))
            for of in (Recipient, Recovery):
                session.execute(delete(of).where(of.report_id == report))
            found.deleted_at, found.revoked = clock.now(), True
        return jsonify(deleted=deleted(found))
