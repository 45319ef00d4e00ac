"""The HTTP of organisations: for administrators, and for those whom they invite."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import contacts
from ..config import Settings
from ..gate import signed_in
from ..problems import Problem
from ..text import N_, _, speaking
from . import administration, beside, limits, messages, organisations, recovery
from .accounts import database, text, typed_contact
from .models import Account, Member
from .organisations import ADMINISTRATOR, LONGEST, MOST_DAYS, ROLES, Membership

INVITATIONS_PER_CONTACT = (3, 86_400)  # how many, in how many seconds: of all organisations
INVITATIONS_PER_ORGANISATION = (200, 86_400)  # each says whether a contact is in use elsewhere
_INVITED = N_("{name} invites you to Safelight, for clinical photos. Sign in with this address or number: {url}")


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get("/api/organisation")(people_GET)
    bp.put("/api/organisation/defaults")(defaults_PUT)
    bp.put("/api/organisation/recovery-key")(recovery_key_PUT)
    bp.get("/api/organisation/events")(events_GET)
    bp.post("/api/organisation/members")(members_POST)
    bp.delete("/api/organisation/members/<account>")(member_DELETE)
    bp.put("/api/organisation/members/<account>/role")(role_PUT)
    bp.put("/api/organisation/members/<account>/disabled")(disabled_PUT)
    bp.delete("/api/organisation/members/<account>/disabled")(disabled_DELETE)
    bp.put("/api/organisation/invitations/<organisation>")(invitation_PUT)
    bp.delete("/api/organisation/invitations/<organisation>")(invitation_DELETE)


@signed_in
def people_GET() -> ResponseReturnValue:
    """Where the signed-in person belongs, and who invites them where they do not; to administrators who is in."""
    with database().read() as session:
        of = organisations.membership(session, current_user.account)
        found: dict[str, Any] = {"organisation": of and of.told(), "invitations": [], "members": None}
        if of is None:
            asked = select(Member).where(Member.account_id == current_user.account).order_by(Member.invited_at)
            found["invitations"] = [_invitation(member) for member in session.scalars(asked)]
        elif of.role == ADMINISTRATOR:
            found["members"] = administration.members(session, _settings(), of)
    return jsonify(found)


@signed_in
def defaults_PUT() -> ResponseReturnValue:
    """Set what holds for reports whose sender says nothing: `{"days": 1 to 90, "download": true or false}`."""
    body = _body()
    days, download = body.get("days"), body.get("download")
    if type(days) is not int or not 1 <= days <= MOST_DAYS or type(download) is not bool:
        raise Problem(
            400, "bad_defaults", _("Photos can open for 1 to {most} days. Type a number of days.", most=MOST_DAYS)
        )
    with _administration() as (session, of):
        administration.set_defaults(session, of, current_user.account, days, download)
    return "", 204


@signed_in
def recovery_key_PUT() -> ResponseReturnValue:
    """Set the public key to which senders seal their links from now on: `{"recovery_key": text}`, null for none."""
    key = _body().get("recovery_key", "")
    if key is not None:
        recovery.check_key(key)
    with _administration() as (session, of):
        administration.set_recovery_key(session, of, current_user.account, key)
    return jsonify(recovery_key=key)


@signed_in
def events_GET() -> ResponseReturnValue:
    """What was changed, newest first; `?before=` is the number of the oldest that was seen."""
    before = request.args.get("before", "")
    with database().read() as session:
        of = _own(session)
        number = int(before) if before.isdecimal() and len(before) <= 18 else 2**62
        found = organisations.events(session, of.organisation, number)
        accounts = {one[who] for one in found for who in ("by", "about")}
        return jsonify(events=found, names=_names(session, of, accounts))


@signed_in
def members_POST() -> ResponseReturnValue:
    """Invite somebody: `{"contact": text, "name": text, "role": one of ROLES}`. It goes out in one message."""
    settings = _settings()
    name, role, contact = " ".join(text("name").split()), _role(text("role")), typed_contact(N_("An invitation"))
    if not 0 < len(name) <= LONGEST or not name.isprintable():
        raise Problem(400, "bad_name", _("Type a name of at most {most} letters. Recipients see it.", most=LONGEST))
    with _administration() as (session, of):  # committed whatever follows: also what is refused then is counted
        who = contacts.pseudonym(settings.portal_secret, contact)
        within = [
            limits.spend(session, f"invitations {of.organisation}", *INVITATIONS_PER_ORGANISATION),
            limits.spend(session, f"invitation {who}", *INVITATIONS_PER_CONTACT),
        ]
        may_go = all(within) and limits.spend_message(session, settings, contact)
    if not may_go:
        raise Problem(429, "too_many", "Too many invitations went out today. Invite this person tomorrow.")
    with _administration() as (session, of):
        administration.invite(session, settings, of, current_user.account, name, contact, role)
    with speaking(settings.language):  # what the invited person reads is not known
        subject = _("An invitation to Safelight")
        words = _(_INVITED, name=of.name, url=f"{settings.portal_url}/organisation")
    try:
        messages.send(settings, contact, subject, words)
    except messages.NotSent:
        raise Problem(503, "not_sent", "The message could not be sent. Invite this person again in a moment.") from None
    return "", 204


@signed_in
def member_DELETE(account: str) -> ResponseReturnValue:
    """Take a member out, who then sends nothing more; or take an invitation back."""
    with _administration() as (session, of):
        administration.take_out(session, of, current_user.account, account)
    return "", 204


@signed_in
def role_PUT(account: str) -> ResponseReturnValue:
    """Give a member another role: `{"role": one of ROLES}`."""
    role = _role(text("role"))
    with _administration() as (session, of):
        administration.change_role(session, of, current_user.account, account, role)
    return "", 204


@signed_in
def disabled_PUT(account: str) -> ResponseReturnValue:
    """Disable a member, here at once, and at all servers as soon as they have heard."""
    with _administration() as (session, of):
        administration.disable(session, _settings(), of, current_user.account, account)
    beside.wake()
    return "", 204


@signed_in
def disabled_DELETE(account: str) -> ResponseReturnValue:
    """Enable a member again, everywhere."""
    with _administration() as (session, of):
        administration.enable(session, _settings(), of, current_user.account, account)
    beside.wake()
    return "", 204


@signed_in
def invitation_PUT(organisation: str) -> ResponseReturnValue:
    """Join an organisation that has invited the signed-in person."""
    with database().write() as session:
        organisations.put_in(session, _invited(session, organisation), current_user.account)
    return "", 204


@signed_in
def invitation_DELETE(organisation: str) -> ResponseReturnValue:
    """Decline an invitation."""
    with database().write() as session:
        organisations.decline(session, _invited(session, organisation))
    return "", 204


@contextmanager
def _administration() -> Iterator[tuple[Session, Membership]]:
    """A write transaction of an administrator's, who is asked there: they may have been disabled a moment ago."""
    with database().write() as session:
        if session.get_one(Account, current_user.account).disabled_at is not None:
            raise Problem(401, "sign_in", "Please sign in first.")
        yield session, _own(session)


def _own(session: Session) -> Membership:
    """Return the organisation whose administrator asks. Raises Problem 403 for others."""
    of = organisations.membership(session, current_user.account)
    if of is None or of.role != ADMINISTRATOR:
        raise Problem(403, "not_administrator", "Only administrators of an organisation can do this.")
    return of


def _invited(session: Session, organisation: str) -> Member:
    """Return the signed-in person's open invitation. Raises Problem 404."""
    member = session.get(Member, (organisation, current_user.account))
    if member is None or member.joined_at is not None:
        raise Problem(404, "no_invitation", "There is no such invitation any more. Ask whoever has invited you.")
    return member


def _invitation(member: Member) -> dict[str, str]:
    of = member.organisation
    return {"organisation": of.id, "name": of.name, "role": member.role, "you": member.name}


def _names(session: Session, of: Membership, accounts: set[str]) -> dict[str, str]:
    """Return how administrators know these people: by the name they gave, else by the contact they typed.

    Of who was invited and never came they know nothing, not their name either.
    """
    here = session.scalars(select(Member).where(Member.organisation_id == of.organisation))
    found = organisations.who_left(session, of.organisation)
    found |= {one.account_id: one.name or one.contact for one in here}
    return {account: name for account, name in found.items() if account in accounts}


def _role(role: str) -> str:
    if role not in ROLES:
        raise Problem(400, "bad_role", _("Choose what this person is: {roles}.", roles=", ".join(ROLES)))
    return role


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _settings() -> Settings:
    settings: Settings = current_app.extensions["safelight"]
    return settings
