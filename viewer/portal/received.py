"""What was sent to somebody: from whom, when, until when it opens, whether they have opened it; nothing of the patient.

What key servers know of it comes with their events (notices.py), a few seconds later.
"""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sealed.header import parse_time

from .. import clock
from ..gate import signed_in
from . import handovers
from .accounts import database
from .models import Account, Contact, Recipient, Report
from .person_models import Former, Opened

MOST = 200  # reports in the list


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get("/api/received")(received_GET)


@signed_in
def received_GET() -> ResponseReturnValue:
    """What was sent to whoever is signed in, newest first, and what came from their phone to a computer."""
    with database().read() as session:
        moved = handovers.told(session, current_user.account)
        return jsonify(reports=_told(session, current_user.account), moved=moved)


def expires(report: Report) -> str | None:
    """Return until when a report opens, as RFC 3339 in UTC; None where its key server has not told yet."""
    return None if report.not_after is None else clock.text(report.not_after)


def note(session: Session, portal: str, report: Report, event: dict[str, Any]) -> None:
    """Note what an event of a report's own key server says of it, in a write transaction. `portal` is our address."""
    if "not_after" in event:  # a key server of an earlier version does not say it
        report.not_after, report.revoked = int(parse_time(event["not_after"]).timestamp()), bool(event["revoked"])
    opened = (event["action"], event["outcome"], event["issuer"]) == ("release", "granted", portal)
    account = session.get(Account, event["account"]) if opened else None
    if account is None or account.disabled_at is not None:
        return  # nothing is kept of an account that was erased
    before = session.get(Opened, (report.id, account.id))
    if before is None:
        first_at = int(parse_time(event["recorded"]).timestamp())
        session.add(Opened(report_id=report.id, account_id=account.id, first_at=first_at))
        if report.deleted_at is not None:  # meanwhile, and whom it was for is forgotten: in its log stays who opened it
            session.merge(Former(report_id=report.id, account_id=account.id))
        session.flush()


def _told(session: Session, account: str) -> list[dict[str, Any]]:
    own = select(Contact.pseudonym).where(Contact.account_id == account, Contact.verified_at.is_not(None))
    named = select(Recipient.report_id).where(Recipient.contact.in_(own))
    opened = {one.report_id: one for one in session.scalars(select(Opened).where(Opened.account_id == account))}
    query = select(Report, Account.name).join(Account, Account.id == Report.sender_id)
    query = query.where(or_(Report.id.in_(named), Report.id.in_(opened)))
    return [
        {
            "id": report.id,
            "sender": sender,
            "sent": clock.text(report.created_at),
            "expires": expires(report),
            "revoked": report.revoked,
            "opened": clock.text(opened[report.id].first_at) if report.id in opened else None,
        }
        for report, sender in session.execute(query.order_by(Report.created_at.desc()).limit(MOST))
    ]
