"""Released is not seen: whoever got a share says so once, and nobody else can."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import RECIPIENT
from tests.inprocess import REPORT, Bearer
from tests.keyserver.steps import ask, create, get, send
from viewer import log_file
from viewer.keyserver import acknowledge as module
from viewer.keyserver import log
from viewer.keyserver.models import Entry
from viewer.keyserver.server import KeyServer
from viewer.portal.passes import PassIssuer

OTHER_REPORT = REPORT[::-1]


@pytest.fixture
def here(app: Flask) -> KeyServer:
    found: KeyServer = app.extensions["safelight.keyserver"]
    return found


@pytest.fixture
def release(client: FlaskClient, owner: Bearer, reader: Bearer) -> int:
    """A release to the recipient, by the number of its entry."""
    create(client, owner)
    assert ask(client, reader).status_code == 200
    number: int = get(client, owner, "log").json["entries"][-1]["number"]
    return number


def acknowledge(client: FlaskClient, bearer: Bearer, entry: object) -> Any:
    return send(client, bearer, "acknowledgements", "key:release", {"entry": entry})


def size(here: KeyServer) -> int:
    with here.database.read() as session:
        return session.scalars(select(func.count()).select_from(Entry)).one()


def test_it_is_an_entry_of_its_own_that_names_the_release(
    client: FlaskClient, here: KeyServer, owner: Bearer, reader: Bearer, release: int
) -> None:
    answer = acknowledge(client, reader, release)
    found = get(client, owner, "log").json["entries"][-1]
    assert answer.status_code == 200 and answer.json == {"seen": found["recorded"]}
    told = {name: found[name] for name in ("action", "outcome", "account", "key_id", "details", "request_id")}
    assert told == {
        "action": "acknowledge",
        "outcome": "granted",
        "account": "READER",
        "key_id": REPORT,
        "details": {"entry": str(release)},
        "request_id": None,
    }
    with here.database.read() as session:
        assert log_file.verify(log.everything(session), here.log.key).entries == release + 2


def test_saying_it_again_answers_the_same_and_adds_nothing(
    client: FlaskClient, here: KeyServer, reader: Bearer, release: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, before = acknowledge(client, reader, release), size(here)
    assert acknowledge(client, reader, release).json == first.json
    assert size(here) == before
    assert ask(client, reader, "s" * 24).status_code == 200
    assert acknowledge(client, reader, before).status_code == 200
    assert size(here) == before + 2, "another release is acknowledged by itself"
    monkeypatch.setattr(module.log, "find", lambda *_: None)
    assert acknowledge(client, reader, release).status_code != 200, "control: nothing else finds the first one"


def test_it_can_be_said_after_the_photos_were_withdrawn(
    client: FlaskClient, owner: Bearer, reader: Bearer, release: int
) -> None:
    assert send(client, owner, "revoke", "policy:write").status_code == 200
    assert acknowledge(client, reader, release).status_code == 200, "they were seen before"


def whoever(settings: Any, account: str) -> Bearer:
    return Bearer(PassIssuer(settings.portal_url, settings.portal_secret), account, RECIPIENT)


@pytest.mark.parametrize("what", ["another account", "the owner", "another report", "no release", "no entry", "denied"])
def test_nobody_else_and_nothing_else(
    client: FlaskClient, here: KeyServer, settings: Any, owner: Bearer, reader: Bearer, release: int, what: str
) -> None:
    who, entry, report = reader, release, REPORT
    if what == "another account":
        who = whoever(settings, "OTHER")
        assert ask(client, who).status_code == 200, "who has a release too, but not this one"
    elif what == "the owner":
        who = owner
    elif what == "another report":
        report = OTHER_REPORT
    elif what == "no release":
        assert acknowledge(client, reader, release).status_code == 200
        entry = release + 1
    elif what == "no entry":
        entry = release + 1
    elif what == "denied":
        send(client, owner, "revoke", "policy:write")
        assert ask(client, reader, "s" * 24).status_code == 403
        entry = size(here) - 1
    before = size(here)
    headers = who.headers("key:release", report)
    answer = client.post(f"/v1/keys/{report}/acknowledgements", json={"entry": entry}, headers=headers)
    unknown = ask(client, reader, report="Z" * 26)
    assert (answer.status_code, answer.json) == (404, unknown.json), "as for an id that nobody has"
    assert size(here) == before, "and nobody can fill the log with it"


@pytest.mark.parametrize("what", ["account", "key_id", "issuer", "action", "outcome"])
def test_each_of_these_is_looked_at(
    client: FlaskClient, here: KeyServer, reader: Bearer, release: int, what: str
) -> None:
    """The same release with one thing about it changed."""
    with here.database.write() as session:
        setattr(session.get_one(Entry, release), what, "another")
    assert acknowledge(client, reader, release).status_code == 404


@pytest.mark.parametrize("entry", [None, "2", 2.0, True, 2**63, -(2**64), [2]])
def test_what_is_no_number_of_an_entry(client: FlaskClient, reader: Bearer, release: int, entry: object) -> None:
    answer = acknowledge(client, reader, entry)
    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")


def test_a_negative_number_is_no_entry(client: FlaskClient, reader: Bearer, release: int) -> None:
    assert acknowledge(client, reader, -1).status_code == 404
