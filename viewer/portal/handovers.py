"""A link's way from a person's phone to their computer: what the phone has sealed lies here for one taking.

Both are signed in to the same account. The computer's key stands in the QR code that it shows, and never comes here;
so nothing here opens, nor tells which report it is about. When it was, and between which browsers, is kept for its
person to see.
"""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from sealed import base64url
from sealed.handover import SEALED

from .. import clock, metrics
from ..bodies import bytes_of
from ..gate import signed_in
from ..problems import Problem
from ..text import _
from . import devices, limits
from .accounts import database, text
from .ids import new_id
from .person_models import Handover

LIFETIME = 120  # seconds in which a code can be scanned and answered
MOST = 120  # in an hour, of one account: a page that stays open shows a new one every two minutes
KEPT = 30 * limits.DAY  # seconds for which its person can see that there was one
_LONGEST = 512  # characters of what a browser calls itself


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.post("/api/handovers")(handovers_POST)
    bp.get("/api/handovers/<handover>")(handover_GET)
    bp.put("/api/handovers/<handover>")(handover_PUT)
    bp.post("/api/handovers/<handover>/taking")(taking_POST)


@signed_in
def handovers_POST() -> ResponseReturnValue:
    """Begin one, at the computer."""
    now = clock.now()
    with database().write() as session:
        is_over = or_(Handover.taken_at.is_(None), Handover.begun_at < now - KEPT)
        session.execute(delete(Handover).where(Handover.begun_at < now - LIFETIME, is_over))
        within = limits.spend(session, f"handovers {current_user.account}", MOST, 3600)
        made = Handover(id=new_id(), account_id=current_user.account, session=current_user.session)
        made.computer, made.phone, made.begun_at = _browser(), "", now
        if within:
            session.add(made)
    if not within:
        metrics.limited("handovers")
        raise Problem(429, "too_many", _("That were very many codes. Wait a while, then reload the page."))
    return jsonify(handover=made.id, seconds=LIFETIME), 201


@signed_in
def handover_GET(handover: str) -> ResponseReturnValue:
    """Which computer waits, for whoever has scanned its code with the same account."""
    with database().read() as session:
        found = _waiting(session, handover)
    return jsonify(computer=devices.device(found.computer), seconds=found.begun_at + LIFETIME - clock.now())


@signed_in
def handover_PUT(handover: str) -> ResponseReturnValue:
    """Leave what the phone has sealed to the computer's key: `{"sealed": base64url}`. Once."""
    sealed = bytes_of(text("sealed"), SEALED)
    with database().write() as session:
        found = _waiting(session, handover)
        found.sealed, found.phone, found.left_at = sealed, _browser(), clock.now()
    return "", 204


@signed_in
def taking_POST(handover: str) -> ResponseReturnValue:
    """Take it, at the computer that has begun: `sealed` is null as long as there is nothing. It is gone then."""
    with database().read() as session:
        if _own(session, handover).left_at is None:
            return jsonify(sealed=None)  # asked every other second, and no reason to write
    with database().write() as session:
        found = _own(session, handover)
        sealed, found.sealed, found.taken_at = found.sealed or b"", None, clock.now()
    return jsonify(sealed=base64url.encode(sealed))


def told(session: Session, account: str) -> list[dict[str, Any]]:
    """Return the handovers of an account that came to their end, newest first: when, from where, and where to."""
    taken = select(Handover).where(Handover.account_id == account, Handover.taken_at.is_not(None))
    return [
        {
            "when": clock.text(one.taken_at or 0),
            "phone": devices.device(one.phone),
            "computer": devices.device(one.computer),
        }
        for one in session.scalars(taken.order_by(Handover.taken_at.desc()).limit(10))
    ]


def _waiting(session: Session, name: str) -> Handover:
    """Return a handover of one's own that nothing was left at yet. One answer for all others: Problem 404."""
    found = session.get(Handover, name)
    if found is None or found.account_id != current_user.account or found.left_at is not None or _is_over(found):
        raise _over()
    return found


def _own(session: Session, name: str) -> Handover:
    """Return a handover that this very session has begun, and not taken. Raises Problem 404."""
    found = session.get(Handover, name)
    is_own = found is not None and (found.account_id, found.session) == (current_user.account, current_user.session)
    if found is None or not is_own or found.taken_at is not None or _is_over(found):
        raise _over()
    return found


def _is_over(found: Handover) -> bool:
    return found.begun_at + LIFETIME < clock.now()


def _over() -> Problem:
    sentence = _("Let the computer show a new one, signed in there with the same address as here, and scan that.")
    return Problem(404, "handover_over", sentence)


def _browser() -> str:
    return request.user_agent.string[:_LONGEST]
