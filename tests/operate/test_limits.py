"""Limits of an installation: messages in a day, and bytes of one sender; whoever hits one is told in a sentence."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client import REGISTRY

from sealed.base32 import encode_id
from tests.filehost.steps import begin, end, remove, store
from tests.inprocess import PORTAL, SAME_ORIGIN, Bearer
from viewer import clock
from viewer.config import Settings
from viewer.portal import messages
from viewer.portal.passes import PassIssuer

MESSAGES, BYTES, BODY = 3, 1000, bytes(400)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, messages_per_day=MESSAGES, bytes_per_sender_per_day=BYTES)


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Lets days go by, for limits only: passes stay good."""
    later = [0]
    now = clock.now
    monkeypatch.setattr("viewer.portal.limits.clock.now", lambda: now() + later[0] * 86_400)
    yield later


def limited(limit: str) -> float:
    return REGISTRY.get_sample_value("safelight_limited_total", {"limit": limit}) or 0


def code(app: Flask, contact: str) -> Any:
    return app.test_client().post("/api/codes", json={"contact": contact}, headers=SAME_ORIGIN)


def test_no_more_messages_than_allowed_go_out_in_a_day(
    app: Flask, monkeypatch: pytest.MonkeyPatch, days: list[int]
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(messages, "send", lambda settings, contact, *letter: sent.append(contact))
    before = limited("messages")
    answers = [code(app, f"person{number}@example.org") for number in range(MESSAGES + 2)]
    assert [answer.status_code for answer in answers] == [200] * MESSAGES + [429] * 2
    assert len(sent) == MESSAGES and limited("messages") == before + 2
    told = answers[-1].json
    assert told["error"] == "too_many" and "as many messages today as it may" in told["message"]
    days[0] = 1
    assert code(app, "next.day@example.org").status_code == 200 and len(sent) == MESSAGES + 1


def test_who_is_turned_away_uses_up_nobody_else_s_messages(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.portal.code_limits.PER_CONTACT", (1, 3600))
    monkeypatch.setattr(messages, "send", lambda *_: None)
    assert [code(app, "one@example.org").status_code for _ in range(9)] == [200] + [429] * 8
    assert code(app, "another@example.org").status_code == 200


def put(app: Flask, sender: Bearer, number: int, body: bytes = BODY) -> Any:
    return store(app.test_client(), sender, body, encode_id(bytes([number] * 16)))


def test_one_sender_stores_so_much_in_a_day(app: Flask, settings: Settings, owner: Bearer) -> None:
    before = limited("bytes")
    assert [put(app, owner, number).status_code for number in (1, 2, 3)] == [201, 201, 429]
    told = put(app, owner, 3).json
    assert told["error"] == "too_much" and "as much in the last 24 hours" in told["message"]
    assert limited("bytes") == before + 2
    folder: Path = settings.data / "blobs"
    assert len(list(folder.iterdir())) == 2, "nothing stays of what was refused"
    assert put(app, owner, 4, bytes(BYTES - 2 * len(BODY))).status_code == 201, "what still fits is taken"
    other = Bearer(PassIssuer(PORTAL, settings.portal_secret), "ANOTHER")
    assert put(app, other, 5).status_code == 201, "control: it is counted for each sender"


def test_what_is_to_come_is_counted_from_the_beginning(app: Flask, owner: Bearer) -> None:
    client, first, second = app.test_client(), *(encode_id(bytes([number] * 16)) for number in (1, 2))
    for length, status in ((BYTES - 399, 201), (BYTES + 1, 429), (BYTES - 400, 201)):
        assert begin(client, owner, length, report=first).status_code == status, "what begins anew counts once"
    assert begin(client, owner, 401, report=second).status_code == 429
    assert begin(client, owner, 400, report=second).status_code == 201
    assert end(client, owner, first).status_code == 204
    assert put(app, owner, 3, bytes(600)).status_code == 201, "what was ended or removed does not count"
    assert remove(client, owner, encode_id(bytes([3] * 16))).status_code == 204
    assert put(app, owner, 4, bytes(600)).status_code == 201
    assert put(app, owner, 5, b"1").status_code == 429


def test_the_next_day_there_is_room_again(app: Flask, owner: Bearer) -> None:
    assert [put(app, owner, number).status_code for number in (1, 2, 3)] == [201, 201, 429]
    database = app.extensions["safelight.filehost"].database
    with database.write() as session:
        session.connection().exec_driver_sql(f"UPDATE blob SET created_at = {clock.now() - 86_400}")
    assert put(app, owner, 3).status_code == 201
