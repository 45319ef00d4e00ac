"""An organisation at a running installation: its people at their shells."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from tests.cli.shell import Shell
from tests.conftest import Installation
from viewer.database import Database
from viewer.portal import invitations, organisations
from viewer.portal.models import Member


@dataclass(frozen=True)
class Ward:
    """An administrator, an auditor, and a sender; another organisation's administrator; the organisation's id."""

    boss: Shell
    auditor: Shell
    sender: Shell
    stranger: Shell
    id: str
    sender_contact: str


def ward(installation: Installation, people: Path, name: str) -> Ward:
    """Make an organisation with its people, by the name of its own in their addresses."""
    boss, auditor, sender, stranger = (f"{who}.{name}@example.org" for who in ("boss", "auditor", "sender", "stranger"))
    settings = installation.settings
    with Database(settings, "portal").write() as session:
        made = organisations.add(session, name, invitations.account_of(session, settings, boss))
        organisations.add(session, f"not {name}", invitations.account_of(session, settings, stranger))
        for contact, role in ((auditor, "auditor"), (sender, "sender")):
            account = invitations.account_of(session, settings, contact)
            session.flush()
            member = Member(organisation_id=made.id, account_id=account.id, role=role, invited_at=1)
            member.contact = contact
            member.name = f"Dr {contact.partition('.')[0].capitalize()}"
            session.add(member)
            session.flush()
            organisations.put_in(session, member, account.id)
        own = select(Member).where(Member.organisation_id == made.id, Member.role == "administrator")
        for member in session.scalars(own):
            member.name = member.account.name = "Dr Boss"
        found = made.id
    shells = [_shell(installation, people, contact) for contact in (boss, auditor, sender, stranger)]
    return Ward(*shells, found, sender)


def _shell(installation: Installation, people: Path, contact: str) -> Shell:
    installation.client(contact, people)
    home = people / f"home {contact}"
    home.mkdir()
    (home / "safelight").symlink_to(people / contact)
    return Shell(installation, home)
