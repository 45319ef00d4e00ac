"""Senders are told that somebody asks, or was refused: once, wherever the portal runs, and of nothing else."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.conftest import SENDER
from tests.inprocess import PORTAL, Bearer
from tests.keyserver.steps import ask, create, send
from tests.portal.notices.conftest import ASKED, DENIED, LINK, Sent, subjects, turn
from viewer import clock
from viewer.config import Settings
from viewer.database import Database
from viewer.portal import beside, events, messages, notices
from viewer.portal.models import Account, Notice
from viewer.portal.notices import Notices


@pytest.mark.usefixtures("asked")
def test_a_sender_is_told_once(process: Callable[[], Notices], portal: Database, sent: Sent) -> None:
    first, second = process(), process()
    for one in (first, second, first):
        one.step()
        turn(portal)
    assert sorted(subjects(sent)) == sorted([ASKED, DENIED])
    assert {contact for contact, _, _ in sent} == {SENDER}, "the contact that was proved last"
    for _, _, said in sent:
        assert said.endswith(f" {LINK}") and "18 November" in said
        assert not [word for word in ("READER", "registrar", "#", "MRN") if word in said]


@pytest.mark.usefixtures("asked")
def test_of_many_processes_at_once_one_tells(process: Callable[[], Notices], portal: Database, sent: Sent) -> None:
    all_of_them, barrier = [process() for _ in range(6)], threading.Barrier(6)

    def step(one: Notices) -> None:
        barrier.wait()
        one.step()

    threads = [threading.Thread(target=step, args=(one,)) for one in all_of_them]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(subjects(sent)) == sorted([ASKED, DENIED])


@pytest.mark.usefixtures("asked")
def test_control_without_the_cursor_two_tell(
    process: Callable[[], Notices], portal: Database, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the same entries, which a slow one does when its turn is over."""
    after = events.claim(portal, PORTAL)
    assert after == -1
    for one in (process(), process()):
        one._read(PORTAL, after)
        one.step()
    assert subjects(sent).count(ASKED) == 1
    monkeypatch.setattr(events, "advance", lambda *_: True)
    process()._read(PORTAL, after)
    turn(portal)
    process().step()
    assert subjects(sent).count(ASKED) == 2, "control: it is the cursor that keeps them from it"


@pytest.mark.usefixtures("asked")
def test_denials_are_told_once_a_day(
    process: Callable[[], Notices], portal: Database, sent: Sent, client: FlaskClient, reader: Bearer
) -> None:
    for number in range(2, 5):
        ask(client, reader, f"{number:024}")
        process().step()
        turn(portal)
    assert subjects(sent).count(DENIED) == 1
    with portal.write() as session:
        session.execute(text('UPDATE limit_count SET "window" = "window" - 86400'))
    ask(client, reader, "9" * 24)
    process().step()
    assert subjects(sent).count(DENIED) == 2, "control: the next day has its own"


def test_nobody_is_told_of_openings_or_of_what_they_did_themselves(
    process: Callable[[], Notices], portal: Database, sent: Sent, client: FlaskClient, owner: Bearer, reader: Bearer
) -> None:
    create(client, owner)
    ask(client, reader)
    ask(client, owner, "2" * 24)
    send(client, owner, "revoke", "policy:write")
    process().step()
    assert sent == []
    turn(portal)
    ask(client, reader, "3" * 24)
    process().step()
    assert subjects(sent) == [DENIED], "control"


@pytest.mark.usefixtures("asked")
def test_what_is_older_than_a_day_is_no_news(
    process: Callable[[], Notices], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "DAY", -1)
    process().step()
    assert sent == []


@pytest.mark.usefixtures("asked")
def test_a_gateway_that_refuses_is_asked_again_later(
    process: Callable[[], Notices], portal: Database, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def refuse(settings: Settings, contact: str, *_: str) -> None:
        tried.append(contact)
        raise messages.NotSent

    with monkeypatch.context() as patched:
        patched.setattr(messages, "send", refuse)
        process().step()
        turn(portal)
        process().step()
        assert tried == [SENDER, SENDER], "each once, and not again at once"
        with portal.read() as session:
            due = [notice.due_at for notice in session.query(Notice)]
        assert len(due) == 2 and min(due) > clock.now() + 30
        for _ in range(2 * notices.TRIES):
            with portal.write() as session:
                session.execute(text("UPDATE notice SET due_at = 0"))
            process().step()
        assert len(tried) == 2 * notices.TRIES, "and not for ever"
    process().step()
    assert sent == []


@pytest.mark.usefixtures("asked")
def test_a_sender_who_has_left_is_told_nothing(process: Callable[[], Notices], portal: Database, sent: Sent) -> None:
    with portal.write() as session:
        session.get_one(Account, "OWNER").disabled_at = 1
    process().step()
    assert sent == []


@pytest.mark.usefixtures("asked")
def test_a_key_server_that_is_down_or_begins_again(
    process: Callable[[], Notices], portal: Database, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any, **more: Any) -> requests.Response:
        raise requests.ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(requests, "get", down)
        process().step()
    assert sent == []
    with portal.write() as session:  # as if more had been read of a log that was put back from a backup since
        session.execute(text("UPDATE event_cursor SET number = 1000, claimed_until = 0"))
    process().step()
    assert sorted(subjects(sent)) == sorted([ASKED, DENIED])


def test_the_thread_begins_with_the_first_request_and_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, portal: Database
) -> None:
    begun = threading.Semaphore(0)
    monkeypatch.setattr(beside, "run", lambda *_: begun.release())
    beside.begin(app)
    assert not begun.acquire(blocking=False), "not while the application is being made: gunicorn forks afterwards"
    for _ in range(3):
        assert app.test_client().get("/").status_code == 200
    assert begun.acquire(timeout=30)
    assert not begun.acquire(timeout=0.2)
