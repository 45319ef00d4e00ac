"""The file host as a witness (LOG.md section 8): every answer of tlog-witness, split views, rollbacks and races."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from sealed import cosignatures, merkle
from sealed.errors import BadProof
from sealed.notes import Checkpoint, Note, VerifierKey, read_checkpoint, read_note
from tests.inprocess import SAME_ORIGIN
from tests.sealed.logs import Tree, verify
from tests.witnessing import TestLog, add, entries, forked, grown, newest, signature
from viewer import create_app, witness_key
from viewer.config import Settings
from viewer.filehost import witness
from viewer.filehost.models import Witnessed
from viewer.filehost.witness import Witness


@pytest.fixture
def log(settings: Settings) -> TestLog:
    return TestLog(settings)


@pytest.fixture
def at_five(client: FlaskClient, log: TestLog) -> None:
    """The witness has seen five entries."""
    assert add(client, log.request(grown(5), 0)).status_code == 200


def size_known(client: FlaskClient, log: TestLog) -> int:
    return read_checkpoint(read_note(newest(client, log.key.name).text).text).size


def test_a_checkpoint_is_cosigned_and_kept(client: FlaskClient, log: TestLog, settings: Settings) -> None:
    assert newest(client, log.key.name).status_code == 404
    key, before = witness_key.own(settings).key, 0
    assert key.name == "localhost/v1/witness"
    for size in (3, 3, 5, 8):
        answer = add(client, log.request(grown(size), before))
        assert answer.status_code == 200
        note = log.note(grown(size))
        verify(*cosignatures.cosigned_by(read_note(f"{note.text}\n{answer.text}"), key))
        kept = newest(client, log.key.name)
        assert kept.text == note.write() + answer.text, "with the log's signature and the witness's"
        assert (kept.status_code, kept.content_type) == (200, "text/plain; charset=utf-8")
        before = size


def test_signatures_of_others_are_left_out(client: FlaskClient, log: TestLog) -> None:
    note = log.note(grown(2))
    stranger = signature(VerifierKey("stranger.example", bytes(32)), Ed25519PrivateKey.generate(), note.text)
    more = cosignatures.AddCheckpoint(0, (), Note(note.text, (stranger, *note.signatures, stranger)))
    assert add(client, more.write()).status_code == 200
    assert "stranger" not in newest(client, log.key.name).text


@pytest.mark.usefixtures("at_five")
def test_another_size_is_told_the_right_one(client: FlaskClient, log: TestLog) -> None:
    for old in (0, 4, 6):
        answer = add(client, log.request(grown(8), old))
        assert (answer.status_code, answer.text) == (409, "5\n")
        assert answer.content_type == "text/x.tlog.size"
    assert add(client, log.request(grown(8), 5)).status_code == 200


def test_a_log_never_seen_has_the_size_0(client: FlaskClient, log: TestLog) -> None:
    answer = add(client, log.request(grown(8), 3))
    assert (answer.status_code, answer.text) == (409, "0\n")


def unsigned(log: TestLog) -> str:
    good, forged = log.note(grown(8)), log.note(grown(9))
    return cosignatures.AddCheckpoint(5, tuple(grown(8).consistency(5)), Note(good.text, forged.signatures)).write()


def of_another_key(log: TestLog) -> str:
    text = log.note(grown(8)).text
    line = signature(log.key, Ed25519PrivateKey.generate(), text)
    return cosignatures.AddCheckpoint(5, tuple(grown(8).consistency(5)), Note(text, (line,))).write()


def of_another_log(log: TestLog) -> str:
    other = replace(log.key, name="localhost/log/2")
    text = Checkpoint(other.name, 8, grown(8).root()).text()
    return cosignatures.AddCheckpoint(0, (), Note(text, (signature(other, log.signing, text),))).write()


def with_an_extension(log: TestLog) -> str:
    text = log.note(grown(8)).text + "more\n"
    return f"old 5\n\n{Note(text, (signature(log.key, log.signing, text),)).write()}"


def empty_of_another_root(log: TestLog) -> str:
    return cosignatures.AddCheckpoint(0, (), log.note(grown(1), size=0)).write()


REFUSED: dict[str, tuple[int, Callable[[TestLog], str]]] = {
    "no request": (400, lambda log: "hello"),
    "nothing": (400, lambda log: ""),
    "no UTF-8": (400, lambda log: log.request(grown(8), 5).replace("old", "\udcff")),
    "an extension line": (400, with_an_extension),
    "two empty lines": (400, lambda log: log.request(grown(8), 5).replace("\n\n", "\n\n\n", 1)),
    "a log that shrinks": (400, lambda log: log.request(grown(3), 5, [])),
    "an unknown log": (404, of_another_log),
    "a forged signature": (403, unsigned),
    "another key's signature": (403, of_another_key),
    "a split view": (422, lambda log: log.request(forked(3, 8), 5)),
    "another root of the same size": (422, lambda log: log.request(forked(3, 5), 5)),
    "no proof": (422, lambda log: log.request(grown(8), 5, [])),
    "a proof too long": (422, lambda log: log.request(grown(8), 5, [*grown(8).consistency(5), bytes(32)])),
    "a proof of the same size": (422, lambda log: log.request(grown(5), 5, [bytes(32)])),
}


@pytest.mark.usefixtures("at_five")
@pytest.mark.parametrize(("status", "made"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_changes_nothing(
    client: FlaskClient, log: TestLog, status: int, made: Callable[[TestLog], str]
) -> None:
    answer = add(client, made(log))
    assert answer.status_code == status and "\u2014" not in answer.text
    assert size_known(client, log) == 5
    assert add(client, log.request(grown(8), 5)).status_code == 200, "control: an honest one goes on"


@pytest.mark.parametrize(
    "made", [lambda log: log.request(grown(5), 0, [bytes(32)]), empty_of_another_root], ids=["a proof", "another root"]
)
def test_the_empty_log_is_not_taken_for_another(
    client: FlaskClient, log: TestLog, made: Callable[[TestLog], str]
) -> None:
    assert add(client, made(log)).status_code == 422
    assert newest(client, log.key.name).status_code == 404
    assert add(client, log.request(Tree([]), 0)).status_code == 200, "control: that of no entries is cosigned"


def finds_a_split_view(client: FlaskClient, log: TestLog) -> bool:
    """Tell whether a witness of five entries refuses a log that has only three of them."""
    return bool(add(client, log.request(forked(3, 8), 5)).status_code == 422)


@pytest.mark.usefixtures("at_five")
def test_a_split_view_is_found(client: FlaskClient, log: TestLog) -> None:
    assert finds_a_split_view(client, log)


@pytest.mark.usefixtures("at_five")
def test_control_a_witness_that_skips_the_proof_does_not_find_it(
    client: FlaskClient, log: TestLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness.merkle, "check_consistency", lambda *_: None)
    assert not finds_a_split_view(client, log)


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
def test_any_server_may_ask_and_still_no_other_page_may_ask_the_portal(
    client: FlaskClient, log: TestLog, headers: dict[str, str]
) -> None:
    assert add(client, log.request(grown(5), 0), **headers).status_code == 200
    assert client.post("/api/codes", json={}, headers=headers).status_code == 403
    assert client.post("/api/codes", json={}, headers=SAME_ORIGIN).status_code == 400, "control: let in"


def test_a_request_has_an_end(client: FlaskClient, log: TestLog) -> None:
    assert add(client, log.request(grown(5), 0) + "x" * cosignatures.REQUEST_LIMIT).status_code == 413


def test_a_file_host_that_was_told_of_no_log_witnesses_none(settings: Settings, app: Flask) -> None:
    alone = replace(settings, roles=("filehost",), keyserver_secret=b"")
    assert add(create_app(alone).test_client(), TestLog(settings).request(grown(5), 0)).status_code == 404
    told = replace(alone, filehost_logs=(TestLog(settings).key.text(),))
    assert add(create_app(told).test_client(), TestLog(settings).request(grown(5), 0)).status_code == 200


def test_nothing_is_cosigned_that_is_not_kept(app: Flask, client: FlaskClient, log: TestLog) -> None:
    engine = app.extensions["safelight.filehost"].database.engine

    def fail(_: object) -> None:
        raise OSError(28, "no space left on device")

    event.listen(engine, "commit", fail)
    answer = add(client, log.request(grown(5), 0))
    assert answer.status_code == 503 and "\u2014" not in answer.text
    event.remove(engine, "commit", fail)
    assert newest(client, log.key.name).status_code == 404
    assert add(client, log.request(grown(5), 0)).status_code == 200


ROUNDS, AT_ONCE = 10, 6


def raced(app: Flask, log: TestLog, before: Tree, views: list[Tree]) -> list[tuple[Tree, Any]]:
    """Ask for several views of a log at once, all of which go on from the same old size; return those cosigned."""
    ready = threading.Barrier(len(views))

    def ask(view: Tree) -> int:
        request = log.request(view, before.size)
        with app.test_client() as client:
            ready.wait()
            return int(add(client, request).status_code)

    with ThreadPoolExecutor(len(views)) as pool:
        statuses = list(pool.map(ask, views))
    assert set(statuses) <= {200, 409}
    return [(view, status) for view, status in zip(views, statuses, strict=True) if status == 200]


def races(app: Flask, log: TestLog) -> list[int]:
    """Race honest growth against split views, each sound by itself; return how many were cosigned in each round."""
    add(app.test_client(), log.request(grown(5), 0))
    before, kept, cosigned = grown(5), entries(5), []
    for number in range(ROUNDS):
        views = [Tree([*kept, *(f"{number} {view} {n}".encode() for n in range(view + 1))]) for view in range(AT_ONCE)]
        won = raced(app, log, before, views)
        cosigned.append(len(won))
        view = size_known(app.test_client(), log) - before.size - 1
        before = views[view]
        kept += [f"{number} {view} {n}".encode() for n in range(view + 1)]
    return cosigned


def test_of_views_that_race_one_is_cosigned(app: Flask, log: TestLog) -> None:
    assert races(app, log) == [1] * ROUNDS


def test_control_a_witness_that_checks_before_it_writes_cosigns_several(
    app: Flask, log: TestLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = threading.Barrier(AT_ONCE)

    def add_in_two_steps(self: Witness, text: str) -> str:
        request = cosignatures.read(text)
        checkpoint = read_checkpoint(request.note.text)
        with self._database.read() as session:
            self._check(session, request, checkpoint)
        if checkpoint.size > 5:
            checked.wait(10)
        with self._database.write() as session:
            line = self._cosign(request.note.text)
            note = Note(request.note.text, (*request.note.signatures, line)).write()
            session.merge(Witnessed(origin_hash=cosignatures.origin_hash(checkpoint.origin), note=note))
        return note

    monkeypatch.setattr(Witness, "add", add_in_two_steps)
    assert max(races(app, log)) > 1


def test_a_consistency_proof_means_what_it_should() -> None:
    """Control of the helpers: what `forked` makes is sound by itself, and no continuation."""
    other, proof = forked(3, 8), forked(3, 8).consistency(5)
    merkle.check_consistency(5, forked(3, 5).root(), 8, other.root(), proof)
    with pytest.raises(BadProof):
        merkle.check_consistency(5, grown(5).root(), 8, other.root(), proof)
