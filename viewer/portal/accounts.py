"""Signing in: one field, one code. Signing up is the same; nobody learns who has an account."""

import re
from typing import cast

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import contacts
from ..bodies import json_object
from ..config import Settings
from ..database import Database
from ..gate import public, signed_in
from ..problems import Problem
from ..text import N_, _
from . import code_limits, codes, messages, sessions, unseen

_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # PostgreSQL keeps no NUL, and nothing keeps half a letter
_WRONG = N_("That code is not right, or no longer valid. Check it, or ask for another one.")


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get("/api/account")(account_GET)
    bp.post("/api/codes")(codes_POST)
    bp.post("/api/sessions")(sessions_POST)
    bp.delete("/api/sessions/current")(session_DELETE)


@public
def account_GET() -> ResponseReturnValue:
    """Who is signed in here; null where nobody is."""
    return jsonify(account=told(current_user) if current_user.is_authenticated else None)


@public
def codes_POST() -> ResponseReturnValue:
    """Send a code to a contact, known or not; the answer is the same.

    `{"contact": …}` as typed; `{"report": id, "hint": …}` as a report's link says it; or `{"attempt": …, "report": id,
    "by": "mail" | "sms"}`, another contact of whoever an attempt is about (unseen.py).
    """
    body = json_object()
    if "hint" in body:
        return unseen.by_link(text("report"), text("hint"))
    if "by" in body:
        return unseen.other_way(text("attempt"), text("by"), text("report"))
    settings: Settings = current_app.extensions["safelight"]
    contact = typed_contact(N_("A code"))
    with database().write() as session:
        refused = code_limits.spend(session, settings, contact)
        attempt, code = ("", "") if refused else codes.make(session, code_secret(), contact)
    if refused:
        raise refused
    try:
        messages.send_code(settings, contact, code)
    except messages.NotSent:
        raise Problem(503, "not_sent", "The code could not be sent. Try again in a moment.") from None
    return jsonify(attempt=attempt, to=contacts.masked(contact), digits=len(code))


@public
def sessions_POST() -> ResponseReturnValue:
    """Sign in with a code. One answer for every failure."""
    settings: Settings = current_app.extensions["safelight"]
    with database().write() as session:
        within = code_limits.spend_try(session, settings)
        contact = codes.use(session, code_secret(), text("attempt"), text("code")) if within else None
    try:
        if contact is None:
            raise PermissionError
        person = sessions.start(database(), settings.portal_secret, contact)
    except PermissionError:
        raise Problem(403, "wrong_code", _WRONG) from None
    response = jsonify(account=told(person))
    code_limits.remember(response, settings, person.contact)
    return response


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
    if not isinstance(value, str) or len(value) > 2000 or _NO_TEXT.search(value):
        raise Problem(400, "bad_request", _("The request lacks the text '{name}'.", name=name))
    return value


def typed_contact(what: str) -> str:
    """Return the request's contact in its one form; Problem 400 for none, and where `what` is to be sent cannot go."""
    settings: Settings = current_app.extensions["safelight"]
    try:
        contact = contacts.canonical(text("contact"), settings.phone_region)
    except contacts.BadContact as error:
        raise Problem(400, "bad_contact", str(error)) from None
    if not messages.can_reach(settings, contact):
        other = _("an e-mail address") if contacts.is_mobile(contact) else _("a mobile number")
        sentence = N_("{what} cannot be sent there from this server. Use {other}.")
        raise Problem(400, "bad_contact", _(sentence, what=_(what), other=other))
    return contact


def told(person: sessions.Person) -> dict[str, object]:
    """Return what a page is told of who is signed in."""
    of = {"id": person.account, "name": person.name, "contact": person.contact}
    organisation = person.membership and person.membership.told()
    country = {"jurisdiction": person.jurisdiction, "usual_country": _usual_country(person.contact)}
    return of | country | {"may_send": person.may_send, "organisation": organisation}


def _usual_country(contact: str) -> str:
    """Return the country to offer to whoever signed in by a contact: the number's, or else the installation's own."""
    settings: Settings = current_app.extensions["safelight"]
    found = contacts.country(contact) if contacts.is_mobile(contact) else settings.phone_region
    return found if found in contacts.COUNTRIES else ""


def code_secret() -> bytes:
    """Return the key under which codes are kept."""
    return contacts.derive(current_app.extensions["safelight"].portal_secret, "code")
