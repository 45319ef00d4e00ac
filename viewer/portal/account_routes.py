"""The HTTP of a person's own page: contacts, hospitals, devices, all that is held about them, and its end."""

from collections.abc import Callable

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user
from sqlalchemy.orm import Session

from .. import clock, contacts
from ..config import Settings
from ..gate import signed_in
from ..problems import Problem
from ..text import _
from . import beside, code_limits, codes, devices, erasing, holdings, messages, own_contacts, own_hospitals, sessions
from .accounts import code_secret, database, text, typed_contact


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get("/api/account/contacts")(contacts_GET)
    bp.post("/api/account/codes")(account_codes_POST)
    bp.post("/api/account/contacts")(contacts_POST)
    bp.put("/api/account/contacts/main")(main_contact_PUT)
    bp.post("/api/account/contacts/removals")(removals_POST)
    bp.get("/api/account/hospitals")(hospitals_GET)
    bp.post("/api/account/hospitals")(hospitals_POST)
    bp.post("/api/account/hospitals/removals")(hospital_removals_POST)
    bp.get("/api/account/sessions")(sessions_GET)
    bp.delete("/api/account/sessions")(sessions_DELETE)
    bp.delete("/api/account/sessions/others")(other_sessions_DELETE)
    bp.delete("/api/account/sessions/<name>")(one_session_DELETE)
    bp.get("/api/account/export")(export_GET)
    bp.post("/api/account/erasure")(erasure_POST)


@signed_in
def contacts_GET() -> ResponseReturnValue:
    """The verified contacts of whoever is signed in, the main one first."""
    with database().read() as session:
        return jsonify(contacts=own_contacts.told(session, current_user.account))


@signed_in
def account_codes_POST() -> ResponseReturnValue:
    """Send a code to a contact that is to be added, known or not; the answer is the same. It signs nobody in."""
    sessions.check_fresh()
    settings, contact = _settings(), typed_contact("A code")
    with database().write() as session:
        refused = code_limits.spend(session, settings, contact)
        name = codes.new_attempt(adds_to=current_user.account)
        attempt, code = ("", "") if refused else codes.make(session, code_secret(), contact, name)
    if refused:
        raise refused
    try:
        messages.send_code(settings, contact, code, adds=True)
    except messages.NotSent:
        raise Problem(503, "not_sent", _("The code could not be sent. Try again in a moment.")) from None
    return jsonify(attempt=attempt, to=contacts.masked(contact), digits=len(code))


@signed_in
def contacts_POST() -> ResponseReturnValue:
    """Add the contact that a code proves: `{"attempt", "code"}`. The account's other contacts are told."""
    sessions.check_fresh()
    settings = _settings()
    with database().write() as session:
        within = code_limits.spend_try(session, settings)
        typed = text("attempt"), text("code")
        contact = codes.use(session, code_secret(), *typed, adds_to=current_user.account) if within else None
    if contact is None:
        raise own_contacts.wrong_code()
    with database().write() as session:
        own_contacts.add(session, settings, current_user.account, contact)
        told = own_contacts.told(session, current_user.account)
    beside.wake()
    return jsonify(contacts=told)


@signed_in
def main_contact_PUT() -> ResponseReturnValue:
    """Choose where messages go first: `{"contact": one's own}`."""
    sessions.check_fresh()
    with database().write() as session:
        own_contacts.set_main(session, _settings(), current_user.account, text("contact"))
        told = own_contacts.told(session, current_user.account)
    beside.wake()
    return jsonify(contacts=told)


@signed_in
def removals_POST() -> ResponseReturnValue:
    """Remove a contact: `{"contact": one's own}`; not in the address, since addresses are logged on the way."""
    sessions.check_fresh()
    with database().write() as session:
        own_contacts.remove(session, _settings(), current_user.account, text("contact"))
        told = own_contacts.told(session, current_user.account)
    beside.wake()
    return jsonify(contacts=told)


@signed_in
def hospitals_GET() -> ResponseReturnValue:
    """The hospitals whose own sign-in signs in whoever is signed in, and those that they have removed."""
    with database().read() as session:
        return jsonify(hospitals=own_hospitals.told(session, _settings(), current_user.account))


@signed_in
def hospitals_POST() -> ResponseReturnValue:
    """Allow a hospital's sign-in again that was removed: `{"issuer": its provider}`."""
    return _changed(own_hospitals.allow)


@signed_in
def hospital_removals_POST() -> ResponseReturnValue:
    """Remove a hospital's sign-in: `{"issuer": its provider}`. Sessions that it has begun end."""
    return _changed(own_hospitals.remove)


def _changed(change: Callable[[Session, Settings, str, str], None]) -> ResponseReturnValue:
    """Change one of a person's hospitals, and return them all."""
    sessions.check_fresh()
    with database().write() as session:
        change(session, _settings(), current_user.account, text("issuer"))
        told = own_hospitals.told(session, _settings(), current_user.account)
    beside.wake()
    return jsonify(hospitals=told)


@signed_in
def sessions_GET() -> ResponseReturnValue:
    """Where whoever is signed in is signed in, this session first."""
    with database().read() as session:
        return jsonify(sessions=devices.told(session, current_user.account, current_user.session))


@signed_in
def sessions_DELETE() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    with database().write() as session:
        devices.end_all(session, current_user.account)
    logout_user()
    return "", 204


@signed_in
def other_sessions_DELETE() -> ResponseReturnValue:
    """Sign out everywhere else."""
    with database().write() as session:
        devices.end_all(session, current_user.account, but=current_user.session)
    return "", 204


@signed_in
def one_session_DELETE(name: str) -> ResponseReturnValue:
    """Sign out in one place, by the id that the list gives it."""
    with database().write() as session:
        devices.end(session, current_user.account, name)
    return "", 204


@signed_in
def export_GET() -> ResponseReturnValue:
    """All that this portal holds about whoever is signed in, as a file."""
    sessions.check_fresh()
    with database().read() as session:
        response = jsonify(holdings.exported(session, _settings(), current_user.account))
    day = clock.text(clock.now())[:10]
    response.headers["Content-Disposition"] = f'attachment; filename="safelight-account-{day}.json"'
    return response


@signed_in
def erasure_POST() -> ResponseReturnValue:
    """Erase the account of whoever is signed in, for good. What they have sent is withdrawn."""
    sessions.check_fresh()
    with database().write() as session:
        erasing.erase(session, _settings(), current_user.account)
    logout_user()
    beside.wake()
    erasing.wipe(database())
    return "", 204


def _settings() -> Settings:
    settings: Settings = current_app.extensions["safelight"]
    return settings
