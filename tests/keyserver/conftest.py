"""Fixtures of tests in which a file host witnesses the key server's log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import backup, restore
from tests.inprocess import Bearer
from tests.keyserver.steps import ask, create
from tests.keyserver.witness import FileHost, file_host, size, started, wait, witnessed
from viewer.config import Settings
from viewer.keyserver import witnesses


@pytest.fixture
def host(settings: Settings, app: Flask, tmp_path: Path) -> Iterator[FileHost]:
    """A file host that witnesses; `app` lets the key server believe the passes of these tests."""
    with file_host(settings, tmp_path / "witness") as running:
        yield running


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the thread that tells the witnesses not wait between two tries."""
    monkeypatch.setattr(witnesses, "PAUSE", 0.01)
    monkeypatch.setattr(witnesses, "REST", 0)


@pytest.fixture
def rolled_back(host: FileHost, owner: Bearer, reader: Bearer, tmp_path: Path, at_once: None) -> FileHost:
    """The witness has seen five entries; the database was restored from a backup of three."""
    app, here = started(host.keyserver)
    create(app.test_client(), owner)
    assert ask(app.test_client(), reader, "1" * 24).status_code == 200
    kept = backup(here.database, tmp_path)
    for number in "23":
        assert ask(app.test_client(), reader, number * 24).status_code == 200
    wait(lambda: witnessed(host) == 5)
    restore(here.database, kept)
    assert size(here) == 3
    return host
