"""People of an organisation, signed in at a portal without a server between."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from tests.inprocess import PORTAL, SAME_ORIGIN
from viewer.config import Settings
from viewer.database import Database
from viewer.portal import invitations, messages, organisations
from viewer.portal.telling import Teller

BOSS, ADA, AUDITOR, STRANGER = (f"{name}@example.org" for name in ("boss", "ada", "auditor", "stranger"))
Answer = Callable[[str, bytes, dict[str, str]], requests.Response]


@dataclass
class Person:
    """Somebody with a browser of their own."""

    portal: "Portal"
    contact: str
    id: str = ""

    def __post_init__(self) -> None:
        self._client = self.portal.app.test_client()
        self.id = self.sign_in().get_json()["account"]["id"]

    def sign_in(self) -> TestResponse:
        """Sign in, perhaps once more; a code that arrives is typed rightly."""
        attempt = self.ask("POST", "/api/codes", {"contact": self.contact}).get_json()["attempt"]
        return self.ask("POST", "/api/sessions", {"attempt": attempt, "code": self.portal.codes[self.contact]})

    def ask(self, method: str, path: str, body: Any = None) -> TestResponse:
        return self._client.open(path, method=method, json=body, headers=SAME_ORIGIN)

    def organise(self, method: str, what: str, body: Any = None) -> str:
        """Ask for something below the organisation; return the refusal's word, or `done`."""
        answer = self.ask(method, f"/api/organisation/{what}", body)
        return "done" if answer.status_code == 204 else str(answer.get_json()["error"])

    def invite(self, contact: str, role: str = "sender", name: str = "Dr Ada") -> str:
        return self.organise("POST", "members", {"contact": contact, "name": name, "role": role})

    def join(self, organisation: str) -> str:
        return self.organise("PUT", f"invitations/{organisation}")

    @property
    def account(self) -> Any:
        return self.ask("GET", "/api/account").get_json()["account"]

    @property
    def members(self) -> dict[str, dict[str, Any]]:
        """What an administrator sees, by contact."""
        told = self.ask("GET", "/api/organisation").get_json()["members"]
        return {one["contact"]: one for one in told}


@dataclass
class Portal:
    """A portal; `codes` that were sent, by contact, and other messages: contact, subject, text."""

    app: Flask
    settings: Settings
    codes: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def database(self) -> Database:
        found: Database = self.app.extensions["safelight.portal"]
        return found

    def organisation(self, name: str, administrator: str) -> str:
        """Make an organisation, as its operator does; return its id."""
        with self.database.write() as session:
            return organisations.add(session, name, invitations.account_of(session, self.settings, administrator)).id

    def member(self, contact: str, of: str, by: Person, role: str = "sender") -> Person:
        """Somebody who has been invited, and has joined."""
        assert by.invite(contact, role) == "done"
        found = Person(self, contact)
        assert found.join(of) == "done"
        return found


@pytest.fixture
def portal(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Portal:
    made = Portal(app, settings)
    monkeypatch.setattr(
        messages, "send_code", lambda settings, contact, code, **_: made.codes.__setitem__(contact, code)
    )
    monkeypatch.setattr(messages, "send", lambda settings, *letter: made.sent.append(letter))
    return made


@pytest.fixture
def ward(portal: Portal) -> str:
    return portal.organisation("Ward 7", BOSS)


@pytest.fixture
def boss(portal: Portal, ward: str) -> Person:
    return Person(portal, BOSS)


def answered(status: int, body: bytes) -> requests.Response:
    found = requests.Response()
    found.status_code, found._content = status, body
    return found


@pytest.fixture
def net(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, Answer]:
    """Brings what a portal tells to the application; what stands in it at a path is asked instead."""
    instead: dict[str, Answer] = {}

    def put(url: str, body: bytes, headers: dict[str, str], **more: Any) -> requests.Response:
        assert not more["allow_redirects"]
        path = url.removeprefix(PORTAL)
        for end, answer in instead.items():
            if path.endswith(end):
                return answer(path, body, headers)
        found = app.test_client().put(path, data=body, headers=headers)
        return answered(found.status_code, found.data)

    monkeypatch.setattr(requests, "put", put)
    return instead


@pytest.fixture
def teller(portal: Portal, net: dict[str, Answer]) -> Teller:
    return Teller(portal.settings, portal.database, portal.app.extensions["safelight.passes"])
