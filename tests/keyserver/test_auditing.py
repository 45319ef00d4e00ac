"""An organisation's part of the log: its auditors get all of it, proved, and nothing else; that they read is logged."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from sealed import entries, notes
from sealed.base32 import encode_id
from sealed.errors import BadProof
from tests.inprocess import Bearer
from tests.keyserver.steps import ask, create
from viewer import clock, log_key
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver import auditing
from viewer.portal.passes import PassIssuer

WARD, OTHER = (encode_id(bytes([number] * 16)) for number in (1, 2))


@pytest.fixture
def auditor(owner: Bearer) -> Bearer:
    return Bearer(owner.issuer, "AUDITOR", organisation=WARD)


@pytest.fixture
def opened(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    """A report of the ward's: made, opened by whom it is for, and refused to a stranger."""
    owner.organisation = WARD
    create(client, owner)
    assert ask(client, reader).status_code == 200
    assert ask(client, Bearer(owner.issuer, "STRANGER")).status_code == 404


def read(client: FlaskClient, auditor: Bearer, organisation: str = WARD, **query: Any) -> Any:
    headers = auditor.headers("log:audit", organisation)
    answer = client.get(f"/v1/organisations/{organisation}/log", query_string=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def proved(answer: Any, settings: Settings, remembered: str = "") -> list[entries.Audited]:
    page, first = entries.read_page(answer, log_key.known(settings), remembered)
    if first:
        Ed25519PublicKey.from_public_bytes(first.public_key).verify(first.signature, first.message)
    return page


def happened(page: list[entries.Audited]) -> list[str]:
    return [f"{one.said['action']} {one.said['outcome']}" for one in page]


OPENED = ["release denied", "release granted", "register granted", "create granted"]


@pytest.mark.usefixtures("opened")
def test_all_about_the_organisations_keys_newest_first(
    client: FlaskClient, auditor: Bearer, settings: Settings
) -> None:
    page = proved(read(client, auditor), settings)
    assert happened(page) == ["audit granted", *OPENED]
    assert [one.said["account"] for one in page] == ["AUDITOR", "STRANGER", "READER", "OWNER", "OWNER"]
    assert page[1].said["reason"] == "not_available"
    assert all(one.observed["address"] == "127.0.0.1" for one in page)


@pytest.mark.usefixtures("opened")
def test_nothing_about_others(client: FlaskClient, auditor: Bearer, owner: Bearer, settings: Settings) -> None:
    assert happened(proved(read(client, auditor, OTHER), settings)) == ["audit granted"]
    next_door = PassIssuer("https://next-door.example", bytes(32))
    assert happened(proved(read(client, Bearer(owner.issuer, "A", organisation=WARD)), settings))[1:] == OPENED
    with client.application.extensions["safelight.keyserver"].database.write() as session:
        session.execute(text("UPDATE key SET issuer = :other"), {"other": next_door.issuer})
    assert happened(proved(read(client, auditor), settings)) == 2 * ["audit granted"], "another portal's organisation"


@pytest.mark.usefixtures("opened")
def test_a_pass_is_for_one_organisation(client: FlaskClient, auditor: Bearer) -> None:
    for scope, organisation in (("log:audit", OTHER), ("log:read", WARD), ("events:read", WARD)):
        headers = auditor.headers(scope, organisation)
        assert client.get(f"/v1/organisations/{WARD}/log", headers=headers).status_code == 401


@pytest.mark.usefixtures("opened")
def test_reading_is_logged_once_an_hour_and_before_the_answer(
    client: FlaskClient, auditor: Bearer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        assert happened(proved(read(client, auditor), settings)).count("audit granted") == 1
    other = Bearer(auditor.issuer, "OTHER", organisation=WARD)
    assert happened(proved(read(client, other), settings)).count("audit granted") == 2
    monkeypatch.setattr(auditing, "OFTEN", 1)  # as if this were another hour
    assert happened(proved(read(client, auditor), settings)).count("audit granted") == 3
    monkeypatch.setattr(auditing, "_note", lambda *of: None)
    fresh = Bearer(auditor.issuer, "FRESH", organisation=WARD)
    assert happened(proved(read(client, fresh), settings)).count("audit granted") == 3, "control: that is found"


@pytest.mark.usefixtures("opened")
def test_in_pages_and_by_time(
    client: FlaskClient, auditor: Bearer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [one.entry for one in proved(read(client, auditor), settings)]
    monkeypatch.setattr(auditing, "MOST", 2)
    found, before = [], 10**18 - 1
    while page := proved(read(client, auditor, before=before), settings):
        assert len(page) <= 2
        found += [one.entry for one in page]
        before = page[-1].said["number"]
    assert found == whole
    now = clock.now()
    assert proved(read(client, auditor, **{"from": now + 60}), settings) == []
    assert proved(read(client, auditor, to=now - 60), settings) == []
    assert proved(read(client, auditor, **{"from": now - 60, "to": now + 60}), settings)


@pytest.mark.usefixtures("opened")
def test_what_was_seen_before_must_still_be_there(client: FlaskClient, auditor: Bearer, settings: Settings) -> None:
    first = proved(read(client, auditor), settings)
    note = first[0].receipt.partition("\n\n")[2]
    size = notes.read_checkpoint(notes.read_note(note).text).size
    read(client, Bearer(auditor.issuer, "OTHER", organisation=WARD))
    assert proved(read(client, auditor, since=size), settings, note)
    with pytest.raises(BadProof):
        proved(read(client, auditor, since=size - 1), settings, note)


CHANGES = {
    "another entry": lambda one: one.update(entry=one["entry"].replace('"outcome":"0"', '"outcome":"4"')),
    "another's receipt": lambda one: one.update(receipt=one["receipt"].replace("index ", "index 1")),
    "no receipt": lambda one: one.pop("receipt"),
    "no entry": lambda one: one.update(entry="{}"),
    "no observed": lambda one: one.pop("observed"),
}


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("what", CHANGES)
def test_an_answer_that_was_changed_is_refused(
    client: FlaskClient, auditor: Bearer, settings: Settings, what: str
) -> None:
    answer = read(client, auditor)
    assert proved(answer, settings), "control"
    CHANGES[what](answer["entries"][-1])
    with pytest.raises(BadProof):
        proved(answer, settings)


def test_entries_from_before_belong_to_nobody(app: Flask, client: FlaskClient, owner: Bearer, auditor: Bearer) -> None:
    """Keys that were made before there were organisations, or by who is in none."""
    create(client, owner)
    assert [one["observed"]["address"] for one in read(client, auditor)["entries"]] == ["127.0.0.1"]
    database: Database = app.extensions["safelight.keyserver"].database
    with database.read() as session:
        assert set(session.scalars(text("SELECT organisation FROM entry WHERE action != 'audit'"))) == {""}
