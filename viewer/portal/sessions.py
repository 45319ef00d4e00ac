"""Signed-in sessions: flask-login in front, our own table behind, so that signing out ends them.

flask-login by itself lets a copied cookie live on after sign-out; here the cookie is
only the name of a row.
"""

import hashlib
import secrets

from flask import Flask, current_app
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from .. import clock, contacts
from ..config import Settings
from ..database import Database
from .ids import new_id
from .models import Account, Contact, Session
from .organisations import Membership, membership

IDLE = 2 * 3600  # seconds without a request
ABSOLUTE = 12 * 3600  # seconds in all: one shift (NIST SP 800-63B, AAL2)
_SEEN_EVERY = 60  # seconds between two notes of last use: reading should seldom write


class Person(UserMixin):  # type: ignore[misc]
    """Who is signed in on this request."""

    def __init__(self, token: str, session: Session, membership: Membership | None) -> None:
        self.token, self.membership = token, membership
        self.account = session.account_id
        self.name = session.account.name
        self.may_send = session.account.may_send
        self.contact = session.contact

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


def start(database: Database, secret: bytes, contact: str) -> Person:
    """Sign in whoever proved this contact; make the account where there is none yet.

    Raises PermissionError for an account that has been disabled.
    """
    now, token = clock.now(), secrets.token_urlsafe(32)
    with database.write() as session:
        found = session.get(Contact, contact)
        if found is None:
            account = Account(id=new_id(), name="", may_send=False, created_at=now, disabled_at=None)
            pseudonym = contacts.pseudonym(secret, contact)
            found = Contact(value=contact, pseudonym=pseudonym, account=account, verified_at=now)
            session.add(found)
        if found.account.disabled_at is not None:
            raise PermissionError
        found.verified_at = now
        row = Session(
            token_hash=_hash(token), account=found.account, contact=contact, created_at=now, seen_at=now, ended_at=None
        )
        session.add(row)
        session.flush()
        person = Person(token, row, membership(session, row.account_id))
    login_user(person)
    return person


def end(database: Database) -> None:
    """Sign out: the row ends, and with it every copy of its cookie."""
    with database.write() as session:
        row = session.get(Session, _hash(current_user.token))
        if row is not None:
            row.ended_at = clock.now()
    logout_user()


def _load(token: str) -> Person | None:
    database: Database = current_app.extensions["safelight.portal"]
    now = clock.now()
    with database.read() as session:
        row = session.get(Session, _hash(token))
        if row is None or row.ended_at is not None or row.account.disabled_at is not None:
            return None
        if row.created_at + ABSOLUTE < now or row.seen_at + IDLE < now:
            return None
        person, seen_at = Person(token, row, membership(session, row.account_id)), row.seen_at
    if now - seen_at > _SEEN_EVERY:
        with database.write() as session:
            session.get_one(Session, _hash(token)).seen_at = now
    return person


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
