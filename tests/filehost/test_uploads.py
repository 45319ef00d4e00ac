"""Uploads by tus 1.0.0, case by case: what is answered, what is refused, and that a refusal leaves all as it was.

https://tus.io/protocols/resumable-upload. Over a real line, and by a client that is not ours: test_cuts.py.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.filehost.steps import LIMIT, PIECE, TUS, add, begin, end, fetch, look, path, remove, store
from tests.inprocess import KEY, PORTAL, REPORT, Bearer
from viewer.config import Settings
from viewer.filehost import upload_routes, uploads
from viewer.filehost.uploads import LIFETIME

BODY = bytes(range(256)) * 4
HALF = len(BODY) // 2
OTHER = "1" * 26


@pytest.fixture
def half(client: FlaskClient, owner: Bearer) -> None:
    """An upload of which one half has come."""
    assert begin(client, owner, len(BODY), BODY[:HALF]).status_code == 201


def offset(client: FlaskClient, owner: Bearer, report: str = REPORT) -> int | None:
    """How far an upload is; None where there is none."""
    answer = look(client, owner, report)
    assert answer.status_code in (200, 404) and answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"]) if answer.status_code == 200 else None


def test_piece_by_piece(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    begun = begin(client, owner, len(BODY))
    assert (begun.status_code, begun.headers["Location"]) == (201, f"{PORTAL}{path()}/upload")
    assert begun.headers["Upload-Offset"] == "0" and "ETag" not in begun.headers
    for start in range(0, len(BODY), 100):
        assert fetch(client, reader).status_code == 404, "a half file is never visible"
        assert offset(client, owner) == start
        answer = add(client, owner, start, BODY[start : start + 100])
        assert (answer.status_code, answer.headers["Tus-Resumable"]) == (204, "1.0.0")
        assert int(answer.headers["Upload-Offset"]) == min(start + 100, len(BODY))
        assert ("Upload-Expires" in answer.headers) is (start + 100 < len(BODY))
    assert answer.headers["ETag"] == f'"{hashlib.sha256(BODY).hexdigest()}"'
    assert fetch(client, reader).data == BODY
    whole = look(client, owner)
    assert whole.headers["Upload-Length"] == whole.headers["Upload-Offset"] == str(len(BODY))
    assert whole.headers["ETag"] == answer.headers["ETag"], "whose last answer was lost learns here that it is done"
    for start in (0, len(BODY)):
        assert add(client, owner, start, b"").status_code == 409, "it is stored once"


def test_what_is_spoken(client: FlaskClient) -> None:
    told = client.options(path())
    assert told.status_code == 204 and "Tus-Resumable" not in told.headers
    assert told.headers["Tus-Version"] == "1.0.0"
    assert set(told.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "termination",
        "expiration",
    }


Act = Callable[[FlaskClient, Bearer], Any]
REST = BODY[HALF:]
REFUSED: dict[str, tuple[int, str, Act]] = {
    "begun in another version": (
        412,
        "wrong_version",
        lambda c, o: begin(c, o, 9, report=OTHER, Tus_Resumable="0.2.2"),
    ),
    "a piece in another version": (412, "wrong_version", lambda c, o: add(c, o, HALF, REST, Tus_Resumable="1.0.1")),
    "ended in another version": (412, "wrong_version", lambda c, o: end(c, o, Tus_Resumable="")),
    "no length": (400, "bad_request", lambda c, o: begin(c, o, "", report=OTHER)),
    "a negative length": (400, "bad_request", lambda c, o: begin(c, o, -1, report=OTHER)),
    "a length with a fraction": (400, "bad_request", lambda c, o: begin(c, o, "9.0", report=OTHER)),
    "digits of another script": (400, "bad_request", lambda c, o: begin(c, o, "²", report=OTHER)),
    "nothing": (400, "bad_request", lambda c, o: begin(c, o, 0, report=OTHER)),
    "with a name": (400, "bad_request", lambda c, o: begin(c, o, 9, report=OTHER, Upload_Metadata="filename bW9sZQ==")),
    "more than may be": (413, "too_large", lambda c, o: begin(c, o, LIMIT + 1, report=OTHER)),
    "more than it says": (413, "too_large", lambda c, o: begin(c, o, 9, b"0123456789", report=OTHER)),
    "a first piece of another kind": (
        415,
        "no_piece",
        lambda c, o: begin(c, o, 9, b"012345678", report=OTHER, Content_Type="application/json"),
    ),
    "before its place": (409, "wrong_offset", lambda c, o: add(c, o, 0, BODY)),
    "behind its place": (409, "wrong_offset", lambda c, o: add(c, o, HALF + 1, REST[1:])),
    "no place": (400, "bad_request", lambda c, o: add(c, o, "", REST)),
    "a negative place": (400, "bad_request", lambda c, o: add(c, o, -1, REST)),
    "more than is left": (413, "too_large", lambda c, o: add(c, o, HALF, REST + b"0")),
    "a piece of another kind": (415, "no_piece", lambda c, o: add(c, o, HALF, REST, Content_Type="image/jpeg")),
    "a piece of nothing": (404, "not_available", lambda c, o: add(c, o, 0, REST, OTHER)),
    "an end of nothing": (404, "not_available", lambda c, o: end(c, o, OTHER)),
    "another's piece": (404, "not_available", lambda c, o: add(c, Bearer(o.issuer, "OTHER"), HALF, REST)),
    "another's end": (404, "not_available", lambda c, o: end(c, Bearer(o.issuer, "OTHER"))),
    "another's beginning": (409, "exists", lambda c, o: begin(c, Bearer(o.issuer, "OTHER"), len(BODY))),
    "another's removal": (404, "not_available", lambda c, o: remove(c, Bearer(o.issuer, "OTHER"))),
}


@pytest.mark.usefixtures("half")
@pytest.mark.parametrize("what", REFUSED)
def test_refused(client: FlaskClient, owner: Bearer, reader: Bearer, settings: Settings, what: str) -> None:
    status, error, act = REFUSED[what]
    answer = act(client, owner)
    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert answer.headers.get("Tus-Version") == ("1.0.0" if status == 412 else None)
    assert offset(client, owner) == HALF and offset(client, owner, OTHER) is None
    assert [file.stem for file in (settings.data / "blobs").iterdir()] == [REPORT]
    assert add(client, owner, HALF, REST).status_code == 204, "control: as it should be, it goes on"
    assert fetch(client, reader).data == BODY


def test_of_head_the_status_says_it(client: FlaskClient, owner: Bearer, half: None) -> None:
    assert look(client, owner, Tus_Resumable="2.0.0").status_code == 412
    assert look(client, Bearer(owner.issuer, "OTHER")).status_code == 404
    store(client, owner, BODY, OTHER)
    assert look(client, Bearer(owner.issuer, "OTHER"), OTHER).status_code == 404
    assert client.head(f"{path()}/upload", headers=TUS).status_code == 401, "and nothing without a pass"


def proved_for(owner: Bearer, method: str, where: str, body: bytes) -> dict[str, str]:
    """Headers whose proof is for this body."""
    headers = owner.headers("blob:put", limit=LIMIT) | TUS | {"Content-Type": PIECE}
    token = headers["Authorization"].partition(" ")[2]
    return headers | {"DPoP": KEY.proof(method, PORTAL + where, hashlib.sha256(body).digest(), token)}


@pytest.mark.parametrize("wrong", [REST[:-1] + b"?", REST[:-1], b""])
def test_another_piece_than_is_proved_does_not_count(
    client: FlaskClient, owner: Bearer, reader: Bearer, half: None, wrong: bytes
) -> None:
    headers = proved_for(owner, "PATCH", f"{path()}/upload", REST) | {"Upload-Offset": str(HALF)}
    assert client.patch(f"{path()}/upload", data=wrong, headers=headers).status_code == 401
    first = proved_for(owner, "POST", path(), REST) | {"Upload-Length": str(len(BODY))}
    assert client.post(path(), data=wrong, headers=first).status_code == 401
    assert offset(client, owner) == HALF
    add(client, owner, HALF, REST)
    assert fetch(client, reader).data == BODY


def cut(app: Flask, owner: Bearer, body: bytes, more: int) -> Any:
    """Send a piece of which the last `more` bytes do not come."""
    announced = {"CONTENT_LENGTH": str(len(body))}
    headers = proved_for(owner, "PATCH", f"{path()}/upload", body) | {"Upload-Offset": str(HALF)}
    whole = app.test_client()
    return whole.patch(f"{path()}/upload", data=body[:-more], headers=headers, environ_overrides=announced)


def test_its_length_must_be_told(app: Flask, client: FlaskClient, owner: Bearer, half: None) -> None:
    headers = proved_for(owner, "PATCH", f"{path()}/upload", REST) | {"Upload-Offset": str(HALF)}
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    answer = client.patch(f"{path()}/upload", data=REST, headers=headers, environ_overrides=chunked)
    assert (answer.status_code, answer.json and answer.json["error"]) == (411, "no_length")
    assert offset(client, owner) == HALF


@pytest.mark.parametrize("more", [1, 100, HALF])
def test_of_a_piece_that_is_cut_off_nothing_counts(
    app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer, half: None, more: int
) -> None:
    assert cut(app, owner, REST, more).status_code == 400
    assert offset(client, owner) == HALF and fetch(client, reader).status_code == 404
    add(client, owner, HALF, REST)
    assert fetch(client, reader).data == BODY


def test_begun_anew_nothing_is_left_of_what_was(client: FlaskClient, owner: Bearer, reader: Bearer, half: None) -> None:
    assert begin(client, owner, 10).headers["Upload-Offset"] == "0"
    assert offset(client, owner) == 0
    assert add(client, owner, HALF, REST).status_code == 409
    assert add(client, owner, 0, b"0123456789").status_code == 204
    assert fetch(client, reader).data == b"0123456789"


def test_ended_nothing_is_left(client: FlaskClient, owner: Bearer, settings: Settings, half: None) -> None:
    assert end(client, owner).status_code == 204
    assert offset(client, owner) is None and list((settings.data / "blobs").iterdir()) == []
    assert end(client, owner).status_code == add(client, owner, HALF, REST).status_code == 404
    assert store(client, owner, BODY).status_code == 201
    assert end(client, owner).status_code == 404, "what is whole is not ended, but removed"


def wait(app: Flask, seconds: int) -> None:
    """Let uploads wait for so long."""
    with app.extensions["safelight.filehost"].database.write() as session:
        session.connection().exec_driver_sql(f"UPDATE upload SET until = until - {seconds}")


def expires(answer: Any) -> float:
    return (parsedate_to_datetime(answer.headers["Upload-Expires"]) - datetime.now(UTC)).total_seconds()


def test_after_a_day_without_a_piece_it_is_over(
    app: Flask, client: FlaskClient, owner: Bearer, settings: Settings, half: None
) -> None:
    assert LIFETIME - 60 < expires(look(client, owner)) <= LIFETIME
    wait(app, LIFETIME - 60)
    assert expires(add(client, owner, HALF, REST[:1])) > LIFETIME - 60, "each piece gives it another day"
    wait(app, LIFETIME + 1)
    assert offset(client, owner) is None and add(client, owner, HALF + 1, REST[1:]).status_code == 404
    files = settings.data / "blobs"
    assert [file.stem for file in files.iterdir()] == [REPORT], "control: it lies there until the next one comes"
    assert begin(client, owner, 9, report=OTHER).status_code == 201
    assert [file.stem for file in files.iterdir()] == [OTHER]
    assert store(client, owner, BODY).status_code == 201


def test_over_its_time_it_can_begin_anew_itself(
    app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer, half: None
) -> None:
    wait(app, LIFETIME + 1)
    assert begin(client, owner, len(BODY), BODY).status_code == 201
    assert fetch(client, reader).data == BODY


def test_control_who_does_not_look_at_the_place_mixes_pieces_up(
    client: FlaskClient, owner: Bearer, reader: Bearer, half: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        upload_routes.uploads, "goes_on", lambda here, asker, report, *_: uploads.progress(here, asker, report)
    )
    assert add(client, owner, 0, BODY[:HALF]).status_code == 204
    assert fetch(client, reader).data == BODY[:HALF] * 2


def test_control_who_looks_at_no_proof_counts_what_came(
    client: FlaskClient, owner: Bearer, half: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.proofs.Proof.check_body", lambda self, sha256: None)
    headers = proved_for(owner, "PATCH", f"{path()}/upload", REST) | {"Upload-Offset": str(HALF)}
    assert client.patch(f"{path()}/upload", data=REST[:-1], headers=headers).status_code == 204
    assert offset(client, owner) == len(BODY) - 1
