"""Organisations: who belongs to them, and as what. What administrators do to others is in administration.py."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from .. import clock
from ..problems import Problem
from .ids import new_id
from .models import Account, Member, Organisation, OrganisationEvent

SENDER, ADMINISTRATOR, AUDITOR = ROLES = ("sender", "administrator", "auditor")
# Of the log: administrators too, who decide who is an auditor, and so could anyway. That somebody read, it tells.
READERS = (AUDITOR, ADMINISTRATOR)
DAYS, MOST_DAYS = 7, 90  # until a report expires
LONGEST = 100  # characters of a name
EVENTS = 50  # in one answer


@dataclass(frozen=True)
class Membership:
    """Where somebody belongs, and as what; `days` and `download` are what holds where they say nothing."""

    organisation: str
    name: str
    role: str
    days: int
    download: bool
    recovery_key: str | None = None

    def told(self) -> dict[str, Any]:
        """Return it as JSON."""
        defaults = {"days": self.days, "download": self.download}
        told = {"id": self.organisation, "name": self.name, "role": self.role, "defaults": defaults}
        return told | {"recovery_key": self.recovery_key}


def membership(session: Session, account: str) -> Membership | None:
    """Return where an account belongs."""
    member = session.scalar(select(Member).where(Member.account_id == account, Member.joined_at.is_not(None)))
    if member is None:
        return None
    of = member.organisation
    return Membership(of.id, of.name, member.role, of.days, of.download, of.recovery_key)


def put_in(session: Session, member: Member, by: str) -> None:
    """Let somebody belong to the organisation that has invited them. Raises Problem 409 where they do already."""
    if membership(session, member.account_id) is not None:
        raise Problem(409, "belongs", "This person belongs to an organisation already, and can only be in one.")
    member.joined_at, member.account.name = clock.now(), member.name or member.account.name
    set_role(member, member.role)
    note(session, member.organisation_id, by, "joined", member.account_id, role=member.role)


def set_role(member: Member, role: str) -> None:
    """Give a member a role. It decides whether they may send: Account.may_send is the one place that says so."""
    member.role = role
    if member.joined_at is not None:
        member.account.may_send = role != AUDITOR


def contact_gone(session: Session, account: str, contact: str, instead: str) -> None:
    """Let an organisation know a member by another contact, in the write transaction that takes theirs away.

    An invitation that went to it is declined by that: whoever has sent it knows of no other.
    """
    known = select(Member).where(Member.account_id == account, Member.contact == contact)
    for member in session.scalars(known).all():
        if member.joined_at is None:
            decline(session, member)
        else:
            member.contact = instead


def decline(session: Session, member: Member) -> None:
    """Let somebody decline an invitation."""
    session.delete(member)
    note(session, member.organisation_id, member.account_id, "declined", member.account_id)


def who_left(session: Session, organisation: str) -> dict[str, str]:
    """Return the names, by account, of those who were in an organisation and are not now; erased ones have none."""
    joined = OrganisationEvent.organisation_id == organisation, OrganisationEvent.action == "joined"
    here = select(Member.account_id).where(Member.organisation_id == organisation, Member.joined_at.is_not(None))
    were = Account.id.in_(select(OrganisationEvent.about).where(*joined)), Account.id.not_in(here), Account.name != ""
    return {one.id: one.name for one in session.scalars(select(Account).where(*were))}


def add(session: Session, name: str, account: Account) -> Organisation:
    """Make an organisation, or find the one of this name, and let an account be its administrator.

    Raises Problem 409 where the account belongs to another one, or is disabled.
    """
    organisation = session.scalar(select(Organisation).where(Organisation.name == name))
    if organisation is None:
        organisation = Organisation(id=new_id(), name=name, created_at=clock.now(), days=DAYS, download=False)
        session.add(organisation)
        session.flush()
        note(session, organisation.id, "", "began", "")
    if account.disabled_at is not None:
        raise Problem(409, "disabled", "This person is disabled. Another administrator can enable them on the page.")
    member = session.get(Member, (organisation.id, account.id))
    if member is None:
        member = Member(name=account.name, invited_at=clock.now(), organisation=organisation, account=account)
        member.contact = account.contacts[0].value
        session.add(member)
    member.role = ADMINISTRATOR
    session.flush()
    if member.joined_at is None:
        put_in(session, member, "")
    else:
        set_role(member, ADMINISTRATOR)
        note(session, organisation.id, "", "role", account.id, role=ADMINISTRATOR)
    return organisation


def all_of_them(session: Session) -> list[Row[Any]]:
    """Return id and name of each organisation; how many `people` are in, disabled ones apart, and `administrators`."""
    are_in = (Member.organisation_id == Organisation.id) & Member.joined_at.is_not(None)
    people = select(Organisation.id, Organisation.name, func.count(Account.id).label("people"))
    administrators = func.count(Account.id).filter(Member.role == ADMINISTRATOR).label("administrators")
    joined = people.add_columns(administrators).outerjoin(Member, are_in)
    active = joined.outerjoin(Account, (Account.id == Member.account_id) & Account.disabled_at.is_(None))
    return list(session.execute(active.group_by(Organisation.id, Organisation.name).order_by(Organisation.name)))


def note(session: Session, organisation: str, by: str, action: str, about: str, **details: Any) -> None:
    """Keep what was changed, in the write transaction of the change itself."""
    newest = select(func.max(OrganisationEvent.number)).where(OrganisationEvent.organisation_id == organisation)
    number = session.scalar(newest)
    session.add(
        OrganisationEvent(
            organisation_id=organisation,
            number=0 if number is None else number + 1,
            at=clock.now(),
            by=by,
            action=action,
            about=about,
            details=json.dumps(details),
        )
    )
    session.flush()


def events(session: Session, organisation: str, before: int) -> list[dict[str, Any]]:
    """Return what was changed before the event of this number, newest first, EVENTS at most."""
    own = OrganisationEvent.organisation_id == organisation, OrganisationEvent.number < before
    newest = select(OrganisationEvent).where(*own).order_by(OrganisationEvent.number.desc()).limit(EVENTS)
    return [
        {"number": one.number, "at": clock.text(one.at), "by": one.by, "action": one.action, "about": one.about}
        | {"details": json.loads(one.details)}
        for one in session.scalars(newest)
    ]
