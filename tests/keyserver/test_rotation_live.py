"""The README's four steps on a server that runs: the key-encryption key (KEK) changes, and no opening fails."""

import itertools
import os
import secrets
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import insert

from tests.cli.shell import PROGRAM
from tests.conftest import PATHS, RECIPIENT, SENDER, Installation, free_port, installed, wait_until
from tests.faults import memory
from tests.keyserver.test_vault import of_version_0_1
from viewer.database import Database
from viewer.keyserver import rotation
from viewer.keyserver.models import Key
from viewer.keyserver.vault import Vault, kek_id
from viewer.sender import client as client_module
from viewer.sender import opening
from viewer.sender.client import Client, ClientError
from viewer.sender.sending import Letter, Sent, send

OLD, NEW = os.urandom(32), os.urandom(32)
REPORTS, READERS = 4, 2
OTHERS = 2_000  # shares of keys that nobody asks for, so that the rotation takes several steps


def tell(step: str, done: int, total: int) -> None:
    pass


@dataclass
class Place:
    """A server whose KEKs are in a file, and the reports that its recipient opens."""

    installation: Installation
    folder: Path
    reports: list[Sent] = field(default_factory=list)

    def give(self, *keks: bytes) -> None:
        """Change the file and have gunicorn start its workers anew: they know these KEKs and no other."""
        (self.folder / "kek").write_text("\n".join(kek.hex() for kek in keks))
        process = self.installation.process
        before = set(memory.processes(process.pid)[1:])
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: not before & set(memory.processes(process.pid)[1:]), process)

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command as whoever keeps the server."""
        environment = os.environ | self.installation.environment | PATHS
        return subprocess.run([*PROGRAM, *command], env=environment, capture_output=True, text=True, check=False)

    def reader(self) -> Client:
        """A new program of the recipient's, which is signed in."""
        return Client(self.installation.url, self.folder / RECIPIENT)

    def open(self, reader: Client, sent: Sent, name: str) -> str:
        """Open a report as its recipient does; returns "opened", or what a server said instead."""
        link = opening.read_link(sent.link)
        assert link
        try:
            opening.open_link(reader, link, lambda: None, self.folder / "opened" / name, tell)
        except ClientError as error:
            return error.error
        return "opened"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A server under the old KEK, with reports, one of them from version 0.1, and many more shares."""
    monkeypatch.setattr(client_module, "_PAUSES", ())  # nobody asks twice: each 503 is one too many
    (tmp_path / "kek").write_text(OLD.hex())
    (tmp_path / "opened").mkdir()
    Image.frombytes("RGB", (16, 16), os.urandom(768)).save(tmp_path / "photo.jpg")
    port = free_port()
    kek = {"SAFELIGHT_KEYSERVER_KEK_FILE": str(tmp_path / "kek")}
    with installed(tmp_path, port, f"http://localhost:{port}", **kek) as installation:
        made = Place(installation, tmp_path)
        installation.client(RECIPIENT, tmp_path)
        sender = installation.client(SENDER, tmp_path, invited=True)
        letter = Letter((RECIPIENT,), "MRN 7", "", "", 7, download=True)
        made.reports += [send(sender, [tmp_path / "photo.jpg"], letter, tell) for _ in range(REPORTS)]
        fill(Database(installation.settings, "keyserver"), made.reports[0].report)
        yield made


def fill(database: Database, report: str) -> None:
    """Write one share as version 0.1 did, and copy its key many times, each with a share of its own."""
    old, share = Vault([OLD]), os.urandom(32)
    with database.write() as session:
        key = session.get_one(Key, report)
        its = {column.name: getattr(key, column.name) for column in Key.__table__.columns}
        key.wrapped_share = of_version_0_1(OLD, old.unwrap(key.wrapped_share, report), report)
        more = (secrets.token_hex(13).upper() for _ in range(OTHERS))
        session.execute(
            insert(Key), [its | {"id": key_id, "wrapped_share": old.wrap(share, key_id)} for key_id in more]
        )
    database.engine.dispose()


@contextmanager
def opening_all_the_time(place: Place) -> Iterator[list[str]]:
    """Let several people open reports until the block ends; what each opening came to is added to a list."""
    ended, outcomes = threading.Event(), list[str]()

    def go_on(number: int) -> None:
        reader = place.reader()
        for turn in itertools.count(number):
            if ended.is_set():
                return
            outcomes.append(place.open(reader, place.reports[turn % REPORTS], f"{number}-{turn}"))

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        yield outcomes
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def open_each(place: Place, name: str) -> set[str]:
    reader = place.reader()
    return {place.open(reader, sent, f"{name}-{number}") for number, sent in enumerate(place.reports)}


def test_the_key_encryption_key_changes_while_reports_are_opened(place: Place) -> None:
    with opening_all_the_time(place) as outcomes:
        place.give(NEW, OLD)
        database = Database(place.installation.settings, "keyserver")
        steps: list[set[str | None]] = []

        def watch(count: int) -> None:
            steps.append(set(rotation.in_use(database)))
            far = len(outcomes) + READERS + 1  # one of these began after this step
            wait_until(lambda: len(outcomes) >= far, place.installation.process)

        rotated = rotation.rotate(database, Vault([NEW, OLD]), watch)
        place.give(NEW)
    assert set(outcomes) == {"opened"}
    assert rotated == rotation.Rotated(OTHERS + REPORTS, ())
    assert len(steps) == 5 and {kek_id(OLD), kek_id(NEW)} <= steps[0] and steps[-1] == {kek_id(NEW)}
    assert "Nothing to do" in place.run("keys", "rotate").stdout
    assert open_each(place, "after") == {"opened"}

    place.give(OLD)  # the control: the old KEK alone opens nothing any more
    assert open_each(place, "control") == {"busy"}
    log = (place.folder / "server.log").read_text()
    assert f"cannot be unwrapped: its key-encryption key, {kek_id(NEW)}, is not among the given ones" in log
    assert [sent.report for sent in place.reports if sent.report in log] == []
