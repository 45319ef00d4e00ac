"""What a portal tells auditors beside the key servers' logs: where these are, and the names of its own people."""

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from .. import log_key
from ..config import Settings
from ..gate import signed_in
from ..problems import Problem
from . import organisations
from .accounts import database
from .models import Member


def routes(bp: Blueprint) -> None:
    """Add the view of this module."""
    bp.get("/api/organisation/audit")(auditing_GET)


@signed_in
def auditing_GET() -> ResponseReturnValue:
    """The key servers, first the default one, the keys of their logs, and the people of the reader's organisation.

    Those who have left, too, by their name: the log goes on to tell of them.
    """
    settings: Settings = current_app.extensions["safelight"]
    with database().read() as session:
        of = organisations.membership(session, current_user.account)
        if of is None or of.role not in organisations.READERS:
            raise Problem(403, "not_auditor", "Only auditors and administrators of an organisation can read its log.")
        joined = Member.organisation_id == of.organisation, Member.joined_at.is_not(None)
        people = [
            {"account": one.account_id, "name": one.name, "contact": one.contact}
            for one in session.scalars(select(Member).where(*joined))
        ]
        left = organisations.who_left(session, of.organisation)
        people += [{"account": account, "name": name, "contact": ""} for account, name in left.items()]
    logs = [{"key_server": url, "log_key": key.text()} for url, key in log_key.servers(settings).items()]
    named = {"id": of.organisation, "name": of.name}
    return jsonify(organisation=named, issuer=settings.portal_url, people=people, logs=logs)
