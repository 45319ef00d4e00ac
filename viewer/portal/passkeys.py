"""Passkeys: signing in with one touch, and a person's own ones, which they add, name and remove."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sealed import base64url

from .. import clock, contacts
from ..bodies import json_object
from ..config import Settings
from ..gate import public, signed_in
from ..problems import Problem
from ..text import _
from . import accounts, beside, ceremonies, challenges, code_limits, devices, limits, sessions, telling_person
from .accounts import database, text
from .ceremonies import Refused
from .models import Contact
from .passkey_models import Passkey

MOST = 20  # of one account
WAIT = 86_400  # seconds until a passkey counts as one that was added by a code to an account that had others
_LONGEST = 60  # characters of a name


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.post("/api/sessions/passkey/options")(sign_in_options_POST)
    bp.post("/api/sessions/passkey")(session_by_passkey_POST)
    bp.get("/api/passkeys")(passkeys_GET)
    bp.post("/api/passkeys/options")(passkey_options_POST)
    bp.post("/api/passkeys")(passkeys_POST)
    bp.put("/api/passkeys/<passkey>")(passkey_PUT)
    bp.delete("/api/passkeys/<passkey>")(passkey_DELETE)


@public
def sign_in_options_POST() -> ResponseReturnValue:
    """What a browser asks a passkey with, the same for everybody: whoever has one is found by it."""
    challenge = challenges.make(_secret(), challenges.SIGN_IN)
    return jsonify(publicKey=ceremonies.ask_to_sign_in(_settings().portal_url, challenge))


@public
def session_by_passkey_POST() -> ResponseReturnValue:
    """Sign in with a passkey: `{"credential": what it answered}`. One answer for every failure."""
    try:
        answer = ceremonies.read(json_object().get("credential"), "authenticatorData", "signature", "userHandle")
    except Refused:
        answer = None
    with database().write() as session:
        within = code_limits.spend_try(session, _settings())
        found = _used(session, answer) if within and answer else None
        contact = _contact(session, found.account_id) if found else None
    try:
        if not found or not contact:
            raise PermissionError
        how = "passkey" if found.counts_from <= clock.now() else "code"
        person = sessions.start(database(), _settings().portal_secret, contact, how)
    except PermissionError:
        sentence = _("That passkey is not right, or no longer valid here. Use a code instead.")
        raise Problem(403, "wrong_passkey", sentence) from None
    return jsonify(account=accounts.told(person))


@signed_in
def passkeys_GET() -> ResponseReturnValue:
    """The passkeys of whoever is signed in, oldest first, and whether one may be added without signing in once more."""
    with database().read() as session:
        found = [_told(one) for one in of_account(session, current_user.account)]
    return jsonify(passkeys=found, fresh=sessions.is_fresh(current_user))


@signed_in
def passkey_options_POST() -> ResponseReturnValue:
    """What a browser makes a passkey with; for who has proved just now who they are."""
    sessions.check_fresh()
    with database().read() as session:
        known = [(one.credential_id, one.transports) for one in of_account(session, current_user.account)]
    challenge = challenges.make(_secret(), challenges.ADD, current_user.token)
    who = current_user.account, current_user.name, current_user.contact
    return jsonify(publicKey=ceremonies.ask_to_add(_settings().portal_url, challenge, *who, known))


@signed_in
def passkeys_POST() -> ResponseReturnValue:
    """Add a passkey: `{"credential": what the browser made}`. The account's contacts are told."""
    sessions.check_fresh()
    try:
        answer = ceremonies.read(json_object().get("credential"), "attestationObject")
        with database().write() as session:
            if not challenges.use(session, _secret(), answer.challenge, challenges.ADD, current_user.token):
                raise Refused
        verified = ceremonies.verify_added(answer, _settings().portal_url)
    except Refused:
        raise _not_added() from None
    account, now = current_user.account, clock.now()
    with database().write() as session:
        had = session.scalar(select(func.count()).where(Passkey.account_id == account)) or 0
        if session.get(Passkey, answer.id) is not None:
            raise _not_added()
        if len(of_account(session, account)) >= MOST:
            raise Problem(
                409, "too_many", _("You have as many passkeys as there can be. Remove one that you do not use.")
            )
        added = Passkey(credential_id=answer.id, account_id=account, public_key=verified.credential_public_key)
        added.sign_count, added.backed_up = verified.sign_count, verified.credential_backed_up
        added.name, added.transports = devices.device(request.user_agent.string), " ".join(answer.transports)
        added.created_at = now
        added.counts_from = now + WAIT if had and current_user.signed_in_by != "passkey" else now
        session.add(added)
        telling_person.tell(session, _settings(), account, "passkey_added", added.name)
    beside.wake()
    return jsonify(passkey=_told(added)), 201


@signed_in
def passkey_PUT(passkey: str) -> ResponseReturnValue:
    """Name a passkey of one's own: `{"name": text}`."""
    name = " ".join(text("name").split())[:_LONGEST]
    if not name or not name.isprintable():
        raise Problem(400, "bad_request", _("A passkey needs a name, of letters that can be read."))
    with database().write() as session:
        _own(session, passkey).name = name
    return "", 204


@signed_in
def passkey_DELETE(passkey: str) -> ResponseReturnValue:
    """Remove a passkey of one's own, at once and for good. The account's contacts are told."""
    sessions.check_fresh()
    with database().write() as session:
        gone = _own(session, passkey)
        gone.removed_at = clock.now()
        telling_person.tell(session, _settings(), current_user.account, "passkey_removed", gone.name)
    beside.wake()
    return "", 204


def of_account(session: Session, account: str) -> list[Passkey]:
    """Return the passkeys that an account has now, oldest first."""
    found = select(Passkey).where(Passkey.account_id == account, Passkey.removed_at.is_(None))
    return list(session.scalars(found.order_by(Passkey.created_at, Passkey.credential_id)))


def _used(session: Session, answer: ceremonies.Answer) -> Passkey | None:
    """Return the passkey that has given this answer, and note that it has; None where anything is wrong with it."""
    if not challenges.use(session, _secret(), answer.challenge, challenges.SIGN_IN):
        return None
    found = session.get(Passkey, answer.id)
    if found is None or found.removed_at is not None or answer.user_handle != found.account_id.encode():
        return None
    try:
        verified = ceremonies.verify_signed_in(answer, _settings().portal_url, found.public_key)
    except Refused:
        return None
    if found.account.disabled_at is not None:
        return None
    # Those that are on several devices count nothing, and say 0 (WebAuthn, section 6.1.1).
    if (verified.new_sign_count or found.sign_count) and verified.new_sign_count <= found.sign_count:
        _tell_of_copy(session, found)
        return None
    found.sign_count, found.backed_up = verified.new_sign_count, verified.credential_backed_up
    found.used_at = clock.now()
    return found


def _tell_of_copy(session: Session, found: Passkey) -> None:
    """Its counter went back: there are two of it, and either may be a thief's. Told once a day."""
    if limits.spend(session, f"copied passkey {base64url.encode(found.credential_id)[:64]}", 1, limits.DAY):
        with suppress(Problem):  # they are told so much today already; and this is no answer for who asks
            telling_person.tell(session, _settings(), found.account_id, "passkey_refused", found.name)
        beside.wake()


def _contact(session: Session, account: str) -> str | None:
    """Return the contact under which somebody is signed in by a passkey: the one that gets their messages."""
    own = select(Contact.value).where(Contact.account_id == account, Contact.verified_at.is_not(None))
    return session.scalars(own.order_by(Contact.is_main.desc(), Contact.verified_at.desc()).limit(1)).first()


def _own(session: Session, passkey: str) -> Passkey:
    found = next(
        (one for one in of_account(session, current_user.account) if base64url.encode(one.credential_id) == passkey),
        None,
    )
    if found is None:
        raise Problem(404, "no_passkey", _("You have no such passkey. Reload the page."))
    return found


def _not_added() -> Problem:
    return Problem(403, "passkey_refused", _("The passkey could not be added. Try again, or go on without one."))


def _told(passkey: Passkey) -> dict[str, Any]:
    used = None if passkey.used_at is None else clock.text(passkey.used_at)
    of = {
        "id": base64url.encode(passkey.credential_id),
        "name": passkey.name,
        "synced": passkey.backed_up,
        "used": used,
    }
    counts = clock.text(passkey.counts_from) if passkey.counts_from > clock.now() else None
    return of | {"created": clock.text(passkey.created_at), "counts_from": counts}


def _settings() -> Settings:
    settings: Settings = current_app.extensions["safelight"]
    return settings


def _secret() -> bytes:
    return contacts.derive(_settings().portal_secret, "passkey challenges")
