"""Signing in with a hospital's own sign-in, by OpenID Connect: to its provider, and back to the page one came from.

The page comes back from the provider to /signed-in/<hospital>, which changes nothing; its script asks for the session.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, Flask, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from .. import clock, contacts, oidc
from ..bodies import json_object
from ..config import Settings
from ..gate import public
from ..problems import Problem
from ..sign_ins import Hospital
from ..sql import sql
from ..text import N_
from . import beside, code_limits, identities, sessions
from .accounts import database, text, told

BACK = "/signed-in/"  # where a provider sends people back: each to an address of its own (RFC 9700, section 4.4)
_FIELDS = ("state", "code", "iss", "error")  # of a provider's answer: what is left of them is looked at
_FORGET = "DELETE FROM hospital_turn WHERE until < ?"
_BEGIN = "INSERT INTO hospital_turn (browser, hospital, until) VALUES (?, ?, ?)"
_END = "DELETE FROM hospital_turn WHERE browser = ? AND hospital = ? AND until >= ? RETURNING hospital"
_PER_ADDRESS = (1000, 3600)  # turns, in how many seconds: a hospital's shift begins, behind one address
_log = logging.getLogger("safelight")


@dataclass(frozen=True)
class Door:
    """A hospital, its provider, and the secret (32 bytes) that makes turns there."""

    hospital: Hospital
    provider: oidc.Provider
    secret: bytes

    @classmethod
    def of(cls, hospital: Hospital, settings: Settings) -> "Door":
        """Return the door of a hospital at the portal of `settings`."""
        provider = oidc.Provider(hospital.sign_in, settings.portal_url + BACK + hospital.key, "email profile")
        issuer = hospital.sign_in.issuer
        return cls(hospital, provider, contacts.derive(settings.portal_secret, f"hospital sign-in {issuer}"))


def register(app: Flask, settings: Settings) -> None:
    """Make the doors, and let pages name them: `hospitals` is what they show."""
    doors = {hospital.key: Door.of(hospital, settings) for hospital in settings.hospitals}
    app.extensions["safelight.hospitals"] = doors
    app.jinja_env.globals.update(hospitals=[(one.key, one.sign_in.name) for one in settings.hospitals])


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.post("/api/sessions/hospital/turn")(hospital_turn_POST)
    bp.post("/api/sessions/hospital")(hospital_POST)


@public
def hospital_turn_POST() -> ResponseReturnValue:
    """Begin a turn at a hospital's provider, in this browser only; answers the provider's address."""
    settings: Settings = current_app.extensions["safelight"]
    door = _doors().get(text("hospital"))
    if door is None:
        raise Problem(404, "no_hospital", "This sign-in is not there any more. Reload the page.")
    browser = secrets.token_urlsafe(32)
    address = door.provider.address(oidc.Turn.of(door.secret, browser))
    now = clock.now()
    with database().write() as session:
        within = code_limits.spend_address(session, settings, "turns", _PER_ADDRESS)
        sql(session, _FORGET, (now,))
        if within:
            sql(session, _BEGIN, (_hash(browser), door.hospital.key, now + oidc.PATIENCE))
    if not within:
        raise Problem(429, "too_many", "Too many sign-ins from here. Try again in an hour.")
    response = jsonify(address=address)
    name, secure = _cookie(settings)
    # Strict: only our own page asks for what it is good for, not whoever sends the browser back here.
    response.set_cookie(name, browser, max_age=oidc.PATIENCE, secure=secure, httponly=True, samesite="Strict")
    return response


@public
def hospital_POST() -> ResponseReturnValue:
    """Sign in whom a hospital's provider has sent back, by its answer. One answer for every failure."""
    settings: Settings = current_app.extensions["safelight"]
    said = json_object()
    answer = {name: said[name] for name in _FIELDS if isinstance(said.get(name), str)}
    door, name = _doors().get(text("hospital")), _cookie(settings)[0]
    try:
        if door is None:
            raise oidc.NotSignedIn("no such hospital")
        person = _signed_in(door, settings, request.cookies.get(name, ""), answer)
    except (oidc.NotSignedIn, PermissionError) as refused:
        _log.warning("a hospital's sign-in was refused: %s", refused)
        sentence = N_("This did not sign you in here. Begin it again, or sign in with a code.")
        raise Problem(403, "not_signed_in", sentence) from None
    beside.wake()
    response = jsonify(account=told(person))
    response.delete_cookie(name, secure=_cookie(settings)[1], httponly=True, samesite="Strict")
    code_limits.remember(response, settings, person.contact)
    return response


def _signed_in(door: Door, settings: Settings, browser: str, answer: dict[str, str]) -> sessions.Person:
    """End a turn, whatever comes of it, and sign its person in. Raises oidc.NotSignedIn, PermissionError, Problem."""
    turn = oidc.Turn.of(door.secret, browser)
    if not turn.began(answer):
        raise oidc.NotSignedIn("another state")
    with database().write() as session:
        if not sql(session, _END, (_hash(browser), door.hospital.key, clock.now())):
            raise oidc.NotSignedIn("no turn")
    person = door.provider.person(answer, turn)
    contact = identities.vouched(door.hospital, person)

    def admit(session: Session) -> None:
        identities.admit(session, settings, door.hospital, person)

    return sessions.start(database(), settings.portal_secret, contact, "oidc", admit)


def _doors() -> dict[str, Door]:
    return cast(dict[str, Door], current_app.extensions["safelight.hospitals"])


def _cookie(settings: Settings) -> tuple[str, bool]:
    """Return the cookie's name, and whether it goes over https only. Without https a browser takes no `__Host-`."""
    secure = settings.portal_url.startswith("https://")
    return ("__Host-safelight-hospital" if secure else "safelight-hospital"), secure


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
