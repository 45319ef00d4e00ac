"""The file host: whole or not at all, once, and for bearers of the right pass only."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.inprocess import REPORT, Bearer
from viewer.filehost.storage import FolderStorage, TooLong

BODY = bytes(range(256)) * 100
URL = f"/v1/blobs/{REPORT}"


@pytest.fixture
def folder(settings: Any) -> Path:
    found: Path = settings.data / "blobs"
    return found


def put(client: FlaskClient, bearer: Bearer, body: bytes = BODY, limit: int = 10**6) -> Any:
    return client.put(URL, data=body, headers=bearer.headers("blob:put", limit=limit))


def test_what_was_stored_comes_back(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    stored = put(client, owner)
    assert stored.status_code == 201
    assert stored.json == {"length": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()}
    answer = client.get(URL, headers=reader.headers("blob:get"), buffered=True)
    assert (answer.status_code, answer.data) == (200, BODY)
    part = client.get(URL, headers=reader.headers("blob:get") | {"Range": "bytes=10-19"}, buffered=True)
    assert (part.status_code, part.data) == (206, BODY[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(BODY)}"
    for last, start in ((7, len(BODY) - 7), (len(BODY), 0), (len(BODY) + 1, 0), (262_144, 0)):
        end = client.get(URL, headers=reader.headers("blob:get") | {"Range": f"bytes=-{last}"}, buffered=True)
        assert (end.status_code, end.data) == (206, BODY[start:]), "of fewer bytes all are the last"
        assert end.headers["Content-Range"] == f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"


def test_stored_once(client: FlaskClient, owner: Bearer, reader: Bearer, folder: Path) -> None:
    put(client, owner)
    assert put(client, owner).status_code == 201, "the same again: the first answer may have been lost"
    assert put(client, owner, b"something else").status_code == 409
    assert client.get(URL, headers=reader.headers("blob:get"), buffered=True).data == BODY
    assert [path.name for path in folder.iterdir()] == [f"{REPORT}.sealed"]


@pytest.mark.parametrize("limit", [len(BODY) - 1, 1])
def test_too_large_leaves_nothing(client: FlaskClient, owner: Bearer, reader: Bearer, folder: Path, limit: int) -> None:
    assert put(client, owner, limit=limit).status_code == 413
    assert list(folder.iterdir()) == []
    assert client.get(URL, headers=reader.headers("blob:get")).status_code == 404


def test_cut_off_leaves_nothing(app: Flask, owner: Bearer, folder: Path) -> None:
    announced = {"CONTENT_LENGTH": str(len(BODY) + 1)}
    headers = owner.headers("blob:put", limit=10**6)
    answer = app.test_client().put(URL, data=BODY, headers=headers, environ_overrides=announced)
    assert answer.status_code == 400
    assert list(folder.iterdir()) == []


def anything(sha256: bytes) -> None:
    """Whatever came is what was to come."""


class Broken(io.BytesIO):
    """A connection that breaks after the first bytes."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 100:
            raise ConnectionResetError
        return super().read(200)


def test_a_broken_connection_leaves_nothing(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "blobs")
    with pytest.raises(ConnectionResetError):
        storage.receive(Broken(BODY), 10**6, anything)
    with pytest.raises(TooLong):
        storage.receive(io.BytesIO(BODY), 10, anything)
    assert list((tmp_path / "blobs").iterdir()) == []
    assert storage.receive(io.BytesIO(BODY), 10**6, anything).length == len(BODY), "control: a whole one arrives"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 25, "0" * 27, "o" * 26, "8" + "0" * 25, "0" * 25 + "/"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        FolderStorage(tmp_path).path(name)


def test_a_pass_for_reading_stores_nothing(client: FlaskClient, reader: Bearer, folder: Path) -> None:
    answer = client.put(URL, data=BODY, headers=reader.headers("blob:get", limit=10**6))
    assert answer.status_code == 401
    assert list(folder.iterdir()) == []
    assert put(client, reader, limit=0).status_code == 413, "a pass without a limit stores nothing"
