"""A key server tells its witnesses its newest checkpoint, waits for none, and stops where one knows more than it."""

import logging
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from flask import Flask

from sealed import cosignatures, notes
from sealed.notes import COSIGNATURE, VerifierKey
from tests.conftest import Installation
from tests.inprocess import Bearer
from tests.keyserver.steps import ask, create, make
from tests.keyserver.witness import SECONDS, FileHost, answering, size, started, wait, witnessed
from viewer import log_key
from viewer.config import Settings
from viewer.keyserver.witnesses import Lost

pytestmark = pytest.mark.usefixtures("at_once")


def test_what_is_committed_is_witnessed(host: FileHost, owner: Bearer, reader: Bearer) -> None:
    app, here = started(host.keyserver)
    create(app.test_client(), owner)
    wait(lambda: witnessed(host) == size(here) == 2)
    assert ask(app.test_client(), reader).status_code == 200
    wait(lambda: witnessed(host) == size(here) == 3)


def test_a_server_that_starts_anew_goes_on(host: FileHost, owner: Bearer, reader: Bearer) -> None:
    for number in range(3):
        app, here = started(host.keyserver)
        if number == 0:
            create(app.test_client(), owner)
        assert ask(app.test_client(), reader, f"{number:024}").status_code == 200
        assert size(here) == 3 + number
        wait(lambda size=3 + number: witnessed(host) == size)
        here.witnesses.check()


def test_two_processes_do_not_take_each_other_for_a_rollback(
    host: FileHost, owner: Bearer, reader: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = started(replace(host.keyserver, keyserver_witnesses=()))
    (one,), (other,) = (started(host.keyserver)[1].witnesses._all for _ in range(2))
    create(app.test_client(), owner)
    first, post = True, one._post

    def overtaken(text: str) -> tuple[int, str]:
        nonlocal first
        if first:
            first = False
            assert ask(app.test_client(), reader).status_code == 200
            other.tell()
        return post(text)

    monkeypatch.setattr(one, "_post", overtaken)
    one.tell()
    assert witnessed(host) == one._confirmed == 3


def test_a_rollback_stops_the_key_server(
    rolled_back: FileHost, owner: Bearer, reader: Bearer, caplog: pytest.LogCaptureFixture
) -> None:
    app, here = started(rolled_back.keyserver)
    here.witnesses.wake()
    wait(lambda: here.witnesses._stopped)
    for answer in (ask(app.test_client(), reader, "4" * 24), make(app.test_client(), owner, "5" * 24)):
        assert (answer.status_code, answer.json["error"]) == (503, "stopped")
        assert "sealed_share" not in answer.text and "Nothing was opened" in answer.json["message"]
    assert size(here) == 3
    thread = here.witnesses._thread
    assert thread and thread.join(SECONDS) is None and not thread.is_alive(), "it has said what there is to say"
    [said] = {record.message for record in caplog.records if record.levelno == logging.CRITICAL}
    assert "has seen 5 entries of this log, the database has 3: it was rolled back." in said
    assert "run: safelight log restart" in said


def test_control_without_a_witness_nobody_notices(rolled_back: FileHost, reader: Bearer) -> None:
    app, here = started(replace(rolled_back.keyserver, keyserver_witnesses=()))
    here.witnesses.wake()
    assert ask(app.test_client(), reader, "4" * 24).status_code == 200


@pytest.mark.parametrize("more", [1, 2, 4], ids=["below", "the same size", "beyond"])
def test_a_log_that_went_on_after_a_rollback_is_found_too(rolled_back: FileHost, reader: Bearer, more: int) -> None:
    app, here = started(replace(rolled_back.keyserver, keyserver_witnesses=()))
    for number in range(more):
        assert ask(app.test_client(), reader, f"9{number:023}").status_code == 200
    (one,) = started(rolled_back.keyserver)[1].witnesses._all
    with pytest.raises(Lost, match="rolled back" if more == 1 else "were changed"):
        one.tell()
    assert (witnessed(rolled_back), size(here)) == (5, 3 + more)


def bad_cosignature(text: str) -> tuple[int, str]:
    note = cosignatures.read(text).note
    line = cosignatures.cosignature(STRANGER, 7, bytes(64))
    return 200, notes.Note(note.text, (line,)).write().removeprefix(f"{note.text}\n")


STRANGER = VerifierKey("witness.example", bytes(range(32)), COSIGNATURE)
FAULTS = {
    "no cosignature": (200, ""),
    "nonsense": (200, "thank you\n"),
    "an error": (500, "sorry"),
    "not its log": (404, ""),
    "not signed": (403, ""),
    "elsewhere": (302, ""),
    "no size": (409, "many\n"),
    "a size of none": (409, "-1\n"),
    "too much": (200, "x" * 10_000_000),
}


@pytest.mark.parametrize("fault", [*FAULTS, "another's cosignature", "down"])
def test_a_witness_that_fails_stops_nothing_and_is_one_line(
    settings: Settings, app: Flask, owner: Bearer, reader: Bearer, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with answering(bad_cosignature if fault not in FAULTS else lambda _: FAULTS[fault]) as running:
        url = "http://127.0.0.1:1" if fault == "down" else running
        told = replace(settings, keyserver_witnesses=((url, STRANGER.text()),))
        app, _ = started(replace(told, keyserver_witnesses=()))
        (one,) = started(told)[1].witnesses._all
        create(app.test_client(), owner)
        for number in range(4):
            assert ask(app.test_client(), reader, f"{number:024}").status_code == 200
            one.tell()
    # A witness of an earlier test may just have been found gone by that test's key server.
    [said] = [record.message for record in caplog.records if record.name == "safelight" and url in record.message]
    assert said.startswith(f"witness {url} does not witness the log: ") and "thank" not in said
    assert one._confirmed == 0


def test_a_release_waits_for_no_witness(settings: Settings, app: Flask, owner: Bearer, reader: Bearer) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def hang(_: str) -> tuple[int, str]:
        asked.set()
        may_answer.wait(SECONDS)
        return 500, ""

    with answering(hang) as url:
        app, here = started(replace(settings, keyserver_witnesses=((url, STRANGER.text()),)))
        create(app.test_client(), owner)
        assert asked.wait(SECONDS)
        assert ask(app.test_client(), reader).status_code == 200 and not may_answer.is_set()
        with here.database.write():
            """No transaction is open while the witness is asked: another one may write."""
        may_answer.set()


def test_no_thread_starts_before_there_is_something_to_tell(host: FileHost, owner: Bearer) -> None:
    """gunicorn forks its workers: a thread that started in their parent would be in none of them."""
    app, here = started(host.keyserver)
    assert here.witnesses._thread is None
    create(app.test_client(), owner)
    assert here.witnesses._thread


def test_an_installation_witnesses_itself(installation: Installation, people: Path, sent: object) -> None:
    """Under gunicorn, with two workers, by default."""
    key = log_key.known(installation.settings)
    url = cosignatures.checkpoint_url(installation.url + cosignatures.PATH, key.name)

    def is_newest() -> bool:
        here = requests.get(f"{installation.url}/v1/log/checkpoint", timeout=SECONDS).json()["checkpoint"]
        return requests.get(url, timeout=SECONDS).text.startswith(here)

    wait(is_newest)
