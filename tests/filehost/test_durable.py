"""Uploads by several requests at a time, over full disks, and through crashes: what was answered is there, once."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.databases import no_room
from tests.filehost.steps import add, begin, end, fetch, look, remove, store
from tests.inprocess import REPORT, Bearer
from viewer.filehost import storage, uploads
from viewer.filehost.server import FileHost
from viewer.filehost.storage import FolderStorage, Held

BODY = bytes(range(256)) * 4
HALF = len(BODY) // 2


@pytest.fixture
def here(app: Flask) -> FileHost:
    found: FileHost = app.extensions["safelight.filehost"]
    return found


@pytest.fixture
def half(client: FlaskClient, owner: Bearer) -> None:
    """An upload of which one half has come."""
    assert begin(client, owner, len(BODY), BODY[:HALF]).status_code == 201


def offset(client: FlaskClient, owner: Bearer) -> int:
    return int(look(client, owner).headers["Upload-Offset"])


def test_while_a_piece_is_added_no_other_is(
    client: FlaskClient, owner: Bearer, reader: Bearer, here: FileHost, half: None
) -> None:
    with here.storage.hold(REPORT):
        answer = add(client, owner, HALF, BODY[HALF:])
        assert (answer.status_code, answer.json["error"]) == (423, "locked")
        assert offset(client, owner) == HALF, "it can be asked about"
    assert add(client, owner, HALF, BODY[HALF:]).status_code == 204, "control"
    assert fetch(client, reader).data == BODY


def together(app: Flask, *acts: Callable[[FlaskClient], Any]) -> list[int]:
    """Do all at once; return the statuses."""
    barrier, found = threading.Barrier(len(acts)), list[int]()

    def one(act: Callable[[FlaskClient], Any]) -> None:
        client = app.test_client()
        barrier.wait()
        found.append(act(client).status_code)

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_of_many_pieces_for_one_place_one_counts(app: Flask, owner: Bearer, reader: Bearer, half: None) -> None:
    rest = [bytes([number]) * HALF for number in range(8)]
    statuses = together(app, *(lambda client, one=one: add(client, owner, HALF, one) for one in rest))
    assert statuses[0] == 204 and set(statuses[1:]) <= {409, 423}
    stored = fetch(app.test_client(), reader).data
    assert stored[:HALF] == BODY[:HALF] and stored[HALF:] in rest


def test_begun_ended_and_gone_on_with_at_once_it_is_one_of_them(app: Flask, owner: Bearer, reader: Bearer) -> None:
    client = app.test_client()
    for number in range(10):
        begin(client, owner, len(BODY), BODY[:HALF])
        acts = (lambda c: add(c, owner, HALF, BODY[HALF:]), lambda c: end(c, owner), lambda c: begin(c, owner, 8))
        assert set(together(app, *acts)) <= {201, 204, 404, 409, 423}
        answer = look(client, owner)
        if answer.status_code == 200 and "ETag" in answer.headers:
            assert fetch(client, reader).data == BODY
        elif answer.status_code == 200:
            assert answer.headers["Upload-Offset"] == "0", number
            assert add(client, owner, 0, b"01234567").status_code == 204
            assert fetch(client, reader).data == b"01234567"
        remove(client, owner)


def while_it_comes(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    """Do something after a piece has come, before it is added."""
    receive = FolderStorage.receive

    @contextmanager
    def slowly(self: FolderStorage, stream: IO[bytes], check: Callable[[bytes], None]) -> Iterator[IO[bytes]]:
        with receive(self, stream, check) as piece:
            monkeypatch.setattr(FolderStorage, "receive", receive)
            other = threading.Thread(target=act)  # a request of its own
            other.start()
            other.join()
            yield piece

    monkeypatch.setattr(FolderStorage, "receive", slowly)


def test_a_piece_of_an_upload_that_was_begun_anew_does_not_count(
    app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long, and at the same place: only that it began is not the same."""
    begin(client, owner, 8)
    while_it_comes(monkeypatch, lambda: begin(app.test_client(), owner, 8))
    assert add(client, owner, 0, b"old ").status_code == 409
    assert offset(client, owner) == 0
    for start, piece in ((0, b"new "), (4, b"ones")):
        assert add(client, owner, start, piece).status_code == 204
    assert fetch(client, reader).data == b"new ones"


def test_control_by_length_and_place_alone_it_would(
    app: Flask, client: FlaskClient, owner: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads.secrets, "token_hex", lambda length: "always")
    now = uploads.clock.now()
    monkeypatch.setattr(uploads.clock, "now", lambda: now)
    begin(client, owner, 8)
    while_it_comes(monkeypatch, lambda: begin(app.test_client(), owner, 8))
    assert add(client, owner, 0, b"old ").status_code == 204


def test_a_connection_that_hangs_keeps_nobody_out(
    app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer, half: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone has another network, and the server still waits for what it sent by the one before."""
    statuses = list[int]()
    while_it_comes(monkeypatch, lambda: statuses.append(add(app.test_client(), owner, HALF, BODY[HALF:]).status_code))
    assert add(client, owner, HALF, bytes(HALF)).status_code == 409 and statuses == [204]
    assert fetch(client, reader).data == BODY


@pytest.mark.parametrize("act", [end, remove])
def test_ended_while_a_piece_comes_it_stays_ended(
    app: Flask, client: FlaskClient, owner: Bearer, here: FileHost, half: None, act: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    while_it_comes(monkeypatch, lambda: act(app.test_client(), owner))
    assert add(client, owner, HALF, BODY[HALF:]).status_code == 404
    assert look(client, owner).status_code == 404 and list(here.storage.path(REPORT).parent.iterdir()) == []


def noted(here: FileHost, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is brought to the disk from now on, in its order: a report's file, its folder, a transaction."""
    found: list[str] = []
    fsync = os.fsync

    def sync(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink()
        found.append(name.suffix or name.name)
        fsync(handle)

    monkeypatch.setattr(storage.os, "fsync", sync)
    event.listen(here.database.engine, "commit", lambda connection: found.append("commit"))
    return found


def test_bytes_are_on_the_disk_before_they_count(
    client: FlaskClient, owner: Bearer, here: FileHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = noted(here, monkeypatch)
    begin(client, owner, len(BODY))
    assert order[-2:] == ["blobs", "commit"], "the file's name"
    for start in (0, HALF):
        add(client, owner, start, BODY[start : start + HALF])
        assert order[-2:] == [".sealed", "commit"]
    remove(client, owner)
    assert order[-2:] == ["blobs", "commit"]


def test_control_who_does_not_wait_for_the_disk_is_found(
    client: FlaskClient, owner: Bearer, here: FileHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(self: Held, piece: IO[bytes], at: int) -> None:
        self._file.seek(at)
        self._file.write(piece.read())

    monkeypatch.setattr(Held, "put", put)
    order = noted(here, monkeypatch)
    store(client, owner, BODY)
    assert order[-2:] != [".sealed", "commit"]


def test_a_full_disk_counts_nothing_and_has_room_again(
    client: FlaskClient, owner: Bearer, reader: Bearer, here: FileHost, half: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(storage.os, "fsync", full)
        assert add(client, owner, HALF, BODY[HALF:]).status_code == 503
    assert here.storage.length(REPORT) == HALF == offset(client, owner)
    assert add(client, owner, HALF, BODY[HALF:]).status_code == 204
    assert fetch(client, reader).data == BODY


def test_a_database_that_is_full_counts_nothing(
    client: FlaskClient, owner: Bearer, reader: Bearer, here: FileHost, half: None
) -> None:
    with no_room(here.database, "blob"):
        assert add(client, owner, HALF, BODY[HALF:]).status_code == 503
    assert offset(client, owner) == HALF and fetch(client, reader).status_code == 404
    assert add(client, owner, HALF, BODY[HALF:]).status_code == 204
    assert fetch(client, reader).data == BODY


def test_a_database_that_is_full_begins_nothing(client: FlaskClient, owner: Bearer, here: FileHost) -> None:
    with no_room(here.database, "upload"):
        assert begin(client, owner, len(BODY), BODY).status_code == 503
    assert look(client, owner).status_code == 404
    assert store(client, owner, BODY).status_code == 201


def test_what_a_crash_left_behind_is_written_over(
    client: FlaskClient, owner: Bearer, reader: Bearer, here: FileHost, half: None
) -> None:
    """Killed after a piece was on the disk, and before it counted."""
    with here.storage.path(REPORT).open("ab") as file:
        file.write(bytes(10 * len(BODY)))
    assert offset(client, owner) == HALF and fetch(client, reader).status_code == 404
    assert add(client, owner, HALF, BODY[HALF:]).status_code == 204
    assert fetch(client, reader).data == BODY


def test_a_file_that_lost_bytes_begins_anew(
    client: FlaskClient, owner: Bearer, reader: Bearer, here: FileHost, half: None
) -> None:
    """As from a backup, which holds the databases and whole files only."""
    here.storage.path(REPORT).unlink()
    assert look(client, owner).status_code == add(client, owner, HALF, BODY[HALF:]).status_code == 404
    assert store(client, owner, BODY).status_code == 201
    assert fetch(client, reader).data == BODY
