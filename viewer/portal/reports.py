"""Which reports there are, who sent them and to whom; nothing about what is in them."""

from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from .. import clock, contacts, log_key
from ..config import Settings
from ..gate import signed_in
from ..problems import Problem, not_available
from .accounts import database
from .models import Account, Contact, Recipient, Report, Visitor
from .sessions import new_id

MOST_RECIPIENTS = 20


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.post("/api/reports")(reports_POST)
    bp.get("/api/reports")(reports_GET)
    bp.get("/api/reports/<report>")(report_GET)
    bp.put("/api/reports/<report>/recipients")(recipients_PUT)


@signed_in
def reports_POST() -> ResponseReturnValue:
    """Begin a report: `{"recipients": [contact, …]}`, none where the first to open it is to have it.

    Invited senders only.
    """
    if not current_user.may_send:
        raise Problem(403, "may_not_send", "This account may not send yet. Ask your administrator for an invitation.")
    settings: Settings = current_app.extensions["safelight"]
    to = _recipients(settings)
    with database().write() as session:
        report = Report(
            id=new_id(),
            sender_id=current_user.account,
            key_server=settings.keyserver_url,
            file_host=settings.filehost_url,
            created_at=clock.now(),
        )
        session.add(report)
        session.flush()
        _address(session, settings, report.id, to)
    return jsonify(_told(report) | {"recipients": to, "log_key": log_key.known(settings).text()}), 201


@signed_in
def recipients_PUT(report: str) -> ResponseReturnValue:
    """Send one's own report to others instead: `{"recipients": [contact, …]}`. The key server is told apart from it."""
    settings: Settings = current_app.extensions["safelight"]
    to = _recipients(settings)
    with database().write() as session:
        found = session.get(Report, report)
        if found is None or found.sender_id != current_user.account or not current_user.may_send:
            raise not_available()
        for contact in session.scalars(_reached(report)):  # who has opened it keeps their name in its log
            session.merge(Visitor(report_id=report, contact=contact.value))
        session.execute(delete(Recipient).where(Recipient.report_id == report))
        _address(session, settings, report, to)
    return jsonify(recipients=to)


@signed_in
def reports_GET() -> ResponseReturnValue:
    """The signed-in sender's reports, newest first, and who of their recipients has an account by now."""
    settings: Settings = current_app.extensions["safelight"]
    with database().read() as session:
        query = select(Report).where(Report.sender_id == current_user.account).order_by(Report.created_at.desc())
        told = [_told(report) | _around(session, report.id) for report in session.scalars(query)]
    return jsonify(reports=told, log_key=log_key.known(settings).text())


@signed_in
def report_GET(report: str) -> ResponseReturnValue:
    """Who sent a report. An unknown one and one for other people answer alike: with nothing."""
    settings: Settings = current_app.extensions["safelight"]
    answer: dict[str, Any] = {"sender": None, "sent": None}
    answer |= {"key_server": settings.keyserver_url, "file_host": settings.filehost_url}
    answer["log_key"] = log_key.known(settings).text()
    with database().read() as session:
        if recipients_here(session, current_user.account, report):
            found = session.get_one(Report, report)
            answer |= _told(found) | {"sender": session.get_one(Account, found.sender_id).name}
            del answer["id"]
    return jsonify(answer)


def is_by_link(session: Session, report: Report | None) -> bool:
    """Tell whether a report names nobody: then whoever has its id may ask for it, and the key server decides."""
    named = select(Recipient.contact).where(Recipient.report_id == report.id).limit(1) if report else None
    return named is not None and session.scalar(named) is None


def note_visitor(report_id: str, contact: str) -> None:
    """Note who came by the link, so that its sender can be told who opened it, or asks to."""
    with database().write() as session:
        session.merge(Visitor(report_id=report_id, contact=contact))


def recipients_here(session: Session, account: str, report_id: str) -> list[Contact]:
    """Return those verified contacts of an account that a report was sent to."""
    return list(session.scalars(_reached(report_id).where(Contact.account_id == account)))


def _reached(report_id: str) -> Select[Contact]:
    """Select the verified contacts that a report was sent to."""
    joined = select(Contact).join(Recipient, Recipient.contact == Contact.pseudonym)
    return joined.where(Recipient.report_id == report_id, Contact.verified_at.is_not(None))


def _around(session: Session, report_id: str) -> dict[str, Any]:
    """Return `people`: account, name and contact of those recipients that have signed up, and of those who came by
    the link; and `named`: how many were named, signed up or not.

    The former's contacts the sender has typed; the latter were told that the sender would see them.
    """
    visitors = select(Contact).join(Visitor, Visitor.contact == Contact.value).where(Visitor.report_id == report_id)
    reached = {contact.value: contact for contact in session.scalars(_reached(report_id))}
    found = {contact.value: contact for contact in session.scalars(visitors)} | reached
    people = [
        {"account": one.account_id, "name": one.account.name, "contact": one.value, "named": one.value in reached}
        for one in found.values()
    ]
    named = session.scalar(select(func.count()).where(Recipient.report_id == report_id)) or 0
    return {"people": people, "named": named}


def _address(session: Session, settings: Settings, report_id: str, to: list[str]) -> None:
    named = (contacts.pseudonym(settings.portal_secret, value) for value in to)
    session.add_all(Recipient(report_id=report_id, contact=contact) for contact in named)


def _recipients(settings: Settings) -> list[str]:
    body = request.get_json(silent=True)
    typed = body.get("recipients") if isinstance(body, dict) else None
    if not isinstance(typed, list) or len(typed) > MOST_RECIPIENTS:
        raise Problem(400, "bad_recipients", f"Name up to {MOST_RECIPIENTS} recipients.")
    try:
        return sorted({contacts.canonical(str(value), settings.phone_region) for value in typed})
    except contacts.BadContact as error:
        raise Problem(400, "bad_recipients", f"A recipient cannot be reached. {error}") from None


def _told(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "sent": clock.text(report.created_at),
        "key_server": report.key_server,
        "file_host": report.file_host,
    }
