"""Signing in: one field, one code. Signing up is the same; nobody learns who has an account."""

from typing import cast

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import contacts
from ..config import Settings
from ..database import Database
from ..gate import public, signed_in
from ..problems import Problem
from . import codes, limits, messages, sessions

CODES_PER_CONTACT = (6, 3600)  # how many, in how many seconds
CODES_PER_CONTACT_DAY = (20, 86_400)
CODES_PER_ADDRESS = (120, 3600)  # a hospital shares one address
TRIES_PER_ADDRESS = (300, 3600)
_WRONG = "That code is not right, or no longer valid. Check it, or ask for another one."


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get("/api/account")(account_GET)
    bp.post("/api/codes")(codes_POST)
    bp.post("/api/sessions")(sessions_POST)
    bp.delete("/api/sessions/current")(session_DELETE)


@public
def account_GET() -> ResponseReturnValue:
    """Who is signed in here; null where nobody is."""
    return jsonify(account=_told(current_user) if current_user.is_authenticated else None)


@public
def codes_POST() -> ResponseReturnValue:
    """Send a code to a contact, known or not; the answer is the same."""
    settings: Settings = current_app.extensions["safelight"]
    contact = typed_contact("A code")
    secret = settings.portal_secret
    who = contacts.pseudonym(secret, contact)
    with database().write() as session:
        within = [
            limits.spend(session, f"codes address {_address(secret)}", *CODES_PER_ADDRESS),
            limits.spend(session, f"codes {who}", *CODES_PER_CONTACT),
            limits.spend(session, f"codes day {who}", *CODES_PER_CONTACT_DAY),
        ]
        may_go = all(within) and limits.spend_message(session, settings)
        attempt, code = codes.make(session, _code_secret(), contact) if may_go else ("", "")
    if all(within) and not may_go:
        sentence = "Try again tomorrow, or tell whoever runs it."
        raise Problem(429, "too_many", f"This server has sent as many messages today as it may. {sentence}")
    if not may_go:
        sentence = "The last one still works where it was asked for; otherwise try again in an hour."
        raise Problem(429, "too_many", f"Too many codes were asked for. {sentence}")
    try:
        messages.send_code(settings, contact, code)
    except messages.NotSent:
        raise Problem(503, "not_sent", "The code could not be sent. Try again in a moment.") from None
    return jsonify(attempt=attempt, to=contacts.masked(contact))


@public
def sessions_POST() -> ResponseReturnValue:
    """Sign in with a code. One answer for every failure."""
    typed = "".join(character for character in text("code") if character.isdigit())
    with database().write() as session:
        key = f"tries address {_address(_code_secret())}"
        within = limits.spend(session, key, *TRIES_PER_ADDRESS)
        contact = codes.use(session, _code_secret(), text("attempt"), typed) if within else None
    try:
        if contact is None:
            raise PermissionError
        secret = current_app.extensions["safelight"].portal_secret
        person = sessions.start(database(), secret, contact)
    except PermissionError:
        raise Problem(403, "wrong_code", _WRONG) from None
    return jsonify(account=_told(person))


@signed_in
def session_DELETE() -> ResponseReturnValue:
    """Sign out, for good: a copy of the cookie is dead too."""
    sessions.end(database())
    return "", 204


def database() -> Database:
    """Return the portal's database."""
    return cast(Database, current_app.extensions["safelight.portal"])


def text(name: str) -> str:
    """Return a text field of the request's JSON; Problem 400 where it is not there."""
    body = request.get_json(silent=True)
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str) or len(value) > 2000:
        raise Problem(400, "bad_request", f"The request lacks the text '{name}'.")
    return value


def typed_contact(what: str) -> str:
    """Return the request's contact in its one form; Problem 400 for none, and where `what` is to be sent cannot go."""
    settings: Settings = current_app.extensions["safelight"]
    try:
        contact = contacts.canonical(text("contact"), settings.phone_region)
    except contacts.BadContact as error:
        raise Problem(400, "bad_contact", str(error)) from None
    if not messages.can_reach(settings, contact):
        other = "an e-mail address" if contacts.is_mobile(contact) else "a mobile number"
        raise Problem(400, "bad_contact", f"{what} cannot be sent there from this server. Use {other}.")
    return contact


def _told(person: sessions.Person) -> dict[str, object]:
    told = {"id": person.account, "name": person.name, "contact": person.contact}
    organisation = person.membership and person.membership.told()
    return told | {"may_send": person.may_send, "organisation": organisation}


def _address(secret: bytes) -> str:
    return contacts.pseudonym(secret, request.remote_addr or "")


def _code_secret() -> bytes:
    return contacts.derive(current_app.extensions["safelight"].portal_secret, "code")
