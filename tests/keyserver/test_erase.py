"""What could point at a person is erased from beside the log, and the log is proved as before."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from sealed.errors import BadProof
from tests.databases import stored
from tests.inprocess import Bearer
from tests.keyserver.steps import ask, create, get
from viewer import log_file
from viewer import sqlite as sqlite_module
from viewer.cli import main
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver import log
from viewer.keyserver.erase import erase
from viewer.keyserver.models import Entry
from viewer.keyserver.server import KeyServer

ADDRESS = "203.0.113.77"


@pytest.fixture
def here(app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer) -> Iterator[KeyServer]:
    """A key server with a release to the recipient, from ADDRESS; the owner's requests come from elsewhere."""
    create(client, owner)
    client.environ_base["REMOTE_ADDR"] = ADDRESS
    assert ask(client, reader).status_code == 200
    client.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    yield app.extensions["safelight.keyserver"]


def exported(here: KeyServer) -> list[bytes]:
    with here.database.read() as session:
        return list(log.everything(session))


def files(settings: Settings) -> bytes:
    return stored(settings, "keyserver")


def test_the_address_is_gone_and_every_proof_holds(
    here: KeyServer, client: FlaskClient, owner: Bearer, settings: Settings
) -> None:
    before, shown = exported(here), get(client, owner, "log").json["entries"]
    assert shown[-1]["observed"]["address"] == ADDRESS and ADDRESS.encode() in files(settings), "control"
    assert erase(here.database, "READER") == 2
    assert here.database.dialect.wipe()

    now = get(client, owner, "log").json["entries"]
    assert now == [*shown[:-1], shown[-1] | {"observed": {}}], "nobody else's, and nothing else"
    assert exported(here) == before
    assert log_file.verify(before, here.log.key).entries == len(shown)
    assert ADDRESS.encode() not in files(settings), "nor is it left in a file"
    assert erase(here.database, "READER") == 0


@pytest.mark.sqlite
def test_the_command_tells_how_many_and_whether_traces_are_left(
    here: KeyServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_module, "BUSY_MILLISECONDS", 1)
    monkeypatch.setattr(Settings, "from_environment", lambda *_: settings)
    with here.database.read() as session:
        assert session.get(Entry, 2)
        told = CliRunner().invoke(main, ["log", "erase", "READER"])
    assert told.exit_code == 1 and told.output.startswith("2 values erased.") and "Run this again" in told.output
    told = CliRunner().invoke(main, ["log", "erase", "READER"])
    assert told.exit_code == 0 and told.output.startswith("0 values erased.")
    assert ADDRESS.encode() not in files(settings)


def test_control_an_entry_changed_instead_breaks_the_proofs(here: KeyServer) -> None:
    with here.database.write() as session:
        entry = session.get_one(Entry, 2)
        session.execute(update(Entry).where(Entry.number == 2).values(body=entry.body.replace(b"READER", b"ERASED")))
    with pytest.raises(BadProof):
        log_file.verify(exported(here), here.log.key)


@pytest.mark.sqlite
def test_control_a_reader_keeps_older_pages_alive_and_that_is_told(
    here: KeyServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_module, "BUSY_MILLISECONDS", 1)
    database = Database(settings, "keyserver")
    with here.database.read() as session:
        assert session.get(Entry, 2)
        assert erase(database, "READER") == 2
        assert not database.dialect.wipe() and ADDRESS.encode() in files(settings)
    assert database.dialect.wipe() and ADDRESS.encode() not in files(settings)
