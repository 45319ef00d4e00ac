"""A proof is used once; only the ranges of a file, which change nothing, may come by the same proof again."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.databases import no_room
from tests.proofs.asked import Asked, routes
from viewer import clock, proofs
from viewer.config import Settings
from viewer.database import Database
from viewer.problems import Problem
from viewer.proofs import Proof

ROLES = ("keyserver", "filehost")


def replayed(app: Flask, settings: Settings) -> dict[tuple[str, str], int]:
    """Send every request twice, the same in every byte; return what each second one was answered, by scope and path."""
    found = {}
    for asked in routes(app, settings):
        tokens = asked.tokens()
        assert asked.send_with(app.test_client(), *tokens).status_code != 401
        found[asked.scope, asked.path] = asked.send_with(app.test_client(), *tokens).status_code
    return found


def test_a_replay_is_refused_everywhere_but_for_ranges(app: Flask, settings: Settings) -> None:
    answers = replayed(app, settings)
    assert {scope for (scope, _), status in answers.items() if status != 401} == {"blob:get"}


def test_control_without_the_note_replays_come_in(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "_REMEMBER", "SELECT 1 WHERE ? IS NOT NULL AND ? > 0")
    assert 401 not in replayed(app, settings).values()


def test_the_same_id_by_another_key_is_another_proof(app: Flask) -> None:
    with app.extensions["safelight.keyserver"].database.write() as session:
        proofs.use(session, Proof("key", "i" * 22, clock.now(), b""))
        proofs.use(session, Proof("another key", "i" * 22, clock.now(), b""))
        with pytest.raises(Problem):
            proofs.use(session, Proof("key", "i" * 22, clock.now(), b""))


@pytest.mark.parametrize("role", ROLES)
def test_of_twenty_at_once_one_comes_in(app: Flask, settings: Settings, role: str) -> None:
    asked = next(one for one in routes(app, settings) if one.role == role and one.scope != "blob:get")
    tokens, barrier, found = asked.tokens(), threading.Barrier(20), list[int]()

    def one() -> None:
        client = app.test_client()
        barrier.wait()
        found.append(asked.send_with(client, *tokens).status_code)

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(401) == 19


def count(database: Database) -> Any:
    with database.read() as session:
        return session.scalar(text("SELECT count(*) FROM used_proof"))


@pytest.mark.parametrize("role", ROLES)
def test_ids_go_when_their_time_is_over(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    database: Database = app.extensions[f"safelight.{role}"].database
    start = clock.now()
    for second in range(0, 3600, 20):
        monkeypatch.setattr(clock, "now", lambda second=second: start + second)
        with database.write() as session:
            proofs.use(session, Proof("key", f"{second:022}", start + second, b""))
    assert 20 < count(database) < 40
    monkeypatch.setattr(proofs, "_SWEEP", 0)
    with database.write() as session:
        for number in range(100):
            proofs.use(session, Proof("key", f"x{number:021}", start, b""))
    assert count(database) > 120, "control: it is the sweep that keeps the table small"


@pytest.mark.parametrize("role", ROLES)
def test_what_cannot_be_noted_does_not_come_in(app: Flask, settings: Settings, role: str) -> None:
    """A disk that is full."""
    database: Database = app.extensions[f"safelight.{role}"].database
    with no_room(database, "used_proof"):
        assert asked_once(app, settings, role) == {503}
    assert not asked_once(app, settings, role) & {401, 503}, "control: with room on the disk they come in"


def asked_once(app: Flask, settings: Settings, role: str) -> set[int]:
    asked: list[Asked] = [one for one in routes(app, settings) if one.role == role and one.scope != "blob:get"]
    return {one.send(app.test_client()).status_code for one in asked}


def test_a_file_that_is_another_than_its_proof_says_leaves_nothing(app: Flask, settings: Settings) -> None:
    asked = next(one for one in routes(app, settings) if (one.method, one.scope) == ("POST", "blob:put"))
    asked.body = asked.body[:-1] + b"]"
    assert asked.send(app.test_client()).status_code == 401
    assert list((settings.data / "blobs").iterdir()) == []
    asked.body = asked.body[:-1] + b"}"
    assert asked.send(app.test_client()).status_code == 201, "control: the file that it says is kept"
    assert len(list((settings.data / "blobs").iterdir())) == 1


@pytest.mark.parametrize(("more", "status"), [(1, 413), (0, 401)], ids=["too long", "control"])
def test_a_body_is_read_up_to_a_limit(app: Flask, settings: Settings, more: int, status: int) -> None:
    asked = next(one for one in routes(app, settings) if one.path.endswith("/release"))
    asked.body = bytes(proofs.BODY_LIMIT + more)
    assert asked.send(app.test_client()).status_code == status
