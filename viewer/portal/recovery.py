"""Recovery: what senders seal to their organisation's recovery key, and who may have it; nothing of it opens here."""

from typing import Any

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from sealed import base64url
from sealed.hpke import POINT

from .. import hpke
from ..bodies import bytes_of
from ..config import Settings
from ..gate import signed_in
from ..problems import Problem, not_available
from ..text import N_
from . import organisations
from .accounts import database, text
from .models import Recovery, Report
from .organisations import ADMINISTRATOR, Membership
from .reports import at, check_there, own

_SEALED = 101  # bytes: enc, a link share, tag


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.put("/api/reports/<report>/recovery")(recovery_PUT)
    bp.get("/api/reports/<report>/recovery")(recovery_GET)


@signed_in
def recovery_PUT(report: str) -> ResponseReturnValue:
    """Keep the link share of one's own report: `{"sealed": base64url, "recovery_key": to which it is sealed}`."""
    sealed, key = bytes_of(text("sealed"), _SEALED), text("recovery_key")
    with database().write() as session:
        check_there(own(session, report))
        of = organisations.membership(session, current_user.account)
        if of is None or of.recovery_key != key:
            sentence = N_("Your organisation has another recovery key by now. Send the photos again.")
            raise Problem(409, "recovery_key_changed", sentence)
        session.merge(Recovery(report_id=report, organisation_id=of.organisation, sealed=sealed))
    return "", 204


@signed_in
def recovery_GET(report: str) -> ResponseReturnValue:
    """What opens a report, with its organisation's recovery key: for that organisation's administrators only."""
    settings: Settings = current_app.extensions["safelight"]
    with database().read() as session:
        of = organisations.membership(session, current_user.account)
        found = of_administrator(session, of, report)
        if found is None:
            raise not_available()
        about = session.get_one(Report, report)
    told: dict[str, Any] = {"organisation": found.organisation_id, "sealed": base64url.encode(found.sealed)}
    return jsonify(told | {"file_host": about.file_host} | at(about.key_server, settings))


def of_administrator(session: Session, of: Membership | None, report: str) -> Recovery | None:
    """Return what is kept of a report for the organisation of an administrator; None for everybody else."""
    found = session.get(Recovery, report) if of and of.role == ADMINISTRATOR else None
    return found if found and of and found.organisation_id == of.organisation else None


def check_key(key: object) -> None:
    """Raise Problem 400 for what is no public key that links could be sealed to."""
    try:
        hpke.point(bytes_of(key, POINT))
    except ValueError:
        sentence = N_("A recovery key is what `safelight organisation recovery-key` prints.")
        raise Problem(400, "bad_recovery_key", sentence) from None
