"""Tells key servers and file host who is disabled, who is not, and who is erased: until each has confirmed it.

What is to be told lies in the database, with the change itself; all processes of the portal see to it.
"""

import json
import logging
from typing import Any

import requests
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from .. import clock, log_key
from ..config import Settings
from ..database import Database
from ..passes import LIFETIME, SKEW
from .itself import PATIENCE, Itself
from .models import Telling
from .passes import PassIssuer

SCOPE = "accounts:write"
_PAUSES = (5, 10, 20, 40, 80, 160, 300)  # seconds to the next try, and the last of them again and again
_MOST = 2**62  # far beyond every clock, and within what a column takes
_LAST_PASS = LIFETIME + SKEW + 60  # seconds after which no pass of an account's is good that was given before
_log = logging.getLogger("safelight")


def doors(settings: Settings) -> list[str]:
    """Return where each server is told: its base URL, and by which of an account's things it knows it."""
    return [*(f"{url} keys" for url in log_key.servers(settings)), f"{settings.filehost_url} blobs"]


def erasures(settings: Settings) -> list[str]:
    """Return where each server is told that an account is erased: the key servers once more after its last pass.

    Whoever shows a pass until then is refused, and their log notes from where.
    """
    told = [f"{url} {kind}" for kind in ("erasure", "erasure again") for url in log_key.servers(settings)]
    return [*told, f"{settings.filehost_url} blobs/erasure"]


def note(session: Session, settings: Settings, account: str, disabled: bool, erased: bool = False) -> None:
    """Let all servers be told, in the write transaction of the change itself: what is newest, and that until heard."""
    newest = session.scalar(select(func.max(Telling.number)).where(Telling.account_id == account)) or 0
    # By the clock, where nothing is newer: a database put back from a backup must not count anew from what it held.
    number = max(newest + 1, clock.now())
    for door in [*doors(settings), *(erasures(settings) if erased else ())]:
        due_at = clock.now() + (_LAST_PASS if door.endswith(" again") else 0)
        told = Telling(account_id=account, door=door, number=number, disabled=disabled, due_at=due_at, tries=0)
        session.merge(told)


def told(session: Session, settings: Settings, accounts: Select[str]) -> dict[str, dict[str, int]]:
    """Return by account how many servers have been told how it stands, and of how many; without those never changed."""
    of_these = Telling.account_id.in_(accounts), Telling.door.in_(doors(settings))
    found: dict[str, dict[str, int]] = {}
    for row in session.scalars(select(Telling).where(*of_these)):
        so_far = found.setdefault(row.account_id, {"told": 0, "servers": 0})
        so_far["servers"] += 1
        so_far["told"] += row.due_at is None
    return found


class Teller:
    """One process of a portal, telling. `step` tells whatever is due."""

    def __init__(self, settings: Settings, database: Database, issuer: PassIssuer) -> None:
        self._doors, self._database = [*doors(settings), *erasures(settings)], database
        self._itself = Itself(settings, issuer)
        self._down: set[str] = set()

    def step(self) -> None:
        """Tell each server what is due for it; one that fails keeps no other from hearing."""
        for door in self._doors:
            while (telling := self._take(door)) is not None:
                if not self._tell(telling):
                    break

    def _take(self, door: str) -> Telling | None:
        """Take what is due for a door, and let nobody else try it for a while."""
        due = select(Telling).where(Telling.door == door, Telling.due_at <= clock.now()).order_by(Telling.due_at)
        with self._database.read() as session:
            if session.scalar(due.limit(1)) is None:
                return None
        with self._database.write() as session:
            found = session.scalar(due.limit(1).with_for_update(skip_locked=True))
            if found is not None:
                found.due_at = clock.now() + _PAUSES[min(found.tries, len(_PAUSES) - 1)]
                found.tries += 1
            return found

    def _tell(self, telling: Telling) -> bool:
        """Tell it; where it is confirmed, and nothing newer has come meanwhile, it is done. False where it failed."""
        try:
            heard = self._ask(telling)
        except (requests.RequestException, ValueError) as error:
            if telling.door not in self._down:  # told once, not at every try
                _log.error("a server cannot be told who is disabled: %s", type(error).__name__)
            self._down.add(telling.door)
            return False
        self._down.discard(telling.door)
        with self._database.write() as session:
            now = session.get_one(Telling, (telling.account_id, telling.door), with_for_update=True)
            if now.number == telling.number == heard:
                now.due_at = None
            elif now.number < heard:  # our database was put back from a backup, and counts anew
                now.number = heard + 1
        return True

    def _ask(self, telling: Telling) -> int:
        """Return the number of the change that holds at the server now."""
        server, _, kind = telling.door.partition(" ")
        path = f"/v1/accounts/{telling.account_id}/{kind.removesuffix(' again')}"
        body = json.dumps({"disabled": telling.disabled, "number": telling.number}).encode()
        headers = self._itself.headers("PUT", server, path, SCOPE, body) | {"Content-Type": "application/json"}
        answer = requests.put(server + path, body, headers=headers, timeout=PATIENCE, allow_redirects=False)
        answer.raise_for_status()
        told: Any = answer.json()
        heard = told.get("number") if isinstance(told, dict) else None
        if type(heard) is not int or not telling.number <= heard < _MOST:
            raise ValueError("no answer to what was asked")
        return heard
