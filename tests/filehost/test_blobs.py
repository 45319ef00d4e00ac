"""The file host: whole or not at all, once, and for bearers of the right pass only; removed for good."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.filehost.steps import begin, fetch, look, remove, store
from tests.inprocess import REPORT, Bearer
from viewer.filehost.storage import FolderStorage

BODY = bytes(range(256)) * 100
OTHER = "1" * 26


@pytest.fixture
def folder(settings: Any) -> Path:
    found: Path = settings.data / "blobs"
    return found


def test_what_was_stored_comes_back(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    stored = store(client, owner, BODY)
    assert stored.status_code == 201
    assert stored.headers["Upload-Offset"] == str(len(BODY))
    assert stored.headers["ETag"] == f'"{hashlib.sha256(BODY).hexdigest()}"'
    answer = fetch(client, reader)
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (200, BODY, stored.headers["ETag"])
    part = fetch(client, reader, Range="bytes=10-19")
    assert (part.status_code, part.data) == (206, BODY[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(BODY)}"
    for last, start in ((7, len(BODY) - 7), (len(BODY), 0), (len(BODY) + 1, 0), (262_144, 0)):
        end = fetch(client, reader, Range=f"bytes=-{last}")
        assert (end.status_code, end.data) == (206, BODY[start:]), "of fewer bytes all are the last"
        assert end.headers["Content-Range"] == f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"


def test_stored_once(client: FlaskClient, owner: Bearer, reader: Bearer, folder: Path) -> None:
    store(client, owner, BODY)
    for body in (BODY, b"something else"):
        again = store(client, owner, body)
        assert (again.status_code, again.json["error"]) == (409, "exists")
    assert fetch(client, reader).data == BODY
    assert [path.name for path in folder.iterdir()] == [f"{REPORT}.sealed"]


@pytest.mark.parametrize("limit", [len(BODY) - 1, 1, 0])
def test_too_large_leaves_nothing(client: FlaskClient, owner: Bearer, reader: Bearer, folder: Path, limit: int) -> None:
    assert store(client, owner, BODY, limit=limit).status_code == 413
    assert begin(client, owner, len(BODY), limit=limit).status_code == 413
    assert list(folder.iterdir()) == []
    assert fetch(client, reader).status_code == look(client, owner).status_code == 404


class Broken(io.BytesIO):
    """A connection that breaks after the first bytes."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 100:
            raise ConnectionResetError
        return super().read(200)


def test_a_broken_connection_leaves_nothing(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "blobs")
    with pytest.raises(ConnectionResetError), storage.receive(Broken(BODY), print):
        pass
    assert list((tmp_path / "blobs").iterdir()) == []
    with storage.receive(io.BytesIO(BODY), print) as file:
        assert file.read() == BODY, "control: a whole one arrives"
        assert list((tmp_path / "blobs").iterdir()) == [], "and has no name"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0" * 25, "0" * 27, "o" * 26, "8" + "0" * 25, "0" * 25 + "/"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        FolderStorage(tmp_path).path(name)


def test_a_pass_for_reading_stores_and_removes_nothing(
    client: FlaskClient, owner: Bearer, reader: Bearer, folder: Path
) -> None:
    store(client, owner, BODY, OTHER)
    for scope in ("blob:get", "blob:delete", "key:create"):
        answer = client.post(f"/v1/blobs/{REPORT}", data=BODY, headers=reader.headers(scope, limit=10**6))
        assert answer.status_code == 401
    for scope in ("blob:get", "blob:put"):
        answer = client.delete(f"/v1/blobs/{OTHER}", headers=owner.headers(scope, OTHER, limit=10**6))
        assert answer.status_code == 401
    assert [path.stem for path in folder.iterdir()] == [OTHER]


def test_removed_for_good(client: FlaskClient, owner: Bearer, reader: Bearer, folder: Path) -> None:
    store(client, owner, BODY)
    store(client, owner, BODY, OTHER)
    unknown = remove(client, owner, "2" * 26)
    refused = remove(client, reader)
    assert (refused.status_code, refused.data) == (unknown.status_code, unknown.data) and unknown.status_code == 404
    assert fetch(client, reader).status_code == 200, "control: it is its sender's to remove"
    assert remove(client, owner).status_code == 204
    assert fetch(client, reader).status_code == look(client, owner).status_code == 404
    assert remove(client, owner).status_code == 404, "it is gone"
    assert [path.stem for path in folder.iterdir()] == [OTHER]


def test_an_open_upload_is_removed_too(client: FlaskClient, owner: Bearer, folder: Path) -> None:
    begin(client, owner, len(BODY), BODY[:100])
    assert remove(client, owner).status_code == 204
    assert look(client, owner).status_code == 404 and list(folder.iterdir()) == []


def test_a_row_whose_file_is_gone_is_a_report_that_is_gone(
    client: FlaskClient, owner: Bearer, reader: Bearer, folder: Path
) -> None:
    """As after a crash while it was removed, or from a backup."""
    store(client, owner, BODY)
    (folder / f"{REPORT}.sealed").unlink()
    unknown = fetch(client, reader, "2" * 26)
    assert (fetch(client, reader).status_code, fetch(client, reader).data) == (404, unknown.data)
    assert remove(client, owner).status_code == 204


def test_who_is_just_fetching_it_gets_it_all(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    store(client, owner, BODY * 30)
    headers = reader.headers("blob:get")
    with client.get(f"/v1/blobs/{REPORT}", headers=headers) as answer:
        assert remove(client, owner).status_code == 204
        assert answer.data == BODY * 30
