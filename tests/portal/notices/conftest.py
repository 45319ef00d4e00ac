"""A portal that reads its key server, a report that was opened and asked for, and what gateways have taken."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.conftest import SENDER
from tests.inprocess import PORTAL, REPORT, Bearer
from tests.keyserver.steps import ask, create, send
from viewer import contacts
from viewer.config import Settings
from viewer.database import Database
from viewer.portal import events, messages, notices
from viewer.portal.models import Account, Contact, Report
from viewer.portal.notices import Notices

LINK = f"{PORTAL}/sent/{REPORT}"
Sent = list[tuple[str, str, str]]


@pytest.fixture
def portal(app: Flask) -> Database:
    """The portal's database, which knows the sender and the report."""
    database: Database = app.extensions["safelight.portal"]
    with database.write() as session:
        account = Account(id="OWNER", name="Dr Ada", may_send=True, created_at=1, disabled_at=None)
        for value, verified_at in ((SENDER, 7), ("old@example.org", 3), ("not.proved@example.org", None)):
            pseudonym = contacts.pseudonym(bytes(32), value)
            session.add(Contact(value=value, pseudonym=pseudonym, account=account, verified_at=verified_at))
        session.flush()
        made = {"key_server": PORTAL, "file_host": PORTAL, "created_at": 1_795_000_000}
        session.add(Report(id=REPORT, sender_id="OWNER", **made))
    return database


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What the gateways have taken."""
    taken: Sent = []
    monkeypatch.setattr(messages, "send", lambda settings, *letter: taken.append(letter))
    return taken


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, sms="json://127.0.0.1:1/sms/{to}")


@pytest.fixture
def process(app: Flask, portal: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Notices]:
    """Makes what one more process of the portal has; its requests reach the application without a network."""

    def get(url: str, query: dict[str, int], headers: dict[str, str], **more: Any) -> requests.Response:
        assert not more["allow_redirects"]
        found = app.test_client().get(url.removeprefix(PORTAL), query_string=query, headers=headers)
        answer = requests.Response()
        answer.status_code, answer._content = found.status_code, found.data
        return answer

    monkeypatch.setattr(requests, "get", get)
    return lambda: Notices(settings, portal, events.Reader(settings, app.extensions["safelight.passes"]))


@pytest.fixture
def asked(client: FlaskClient, owner: Bearer, reader: Bearer, portal: Database) -> None:
    """A report that was opened, refused once more, and asked for."""
    create(client, owner, most_each=1)
    for number in range(2):
        ask(client, reader, f"{number:024}")
    send(client, reader, "requests", "key:release")


def turn(portal: Database) -> None:
    """Let the time come to look again."""
    with portal.write() as session:
        session.execute(text("UPDATE event_cursor SET claimed_until = 0"))


def subjects(sent: Sent) -> list[str]:
    return [subject for _, subject, _ in sent]


ASKED, DENIED = (notices.WORDS[kind][0] for kind in ("asked", "denied"))
