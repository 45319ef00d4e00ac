"""Backup and restore: a drill from the first release to the first one after everything was lost; and what is whole."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from sealed import notes, receipts
from sealed.base32 import encode_id
from sealed.released import RELEASE
from tests import databases, inprocess
from tests.conftest import RECIPIENT, SENDER, Installation, free_port, installed
from tests.filehost.steps import add, begin, fetch, look, remove, store
from tests.inprocess import Bearer
from tests.operate.conftest import LETTER, PHOTO, quietly
from tests.postgresql import IN_USE
from viewer import backup, create_app, log_file
from viewer.backup import BackupFailed
from viewer.cli import main
from viewer.config import ROLES, Settings
from viewer.sender import shares
from viewer.sender.client import Client
from viewer.sender.opening import open_link, read_link
from viewer.sender.sending import send

LOST = 3  # releases between the backup and the end of the disk


def operator(environment: dict[str, str], *words: str, fails: bool = False) -> str:
    """Run a command where the server runs; return what it says."""
    done = CliRunner().invoke(main, list(words), env=environment)
    assert (done.exit_code != 0) is fails, done.output
    return str(done.output)


def released(reader: Client, report: str) -> tuple[str, notes.Note]:
    """Have a share released; return the log's key and the checkpoint in the receipt."""
    told = reader.ask("GET", f"/api/reports/{report}")
    answer = shares.get(reader, RELEASE, report, told, {})
    return told["log_key"], receipts.read(answer["receipt"]).note


def again(first: Installation, folder: Path, **settings: str) -> Any:
    """Start the installation anew, where it was, with its own secrets."""
    folder.mkdir()
    kept = {
        name: value for name, value in first.environment.items() if name.endswith(("SECRET", "KEK", "DATA", "DATABASE"))
    }
    return installed(folder, int(first.url.rpartition(":")[2]), first.url, **kept | settings)


def dumps(installation: Installation, folder: Path) -> dict[str, Path]:
    """Dump the databases that are in PostgreSQL, in the README's order."""
    found = {}
    for role in ROLES if IN_USE else ():
        (folder / role).mkdir()
        with databases.beside(installation.settings, role) as database:
            found[role] = databases.backup(database, folder / role)
    return found


def test_drill(tmp_path: Path) -> None:
    port, copied, kept, late = free_port(), tmp_path / "copied", tmp_path / "kept", tmp_path / "late"
    early, export = tmp_path / "early", tmp_path / "log.ndjson"
    with installed(tmp_path, port, f"http://localhost:{port}") as first:
        sender, reader = first.client(SENDER, tmp_path, invited=True), first.client(RECIPIENT, tmp_path)
        sent = send(sender, [PHOTO], LETTER, quietly)
        key, note = released(reader, sent.report)
        early.write_text(note.write())
        dumped = dumps(first, tmp_path)
        operator(first.environment, "backup", str(copied))
        late.write_text([released(reader, sent.report)[1] for _ in range(LOST)][-1].write())
        operator(first.environment, "log", "witness", first.url, str(kept), "--key", key)

    data = first.settings.data
    shutil.rmtree(data)  # the disk is gone, with all that the server kept
    shutil.copytree(copied, data)
    for role, dump in dumped.items():
        with databases.beside(first.settings, role) as database:
            databases.restore(database, dump)
    second = first.environment | {"SAFELIGHT_KEYSERVER_LOG": "2"}
    operator(first.environment, "log", "export", str(export))
    silent = operator(first.environment, "log", "verify", str(export), "--key", key, "--witness", str(kept), fails=True)
    assert "cut off" in silent, "control: a log that goes on as if nothing had happened is found out"
    assert f"at least {LOST} of them lost" in operator(second, "log", "restart", str(kept))

    with again(first, tmp_path / "again", SAFELIGHT_KEYSERVER_LOG="2"):
        new_key, _ = released(reader, sent.report)
        link = read_link(sent.link)
        assert link and new_key != key
        opened = open_link(reader, link, lambda: None, tmp_path / "opened", quietly)
        assert opened.details.patient == LETTER.patient
        next_one = send(sender, [PHOTO], LETTER, quietly)
        assert released(reader, next_one.report)
        operator(second, "log", "export", str(export))
    seen = [word for file in (early, kept, late) for word in ("--witness", str(file))]
    proved = operator(second, "log", "verify", str(export), "--key", new_key, *seen)
    assert f"at least {LOST} of them lost" in proved, "and receipts from before, of lost entries too, fit to it"
    for file in (early, late):
        log_file.check_signature(notes.read_note(file.read_text()), notes.read_key(key))


def put(app: Flask, owner: Bearer, number: int) -> None:
    assert store(app.test_client(), owner, bytes(number), encode_id(bytes([number] * 16))).status_code == 201


def missing(folder: Path) -> list[str]:
    """The sealed reports that a copied database names and that are not there."""
    with closing(sqlite3.connect(folder / "filehost.sqlite")) as database:
        rows = database.execute("SELECT id, length FROM blob").fetchall()
    files = {path.name: path.stat().st_size for path in (folder / "blobs").iterdir()}
    return [name for name, length in rows if files.get(f"{name}.sealed") != length]


@pytest.mark.sqlite
def test_what_comes_meanwhile_leaves_no_name_without_a_file(
    app: Flask, settings: Settings, owner: Bearer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(app, owner, 1)
    bring: Callable[[Path, Path], None] = backup._bring

    def bring_while_another_comes(source: Path, target: Path) -> None:
        put(app, owner, 2)
        bring(source, target)

    monkeypatch.setattr(backup, "_bring", bring_while_another_comes)
    assert backup.backup(settings, tmp_path / "copied") == (["portal", "keyserver", "filehost"], 1)
    assert missing(tmp_path / "copied") == []
    monkeypatch.setattr(backup, "_bring", bring)
    assert backup.backup(settings, tmp_path / "copied")[1] == 1 and missing(tmp_path / "copied") == []


@pytest.mark.sqlite
def test_control_files_first_would_leave_one(app: Flask, settings: Settings, owner: Bearer, tmp_path: Path) -> None:
    put(app, owner, 1)
    backup._files(settings, tmp_path / "blobs")
    put(app, owner, 2)
    with backup._copy(settings.data, tmp_path, "filehost"):
        pass
    assert missing(tmp_path) == [encode_id(bytes([2] * 16))]


@pytest.mark.sqlite
def test_what_a_sender_removes_meanwhile_is_not_missed(
    app: Flask, settings: Settings, owner: Bearer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(app, owner, 1)
    put(app, owner, 2)
    bring: Callable[[Path, Path], None] = backup._bring

    def bring_while_it_goes(source: Path, target: Path) -> None:
        assert remove(app.test_client(), owner, source.stem).status_code == 204
        bring(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(backup, "_bring", bring_while_it_goes)
        assert backup.backup(settings, tmp_path / "copied")[1] == 0
    assert len(missing(tmp_path / "copied")) == 2, "rows without files: reports that are gone"


@pytest.mark.sqlite
def test_what_a_sender_has_removed_leaves_the_backup_too(
    app: Flask, settings: Settings, owner: Bearer, tmp_path: Path
) -> None:
    for number in (1, 2):
        put(app, owner, number)
    backup.backup(settings, tmp_path)
    remove(app.test_client(), owner, encode_id(bytes([1] * 16)))
    assert len(list((tmp_path / "blobs").iterdir())) == 2, "control"
    backup.backup(settings, tmp_path)
    assert [file.stem for file in (tmp_path / "blobs").iterdir()] == [encode_id(bytes([2] * 16))]


@pytest.mark.sqlite
def test_uploads_that_are_open_are_not_in_it_and_begin_anew(
    app: Flask, settings: Settings, owner: Bearer, reader: Bearer, tmp_path: Path
) -> None:
    put(app, owner, 1)
    assert begin(app.test_client(), owner, 6, b"sea").status_code == 201
    backup.backup(settings, tmp_path)
    assert [file.stem for file in (tmp_path / "blobs").iterdir()] == [encode_id(bytes([1] * 16))]
    restored = create_app(replace(settings, data=tmp_path))
    restored.test_client_class = inprocess.ProvingClient
    client = restored.test_client()
    assert look(client, owner).status_code == add(client, owner, 3, b"led").status_code == 404
    assert store(client, owner, b"sealed").status_code == 201
    assert fetch(client, reader).data == b"sealed"


@pytest.mark.sqlite
def test_an_interrupted_run_leaves_the_one_before(
    app: Flask, settings: Settings, owner: Bearer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(app, owner, 1)
    backup.backup(settings, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix == ".sqlite"}
    put(app, owner, 2)

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(backup, "_bring", full)
        with pytest.raises(OSError, match="No space"):
            backup.backup(settings, tmp_path)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert after.keys() - {"data"} == before.keys() and all(after[name] == before[name] for name in before)
    assert missing(tmp_path) == []
    backup.backup(settings, tmp_path)
    assert (tmp_path / "filehost.sqlite").read_bytes() != before["filehost.sqlite"], "control: the next one is newer"


@pytest.mark.sqlite
def test_what_is_missing_or_damaged_is_told(app: Flask, settings: Settings, owner: Bearer, tmp_path: Path) -> None:
    put(app, owner, 1)
    backup.backup(settings, tmp_path / "whole")
    file = next((settings.data / "blobs").iterdir())
    file.rename(file.with_suffix(".away"))
    with pytest.raises(BackupFailed, match="not there any more"):
        backup.backup(settings, tmp_path / "missing")
    file.write_bytes(b"")
    with pytest.raises(BackupFailed, match="another length"):
        backup.backup(settings, tmp_path / "short")
    database = settings.data / "portal.sqlite"
    app.extensions["safelight.portal"].engine.dispose()
    for beside in ("portal.sqlite-wal", "portal.sqlite-shm"):
        (settings.data / beside).unlink(missing_ok=True)
    database.write_bytes(b"no database at all" * 1000)
    with pytest.raises(BackupFailed, match="portal's database cannot be read"):
        backup.backup(settings, tmp_path / "damaged")


def test_nobody_else_may_read_it(app: Flask, settings: Settings, owner: Bearer, tmp_path: Path) -> None:
    put(app, owner, 1)
    backup.backup(settings, tmp_path / "copied")
    modes = {path.stat().st_mode & 0o077 for path in [tmp_path / "copied", *(tmp_path / "copied").rglob("*")]}
    assert modes == {0}
