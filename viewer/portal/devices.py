"""Where a person is signed in: their sessions, in words that they recognise, and the end of each."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session as DatabaseSession

from .. import clock
from ..problems import Problem
from ..text import _
from . import sessions
from .models import Session

# What browsers and systems call themselves, the particular before the general: nearly all say Chrome, Safari and Linux.
_BROWSERS = (
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def told(database_session: DatabaseSession, account: str, this: str) -> list[dict[str, Any]]:
    """Return an account's sessions for its own person, the one that asks (`this`) first, then by last use."""
    found = select(Session).where(Session.account_id == account, Session.ended_at.is_(None))
    alive = [one for one in database_session.scalars(found) if sessions.is_alive(one)]
    alive.sort(key=lambda one: (one.id != this, -one.seen_at))
    return [
        {
            "id": one.id,
            "this": one.id == this,
            "device": device(one.user_agent),
            "signed_in_by": one.signed_in_by,
            "since": clock.text(one.created_at),
            "used": clock.text(one.seen_at),
        }
        for one in alive
    ]


def device(user_agent: str) -> str:
    """Return what a User-Agent header says, in words, such as "Chrome on Android"."""
    browser = next((name for word, name in _BROWSERS if word in user_agent), "")
    system = next((name for word, name in _SYSTEMS if word in user_agent), "")
    if browser and system:
        return _("{browser} on {system}", browser=browser, system=system)
    if user_agent.startswith("python-requests/"):
        return _("Command line")
    return browser or system or _("Another device")


def end(database_session: DatabaseSession, account: str, name: str) -> None:
    """End one session of an account, in a write transaction. Raises Problem 404 for one of somebody else's."""
    found = database_session.scalar(select(Session).where(Session.id == name, Session.account_id == account))
    if found is None:
        raise Problem(404, "unknown_session", _("You are not signed in there any more. Reload the page."))
    if found.ended_at is None:
        found.ended_at = clock.now()


def end_all(database_session: DatabaseSession, account: str, but: str = "") -> None:
    """End all sessions of an account, in a write transaction; `but` is the id of one that stays."""
    open_ones = Session.account_id == account, Session.ended_at.is_(None), Session.id != but
    database_session.execute(update(Session).where(*open_ones).values(ended_at=clock.now()))
