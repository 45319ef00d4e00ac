"""Of several key servers, each is believed about its own keys only, and hides no other, whatever it answers."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Flask

from tests.inprocess import PORTAL, REPORT
from tests.portal.notices.conftest import ASKED, DENIED, Sent, subjects, turn
from viewer import clock, log_key
from viewer.config import Settings
from viewer.database import Database
from viewer.portal import events
from viewer.portal.models import EventCursor, Report
from viewer.portal.notices import Notices

ELSEWHERE = "https://keys.example.org"


@pytest.fixture
def two(
    settings: Settings, app: Flask, portal: Database, process: Callable[[], Notices], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Any], Notices]:
    """Makes a process of a portal with two key servers, of which the first one answers whatever a test says."""
    ours = requests.get
    own = (PORTAL, log_key.known(settings).text())
    both = replace(settings, keyserver_secret=b"", keyservers=((ELSEWHERE, own[1]), own))

    def made(answer: Any) -> Notices:
        def get(url: str, *args: Any, **more: Any) -> requests.Response:
            if not url.startswith(ELSEWHERE):
                return ours(url, *args, **more)
            found = requests.Response()
            found.status_code, found._content = 200, json.dumps(answer).encode()
            return found

        monkeypatch.setattr(requests, "get", get)
        return Notices(both, portal, events.Reader(both, app.extensions["safelight.passes"]))

    return made


def forged(number: int = 0) -> dict[str, Any]:
    event = {"number": number, "key": REPORT, "action": "ask", "outcome": "granted", "reason": None, "issuer": PORTAL}
    return {"size": 1, "events": [event | {"account": "x", "recorded": clock.text(clock.now())}]}


def test_each_key_server_is_read_and_believed_about_its_own_keys_only(
    two: Callable[[Any], Notices], portal: Database, sent: Sent
) -> None:
    two(forged()).step()
    assert sent == [], "the report's key is at another one"
    with portal.read() as session:
        assert {one.key_server for one in session.query(EventCursor)} == {PORTAL, ELSEWHERE}
    with portal.write() as session:
        session.get_one(Report, REPORT).key_server = ELSEWHERE
    turn(portal)
    two(forged(1) | {"size": 2}).step()
    assert subjects(sent) == [ASKED], "control"


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("answer", [None, [], {}, {"size": "1", "events": 7}, {"size": 9, "events": [{}]}])
def test_what_one_key_server_makes_up_hides_no_other(two: Callable[[Any], Notices], sent: Sent, answer: Any) -> None:
    two(answer).step()
    assert sorted(subjects(sent)) == sorted([ASKED, DENIED])


@pytest.mark.usefixtures("asked")
def test_a_key_server_that_never_ends_hides_no_other(
    two: Callable[[Any], Notices], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, asked = two(None), list[int]()
    fetch = events.Reader.fetch

    def endless(reader: events.Reader, key_server: str, after: int) -> dict[str, Any]:
        if key_server == PORTAL:
            return fetch(reader, key_server, after)
        asked.append(after)
        assert len(asked) < 1000, "it is read for ever"
        return forged(after + 1) | {"size": after + 2}

    monkeypatch.setattr(events.Reader, "fetch", endless)
    process.step()
    assert asked and sorted(subjects(sent)) == sorted([ASKED, DENIED])
