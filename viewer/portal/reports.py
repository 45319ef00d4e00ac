"""Which reports there are, who sent them and to whom; nothing about what is in them."""

import hmac
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sealed.base32 import encode_id

from .. import clock, contacts, log_key
from ..config import Settings
from ..gate import signed_in
from ..problems import Problem, not_available
from ..text import N_, _
from . import naming, own_contacts, received
from .accounts import database
from .ids import new_id
from .models import Account, Contact, Recipient, Report, Visitor
from .person_models import Former

MOST_RECIPIENTS = 20


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.post("/api/reports")(reports_POST)
    bp.get("/api/reports")(reports_GET)
    bp.get("/api/reports/<report>")(report_GET)


@signed_in
def reports_POST() -> ResponseReturnValue:
    """Begin a report: `{"recipients": [contact, …]}`, none where the first to open it is to have it.

    `key_server` may be one of the portal's key servers, the first by default. The same request, by its
    Idempotency-Key, begins one report only. Invited senders only.
    """
    check_may_send()
    settings: Settings = current_app.extensions["safelight"]
    to, key_server = typed_recipients(settings), chosen_key_server(settings)
    with database().write() as session:
        name = _report_id(settings)
        report = session.get(Report, name)
        if report is None:  # else the answer to the first try was lost
            report = Report(
                id=name,
                sender_id=current_user.account,
                key_server=key_server,
                file_host=settings.filehost_url,
                created_at=clock.now(),
            )
            session.add(report)
            session.flush()
            address(session, settings, report.id, to)
    return jsonify(_told(report, settings) | {"recipients": to}), 201


@signed_in
def reports_GET() -> ResponseReturnValue:
    """The signed-in sender's reports, newest first, and who of their recipients has an account by now."""
    settings: Settings = current_app.extensions["safelight"]
    with database().read() as session:
        query = select(Report).where(Report.sender_id == current_user.account).order_by(Report.created_at.desc())
        told = [
            _told(report, settings) | _around(session, report.id) | {"deleted": deleted(report)}
            for report in session.scalars(query)
        ]
    return jsonify(reports=told)


@signed_in
def report_GET(report: str) -> ResponseReturnValue:
    """Who sent a report, how to reach them, and where its key is. An unknown one and one for other people answer alike:
    with nothing.

    Who came by a link that names nobody may fetch the file, and is told the key server too. Raises Problem 409 where
    that is none of the portal's any more.
    """
    settings: Settings = current_app.extensions["safelight"]
    key_server = next(iter(log_key.servers(settings)))
    answer = {"sender": None, "contact": None, "sent": None, "expires": None, "file_host": settings.filehost_url}
    with database().read() as session:
        found = session.get(Report, report)
        if found and recipients_here(session, current_user.account, report):
            sender = session.get_one(Account, found.sender_id)
            said = {"sender": sender.name, "contact": own_contacts.main(session, sender.id)}
            answer = _told(found, settings) | said | {"expires": received.expires(found)}
            del answer["id"]
            key_server = found.key_server
        elif found and (is_by_link(session, found) or found.sender_id == current_user.account):
            key_server = found.key_server
    if key_server not in log_key.servers(settings):
        raise Problem(
            409,
            "key_server_gone",
            "The server that keeps the key to these photos does not work with this portal any more. "
            "Ask the sender to send them again.",
        )
    return jsonify(answer | at(key_server, settings))


def own(session: Session, report: str) -> Report:
    """Return a report of the signed-in sender's: who may send no more still looks after it. Raises Problem 404."""
    found = session.get(Report, report)
    if found is None or found.sender_id != current_user.account:
        raise not_available()
    return found


def check_may_send() -> None:
    """Raise Problem 403 where the signed-in person may not send, nor have what they sent go to others."""
    if not current_user.may_send:
        raise Problem(403, "may_not_send", "This account may not send. Ask your administrator for an invitation.")


def check_there(report: Report) -> None:
    """Raise Problem 409 where its sender has deleted it."""
    if report.deleted_at is not None:
        raise Problem(409, "deleted", "You have deleted these photos everywhere, and that stays. Send them again.")


def chosen_key_server(settings: Settings) -> str:
    """Return the key server that a request names, the first where it names none. Raises Problem 400 for others."""
    body, listed = request.get_json(silent=True), log_key.servers(settings)
    chosen = body.get("key_server", next(iter(listed))) if isinstance(body, dict) else None
    if not isinstance(chosen, str) or chosen not in listed:
        sentence = N_("This portal works with no such key server. It knows {known}.")
        raise Problem(400, "unknown_key_server", _(sentence, known=", ".join(listed)))
    return chosen


def deleted(report: Report) -> str | None:
    """Return since when a report is deleted, as RFC 3339 in UTC; None where it is not."""
    return None if report.deleted_at is None else clock.text(report.deleted_at)


def is_by_link(session: Session, report: Report | None) -> bool:
    """Tell whether a report names nobody: then whoever has its id may ask for it, and the key server decides.

    One that was deleted names nobody any more, and is for nobody.
    """
    if report is None or report.deleted_at is not None:
        return False
    return session.scalar(select(Recipient.contact).where(Recipient.report_id == report.id).limit(1)) is None


def note_visitor(report_id: str, contact: str) -> None:
    """Note who came by the link, so that its sender can be told who opened it, or asks to."""
    with database().write() as session:
        session.merge(Visitor(report_id=report_id, contact=contact))


def recipients_here(session: Session, account: str, report_id: str) -> list[Contact]:
    """Return those verified contacts of an account that a report was sent to."""
    return list(session.scalars(reached(report_id).where(Contact.account_id == account)))


def reached(report_id: str) -> Select[Contact]:
    """Select the verified contacts that a report was sent to."""
    joined = select(Contact).join(Recipient, Recipient.contact == Contact.pseudonym)
    return joined.where(Recipient.report_id == report_id, Contact.verified_at.is_not(None))


def _around(session: Session, report_id: str) -> dict[str, Any]:
    """Return `people`: account, name and contact of those recipients that have signed up, and of those who came by
    the link; and `named`: how many were named, signed up or not.

    The former's contacts the sender has typed; the latter were told that the sender would see them. Of who has removed
    that contact since there is only the name.
    """
    visitors = select(Contact).join(Visitor, Visitor.contact == Contact.value).where(Visitor.report_id == report_id)
    named = {contact.value: contact for contact in session.scalars(reached(report_id))}
    found = {contact.value: contact for contact in session.scalars(visitors)} | named
    people = [
        {"account": one.account_id, "name": one.account.name, "contact": one.value, "named": one.value in named}
        for one in found.values()
    ]
    former = session.scalars(select(Account).join(Former).where(Former.report_id == report_id, Account.name != ""))
    known = {one["account"] for one in people}
    people += [
        {"account": one.id, "name": one.name, "contact": "", "named": False} for one in former if one.id not in known
    ]
    count = session.scalar(select(func.count()).where(Recipient.report_id == report_id)) or 0
    return {"people": people, "named": count}


def _report_id(settings: Settings) -> str:
    """Return a new id; for the same Idempotency-Key of the same account always the same, which nobody can guess."""
    key = request.headers.get("Idempotency-Key")
    if not key:
        return new_id()
    secret = contacts.derive(settings.portal_secret, "report id")
    return encode_id(hmac.digest(secret, f"{current_user.account}\0{key}".encode(), "sha256")[:16])


def address(session: Session, settings: Settings, report_id: str, to: list[str]) -> None:
    """Let a report be for these contacts, besides whom it is for already."""
    session.add_all(naming.recipient(settings.portal_secret, report_id, contact) for contact in to)


def typed_recipients(settings: Settings) -> list[str]:
    """Return whom a request names, as contacts in their one form. Raises Problem 400."""
    body = request.get_json(silent=True)
    typed = body.get("recipients") if isinstance(body, dict) else None
    if not isinstance(typed, list) or len(typed) > MOST_RECIPIENTS:
        raise Problem(400, "bad_recipients", _("Name up to {most} recipients.", most=MOST_RECIPIENTS))
    try:
        return sorted({contacts.canonical(str(value), settings.phone_region) for value in typed})
    except contacts.BadContact as error:
        raise Problem(400, "bad_recipients", _("A recipient cannot be reached. {why}", why=_(str(error)))) from None


def _told(report: Report, settings: Settings) -> dict[str, Any]:
    told: dict[str, Any] = {"id": report.id, "sent": clock.text(report.created_at), "file_host": report.file_host}
    return told | at(report.key_server, settings)


def at(key_server: str, settings: Settings) -> dict[str, Any]:
    """Return a key server, and the key of its log: empty where the portal works with it no more."""
    key = log_key.servers(settings).get(key_server)
    return {"key_server": key_server, "log_key": key.text() if key else ""}
