"""Signed-in sessions: flask-login in front, our own table behind, so that signing out ends them.

flask-login by itself lets a copied cookie live on after sign-out; here the cookie is
only the name of a row.
"""

import hashlib
import secrets
from collections.abc import Callable

from flask import Flask, current_app, request
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import aliased

from .. import clock, contacts
from ..config import Settings
from ..database import Database
from ..problems import Problem
from ..text import _
from .ids import new_id
from .models import Account, Contact, Session
from .organisations import Membership, membership

IDLE = 2 * 3600  # seconds without a request: an operation lasts longer than NIST's half hour (SecureDrop's limit)
ABSOLUTE = 12 * 3600  # seconds in all: one shift (NIST SP 800-63B, section 4.2.3, AAL2)
FRESH = 15 * 60  # seconds for which a sign-in is proof enough for what changes an account (ASVS 5.0, 7.5.1)
_LONGEST = 512  # characters of what a browser calls itself
_KEPT = 30 * 86_400  # seconds for which an account's sessions are kept; its newest is, however old
_SEEN_EVERY = 60  # seconds between two notes of last use: reading should seldom write


class Person(UserMixin):  # type: ignore[misc]
    """Who is signed in on this request."""

    def __init__(self, token: str, session: Session, membership: Membership | None) -> None:
        self.token, self.membership = token, membership
        self.account = session.account_id
        self.name, self.jurisdiction = session.account.name, session.account.jurisdiction
        self.may_send = session.account.may_send
        self.contact = session.contact
        self.signed_in_by = session.signed_in_by
        self.session, self.since = session.id, session.created_at

    def get_id(self) -> str:
        """What flask-login puts into the signed cookie: the session's token."""
        return self.token


def register(app: Flask, settings: Settings) -> None:
    """Set the cookie's rules, and let flask-login find people by their session."""
    https = settings.portal_url.startswith("https://")
    app.config.update(
        SECRET_KEY=contacts.derive(settings.portal_secret, "cookie"),
        # Cookies cross ports on localhost: without https, its own name keeps it apart.
        SESSION_COOKIE_NAME="__Host-safelight" if https else "safelight",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    manager = LoginManager()
    # Without its context processor, which would look the visitor up for every page, links' too.
    manager.init_app(app, add_context_processor=False)
    # "basic" and "strong" compare address and browser: mobile networks change the first
    # all day, and a thief copies the second.
    manager.session_protection = None
    manager.user_loader(_load)


def start(
    database: Database,
    secret: bytes,
    contact: str,
    signed_in_by: str = "code",
    admit: Callable[[DatabaseSession], None] = lambda session: None,
) -> Person:
    """Sign in whoever proved this contact; make the account where there is none yet.

    The session that the browser has had ends: proving again who one is, is a sign-in too. `admit` is done first, in the
    same transaction: what it raises undoes all. Raises PermissionError for an account that has been disabled.
    """
    now, token = clock.now(), secrets.token_urlsafe(32)
    before = current_user.session if current_user.is_authenticated else ""
    with database.write() as session:
        admit(session)
        found = session.get(Contact, contact)
        if found is None:
            account = Account(id=new_id(), name="", may_send=False, created_at=now, disabled_at=None)
            pseudonym = contacts.pseudonym(secret, contact)
            found = Contact(value=contact, pseudonym=pseudonym, account=account, verified_at=now)
            session.add(found)
        if found.account.disabled_at is not None:
            raise PermissionError
        if signed_in_by != "passkey":  # which proves the account, not that its contact is still theirs
            found.verified_at = now
        _sweep(session)
        _end(session, before)
        row = Session(token_hash=_hash(token), id=new_id(), account=found.account, contact=contact)
        row.user_agent = request.user_agent.string[:_LONGEST]
        row.created_at = row.seen_at = now
        row.signed_in_by = signed_in_by
        session.add(row)
        session.flush()
        person = Person(token, row, membership(session, row.account_id))
    login_user(person)
    return person


def is_fresh(person: Person) -> bool:
    """Tell whether somebody has proved within the last FRESH seconds who they are.

    A hospital's sign-in proves that never: it may have been silent, at a screen that somebody else has left.
    """
    return person.signed_in_by != "oidc" and clock.now() - person.since <= FRESH


def check_fresh() -> None:
    """Raise Problem 403 where whoever is signed in should prove once more who they are, by signing in again."""
    if not is_fresh(current_user):
        raise Problem(403, "prove_again", _("To be sure that it is you: sign in once more, then go on."))


def end(database: Database) -> None:
    """Sign out: the row ends, and with it every copy of its cookie."""
    with database.write() as session:
        _end(session, current_user.session)
    logout_user()


def end_by(session: DatabaseSession, account: str, contact: str, instead: str = "") -> None:
    """End an account's sessions that were signed in by a contact, in a write transaction.

    The one that asks for it goes on, by the contact `instead`, where that is one of the account's.
    """
    by_it = Session.account_id == account, Session.contact == contact
    if instead:
        own = update(Session).where(*by_it, Session.id == current_user.session)
        session.execute(own.values(contact=instead))
    session.execute(update(Session).where(*by_it, Session.ended_at.is_(None)).values(ended_at=clock.now()))


def end_by_hospitals(session: DatabaseSession, account: str) -> None:
    """End an account's sessions that a hospital's own sign-in has begun, in a write transaction."""
    of_it = Session.account_id == account, Session.signed_in_by == "oidc", Session.ended_at.is_(None)
    session.execute(update(Session).where(*of_it).values(ended_at=clock.now()))


def is_alive(row: Session) -> bool:
    """Tell whether a session is good now; whether its account is, is another question."""
    now = clock.now()
    return row.ended_at is None and row.created_at + ABSOLUTE >= now and row.seen_at + IDLE >= now


def _load(token: str) -> Person | None:
    database: Database = current_app.extensions["safelight.portal"]
    now = clock.now()
    with database.read() as session:
        row = session.get(Session, _hash(token))
        if row is None or row.account.disabled_at is not None or not is_alive(row):
            return None
        person, seen_at = Person(token, row, membership(session, row.account_id)), row.seen_at
    if now - seen_at > _SEEN_EVERY:
        with database.write() as session:
            session.execute(update(Session).where(Session.token_hash == _hash(token)).values(seen_at=now))
    return person


def _end(session: DatabaseSession, name: str) -> None:
    open_one = update(Session).where(Session.id == name, Session.ended_at.is_(None))
    session.execute(open_one.values(ended_at=clock.now()))


def _sweep(session: DatabaseSession) -> None:
    """Delete what has been dead for long. The newest of each account stays: administrators see when it was."""
    later = aliased(Session)
    newer = select(later.id).where(later.account_id == Session.account_id, later.created_at > Session.created_at)
    old = Session.created_at < clock.now() - _KEPT
    session.execute(delete(Session).where(old, newer.exists()).execution_options(synchronize_session=False))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
