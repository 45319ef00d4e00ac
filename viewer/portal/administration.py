"""What administrators do: invite, take out, disable and enable again, change roles, set what holds by default."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from .. import clock
from ..config import Settings
from ..problems import Problem
from . import devices, invitations, organisations, telling
from .models import Account, Member, Organisation
from .models import Session as SignedIn
from .organisations import ADMINISTRATOR, Membership


def unknown() -> Problem:
    """The one answer for who is not there, and who is in another organisation."""
    return Problem(404, "unknown_person", "There is nobody like this in your organisation. Reload the page.")


def invite(session: Session, settings: Settings, of: Membership, by: str, name: str, contact: str, role: str) -> Member:
    """Invite the person of a contact, or once more; they belong once they have said yes.

    Raises Problem 409 for who belongs somewhere already: it does not tell where, nor whatever else is known of them.
    """
    account = invitations.account_of(session, settings, contact)
    session.flush()
    belongs = organisations.membership(session, account.id)
    if belongs and belongs.organisation == of.organisation:
        raise Problem(409, "belongs", "This person is in your organisation already. You find them in the list.")
    if belongs:
        raise Problem(
            409,
            "belongs_elsewhere",
            "This person cannot be invited: this address or number is in use by another organisation. "
            "Ask them for another one, or ask whoever runs Safelight for you.",
        )
    member = session.get(Member, (of.organisation, account.id))
    if member is None:
        member = Member(organisation_id=of.organisation, account_id=account.id)
        session.add(member)
    member.name, member.role, member.contact, member.invited_at = name, role, contact, clock.now()
    organisations.note(session, of.organisation, by, "invited", account.id, role=role)
    return member


def take_out(session: Session, of: Membership, by: str, account: str) -> None:
    """Let somebody leave: they send nothing more, and keep their account and what they have sent. Or take an
    invitation back, of who has not joined.

    Nothing begins here with the next request. Passes that are out are good for two minutes and the clocks' skew, as
    after a change of role; they name what was begun before. Raises Problem 409 for the last administrator, and for
    who is disabled: nobody could enable them any more, and leaving must not do it by itself.
    """
    member = _member(session, of, account)
    if member.joined_at is not None:
        if member.account.disabled_at is not None:
            raise Problem(
                409, "disabled", "Nobody could enable this person any more. Enable them first, then take them out."
            )
        if member.role == ADMINISTRATOR:
            check_not_last(session, member)
        member.account.may_send = False
    session.delete(member)
    organisations.note(session, of.organisation, by, "removed" if member.joined_at else "withdrew", account)


def change_role(session: Session, of: Membership, by: str, account: str, role: str) -> None:
    """Give a member another role. Raises Problem 409 for the last administrator."""
    member = _member(session, of, account)
    if member.role == role:
        return
    if member.role == ADMINISTRATOR:
        check_not_last(session, member)
    organisations.set_role(member, role)
    organisations.note(session, of.organisation, by, "role", account, role=role)


def disable(session: Session, settings: Settings, of: Membership, by: str, account: str) -> None:
    """Let a member do nothing any more, from now on: sessions end here, and all servers are told.

    Raises Problem 409 for the last administrator.
    """
    member = _joined(session, of, account)
    if member.account.disabled_at is not None:
        return
    if member.role == ADMINISTRATOR:
        check_not_last(session, member)
    member.account.disabled_at = clock.now()
    devices.end_all(session, account)
    telling.note(session, settings, account, disabled=True)
    organisations.note(session, of.organisation, by, "disabled", account)


def enable(session: Session, settings: Settings, of: Membership, by: str, account: str) -> None:
    """Let a member in again, who then signs in anew."""
    member = _joined(session, of, account)
    if member.account.disabled_at is None:
        return
    member.account.disabled_at = None
    telling.note(session, settings, account, disabled=False)
    organisations.note(session, of.organisation, by, "enabled", account)


def set_defaults(session: Session, of: Membership, by: str, days: int, download: bool) -> None:
    """Set what holds for reports whose sender says nothing of it."""
    organisation = session.get_one(Organisation, of.organisation)
    if (organisation.days, organisation.download) == (days, download):
        return
    organisation.days, organisation.download = days, download
    organisations.note(session, of.organisation, by, "defaults", "", days=days, download=download)


def set_recovery_key(session: Session, of: Membership, by: str, key: str | None) -> None:
    """Set the public key to which senders seal their links from now on; what was sealed before stays as it is."""
    organisation = session.get_one(Organisation, of.organisation)
    if organisation.recovery_key == key:
        return
    organisation.recovery_key = key
    organisations.note(session, of.organisation, by, "recovery_key", "", key=key)


def members(session: Session, settings: Settings, of: Membership) -> list[dict[str, Any]]:
    """Return who is in, by name, and who is invited. Of those only what administrators have typed themselves."""
    here = select(Member.account_id).where(Member.organisation_id == of.organisation)
    seen = select(SignedIn.account_id, func.max(SignedIn.created_at)).where(SignedIn.account_id.in_(here))
    last = {row[0]: row[1] for row in session.execute(seen.group_by(SignedIn.account_id))}
    heard = telling.told(session, settings, here)
    found = select(Member).where(Member.organisation_id == of.organisation).options(joinedload(Member.account))
    told = [
        {
            "account": one.account_id,
            "name": one.name,
            "contact": one.contact,
            "role": one.role,
            "joined": one.joined_at is not None,
            "signed_in": _time(last.get(one.account_id)) if one.joined_at else None,
            "disabled": _time(one.account.disabled_at) if one.joined_at else None,
        }
        | heard.get(one.account_id, {"told": 0, "servers": 0})
        for one in session.scalars(found)
    ]
    return sorted(told, key=lambda one: str(one["name"] or one["contact"]).casefold())


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else clock.text(seconds)


def _member(session: Session, of: Membership, account: str) -> Member:
    found = session.get(Member, (of.organisation, account))
    if found is None:
        raise unknown()
    return found


def _joined(session: Session, of: Membership, account: str) -> Member:
    found = _member(session, of, account)
    if found.joined_at is None:
        raise Problem(409, "not_joined", "This person has not joined yet. Withdraw the invitation instead.")
    return found


def check_not_last(session: Session, member: Member) -> None:
    """Raise Problem 409 where nobody else could look after the organisation: only one writer is here at a time."""
    if member.joined_at is None:
        return
    others = (
        select(func.count())
        .select_from(Member)
        .join(Account)
        .where(
            Member.organisation_id == member.organisation_id,
            Member.account_id != member.account_id,
            Member.role == ADMINISTRATOR,
            Member.joined_at.is_not(None),
            Account.disabled_at.is_(None),
        )
    )
    if not session.scalar(others):
        raise Problem(
            409,
            "last_administrator",
            "This is the last administrator. Make somebody else an administrator first, "
            "and wait until they have joined.",
        )
