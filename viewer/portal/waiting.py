"""Tells people that somebody has photos for them: never which, never the link, nothing about a patient."""

from sqlalchemy.orm import Session

from .. import contacts
from ..config import Settings
from ..database import Database
from ..problems import Problem
from ..text import N_, _, speaking
from . import limits, messages, own_contacts
from .models import Account

_HOUR = 3600  # seconds in which one sender has one person told once, however many reports there are


def tell(database: Database, settings: Settings, sender: str, named: list[str]) -> dict[str, int]:
    """Tell contacts that a sender (account) has photos for them; return how many were told, and how many not and why.

    Raises Problem 429 where nobody was told because that would be more messages than may go out today.
    """
    found, limited = {"told": 0, "before": 0, "unreached": 0}, 0
    with database.write() as session:
        name, due = _name(session, sender), []
        for contact in named:
            if not messages.can_reach(settings, contact):
                found["unreached"] += 1
            elif not limits.spend(session, _key(settings, sender, contact), 1, _HOUR):
                found["before"] += 1
            elif not limits.spend_message(session, settings, contact):
                limits.give_back(session, _key(settings, sender, contact), 1, _HOUR)
                limited += 1
            else:
                due.append(contact)
    for contact in due:
        if _send(settings, contact, name):
            found["told"] += 1
        else:
            found["unreached"] += 1
            with database.write() as session:
                limits.give_back(session, _key(settings, sender, contact), 1, _HOUR)
    if limited and not due:
        way_out = _("Send the link yourself, or try again tomorrow.")
        raise Problem(429, "too_many", f"{_('This server has sent as many messages today as it may.')} {way_out}")
    found["unreached"] += limited
    return found


def _name(session: Session, account: str) -> str:
    return session.get_one(Account, account).name or own_contacts.main(session, account) or ""


def _send(settings: Settings, contact: str, name: str) -> bool:
    """The link must come from its sender: a message of ours that held one would be what thieves imitate."""
    with speaking(settings.language):
        subject = _("{sender} has photos for you", sender=name)
        sentence = N_("{sender} has photos for you (Safelight). The link to them comes from {sender}, not from us.")
        text = _(sentence, sender=name)
    try:
        messages.send(settings, contact, subject, text)
    except messages.NotSent:
        return False
    return True


def _key(settings: Settings, sender: str, contact: str) -> str:
    return f"waiting {sender} {contacts.pseudonym(settings.portal_secret, contact)}"
