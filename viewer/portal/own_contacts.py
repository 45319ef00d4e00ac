"""A person's own contacts: each one proved before it counts, never none of them, and every change told to them all.

A contact belongs to one account. Whoever proves one that belongs to another account may take it over, unless it is
the last one there: then that account would be nobody's, with all that is in it.
"""

from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from .. import clock, contacts
from ..config import Settings
from ..problems import Problem
from ..text import _
from . import organisations, sessions, telling_person
from .models import Account, Contact, Recipient, Visitor
from .person_models import Former

MOST = 10  # of one account


def verified(account: str) -> Select[Contact]:
    """Select the verified contacts of an account: the main one first, of the others that first that was proved last."""
    own = select(Contact).where(Contact.account_id == account, Contact.verified_at.is_not(None))
    return own.order_by(Contact.is_main.desc(), Contact.verified_at.desc(), Contact.value)


def main(session: Session, account: str) -> str | None:
    """Return by which contact others reach an account; None where it has none any more."""
    found = session.scalars(verified(account).limit(1)).first()
    return found.value if found else None


def told(session: Session, account: str) -> list[dict[str, Any]]:
    """Return the contacts of an account for its own person, the main one first."""
    found = session.scalars(verified(account)).all()
    return [
        {"contact": one.value, "main": one is found[0], "verified": clock.text(one.verified_at or 0)} for one in found
    ]


def check_room(session: Session, account: str) -> None:
    """Raise Problem 409 where an account has as many contacts as there can be."""
    if len(session.scalars(verified(account)).all()) >= MOST:
        raise Problem(409, "too_many", _("You have as many as there can be. Remove one that you do not use."))


def add(session: Session, settings: Settings, account: str, contact: str) -> None:
    """Let a contact that was proved just now be an account's.

    Raises Problem 403 as for a wrong code where it belongs to a disabled account, 409 where it is the last one of
    another account.
    """
    found = session.get(Contact, contact)
    if found is None or found.account_id != account:
        check_room(session, account)
    if found is None:
        pseudonym = contacts.pseudonym(settings.portal_secret, contact)
        found = Contact(value=contact, pseudonym=pseudonym, account_id=account, verified_at=None)
        session.add(found)
    elif found.account_id != account:
        _leave(session, settings, found)
    is_new = found.verified_at is None or found.account_id != account
    _fix_main(session, account)
    found.account_id, found.verified_at = account, clock.now()
    session.flush()
    if is_new:
        telling_person.tell(session, settings, account, "contact_added", contacts.masked(contact), but=contact)


def remove(session: Session, settings: Settings, account: str, contact: str) -> None:
    """Remove a contact; all are told, the removed one too. Raises Problem 409 for the last one.

    Sessions that were signed in by it end. Senders who knew the person by it go on knowing their name: who has opened
    photos cannot hide by it. What is sent to it from now on is for whoever proves it.
    """
    gone = own(session, account, contact)
    others = [one for one in session.scalars(verified(account)) if one is not gone]
    if not others:
        sentence = _("This is the last one: without it nobody could sign in. Add another first.")
        raise Problem(409, "last_contact", sentence)
    others[0].is_main = True
    telling_person.tell(session, settings, account, "contact_removed", contacts.masked(contact))
    came = select(Visitor.report_id).where(Visitor.contact == contact)
    named = select(Recipient.report_id).where(Recipient.contact == gone.pseudonym)
    for report in session.scalars(came.union(named)).all():
        session.merge(Former(report_id=report, account_id=account))
    session.execute(delete(Visitor).where(Visitor.contact == contact))
    organisations.contact_gone(session, account, contact, others[0].value)
    sessions.end_by(session, account, contact, others[0].value)
    session.delete(gone)


def set_main(session: Session, settings: Settings, account: str, contact: str) -> None:
    """Let messages go to this contact first. The others are told."""
    main = own(session, account, contact)
    if session.scalars(verified(account)).first() is main:
        return
    session.execute(update(Contact).where(Contact.account_id == account).values(is_main=False))
    main.is_main = True
    session.flush()
    telling_person.tell(session, settings, account, "main_changed", contacts.masked(contact), but=contact)


def own(session: Session, account: str, contact: str) -> Contact:
    """Return an account's verified contact. Raises Problem 404 for any other, known or not."""
    found = session.get(Contact, contact)
    if found is None or found.account_id != account or found.verified_at is None:
        raise Problem(404, "unknown_contact", _("This is none of your addresses and numbers. Reload the page."))
    return found


def _leave(session: Session, settings: Settings, contact: Contact) -> None:
    """Let a contact leave its account, for its person has proved it elsewhere; tell those that stay."""
    if session.get_one(Account, contact.account_id).disabled_at is not None:
        raise wrong_code()  # as at the sign-in
    others = [one for one in session.scalars(verified(contact.account_id)) if one is not contact]
    if not others:
        sentence = _(
            "This one has a Safelight account of its own, and is the only way into it. Sign in with it and erase that "
            "account, or add another address there; then add it here."
        )
        raise Problem(409, "own_account", sentence)
    shown = contacts.masked(contact.value)
    telling_person.tell(session, settings, contact.account_id, "contact_moved", shown, but=contact.value)
    organisations.contact_gone(session, contact.account_id, contact.value, others[0].value)
    sessions.end_by(session, contact.account_id, contact.value)
    _fix_main(session, contact.account_id)
    contact.is_main = False


def _fix_main(session: Session, account: str) -> None:
    """Let messages go on to go where they go: not to whatever is proved next."""
    first = session.scalars(verified(account)).first()
    if first is not None:
        first.is_main = True


def wrong_code() -> Problem:
    """The one answer for every code that does not prove a contact."""
    return Problem(
        403, "wrong_code", _("That code is not right, or no longer valid. Check it, or ask for another one.")
    )
