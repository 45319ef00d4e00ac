"""How many codes go out: to one contact, by one browser or link, to one address of the network, in a day.

What a contact is sent is capped, or strangers could fill somebody's phone. A cap that strangers can use up is one by
which they shut its owner out, day after day. So they have theirs for themselves: a browser in which the contact
has signed in before, and a link that names the contact, have caps of their own, which no stranger can reach. A passkey,
the hospital's sign-in and another contact of the account know nothing of any of them.
"""

import hmac
import secrets

from flask import Response, request
from sqlalchemy.orm import Session

from .. import contacts
from ..config import Settings
from ..problems import Problem
from ..text import _
from . import limits

PER_CONTACT = (6, 3600)  # how many, in how many seconds
PER_CONTACT_DAY = (20, limits.DAY)
PER_ADDRESS = (120, 3600)  # a hospital shares one address
TRIES_PER_ADDRESS = (300, 3600)
_REMEMBERED = 180 * limits.DAY  # seconds


def spend(session: Session, settings: Settings, contact: str, report: str = "") -> Problem | None:
    """Count a code for a contact; return what to tell where it may not go out. To be called as `limits.spend` is.

    `report` is the id of one that names this contact, where the code was asked for by its link.
    """
    if not spend_address(session, settings, "codes", PER_ADDRESS):
        return _too_many()
    return spend_contact(session, settings, contact, report)


def spend_unseen(session: Session, settings: Settings, door: str) -> Problem | None:
    """Count a code that goes to nobody knows whom, as far as the answer tells; return what to tell, as `spend` does.

    `door` is what it was asked for by: a report's id, known or not, or an attempt. spend_contact counts the rest.
    """
    if not spend_address(session, settings, "codes", PER_ADDRESS):
        return _too_many()
    within = [
        limits.spend(session, f"codes by {door}", *PER_CONTACT),
        limits.spend(session, f"codes day by {door}", *PER_CONTACT_DAY),
    ]
    return None if all(within) else _too_many()


def spend_contact(session: Session, settings: Settings, contact: str, report: str = "") -> Problem | None:
    """Count a code for a contact as `spend` does, but not for the address that it was asked from."""
    door = f" {_door(settings, contact) or report}"
    who = contacts.pseudonym(settings.portal_secret, contact) + door.rstrip()
    within = [
        limits.spend(session, f"codes {who}", *PER_CONTACT),
        limits.spend(session, f"codes day {who}", *PER_CONTACT_DAY),
    ]
    if not all(within):
        return _too_many()
    return None if limits.spend_message(session, settings, contact) else _no_more_today(settings, contact)


def spend_try(session: Session, settings: Settings) -> bool:
    """Count a try to sign in by this request's address; tell whether it is within. To be called as `limits.spend`."""
    return spend_address(session, settings, "tries", TRIES_PER_ADDRESS)


def remember(response: Response, settings: Settings, contact: str) -> None:
    """Let this browser have a cap of its own for codes to a contact that it has just proved.

    The cookie names nobody and signs nobody in: it is a random name, and the proof that we gave it for this contact.
    """
    if not _door(settings, contact):
        name = secrets.token_urlsafe(16)
        https = settings.portal_url.startswith("https://")
        value = f"{name}.{_proof(settings, name, contact)}"
        response.set_cookie(
            _cookie(settings), value, _REMEMBERED, secure=https, httponly=True, samesite="Strict", path="/"
        )


def _door(settings: Settings, contact: str) -> str:
    """Return the name that this browser was given for this contact, or nothing."""
    name, _, proof = request.cookies.get(_cookie(settings), "").partition(".")
    return name if hmac.compare_digest(proof.encode(), _proof(settings, name, contact).encode()) else ""


def _cookie(settings: Settings) -> str:
    return "__Host-safelight-known" if settings.portal_url.startswith("https://") else "safelight-known"


def _proof(settings: Settings, name: str, contact: str) -> str:
    key = contacts.derive(settings.portal_secret, "known browser")
    return hmac.digest(key, f"{name}\0{contact}".encode(), "sha256").hex()


def spend_address(session: Session, settings: Settings, what: str, most: tuple[int, int]) -> bool:
    """Count something that this request's address does; tell whether it is within. To be called as `limits.spend`."""
    address = contacts.pseudonym(settings.portal_secret, request.remote_addr or "")
    return limits.spend(session, f"{what} address {address}", *most)


def _too_many() -> Problem:
    sentence = _("The last one still works where it was asked for; otherwise try again in an hour.")
    return Problem(429, "too_many", " ".join((_("Too many codes were asked for."), sentence)))


def _no_more_today(settings: Settings, contact: str) -> Problem:
    if contacts.is_mobile(contact) and settings.mail:
        way_out = _("Use your e-mail address, try again tomorrow, or tell whoever runs it.")
    else:
        way_out = _("Try again tomorrow, or tell whoever runs it.")
    said = _("This server has sent as many messages today as it may.")
    return Problem(429, "too_many", f"{said} {way_out}")
