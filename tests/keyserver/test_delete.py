"""The owner deletes a key: its share is destroyed, and nobody has it ever again."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.inprocess import REPORT, Bearer
from tests.keyserver.steps import ask, change, create, get, make, outcome, send
from tests.keyserver.test_recover import WARD, recover
from viewer import clock
from viewer.config import Settings
from viewer.keyserver import rotation
from viewer.keyserver.models import Key
from viewer.keyserver.server import KeyServer
from viewer.keyserver.vault import Vault


@pytest.fixture
def here(app: Flask) -> KeyServer:
    found: KeyServer = app.extensions["safelight.keyserver"]
    return found


def delete(client: FlaskClient, bearer: Bearer, scope: str = "policy:write") -> Any:
    return client.delete(f"/v1/keys/{REPORT}", headers=bearer.headers(scope))


def wrapped(here: KeyServer) -> bytes:
    with here.database.read() as session:
        return session.execute(select(Key.wrapped_share)).scalar_one()


def actions(client: FlaskClient, owner: Bearer) -> list[str]:
    return [one["action"] for one in get(client, owner, "log").json["entries"] if one["outcome"] == "granted"]


def test_the_share_is_gone_and_everybody_is_refused_as_for_revoked(
    client: FlaskClient, here: KeyServer, owner: Bearer, reader: Bearer
) -> None:
    create(client, owner, most_each=1)
    assert [outcome(ask(client, reader, key * 24)) for key in "ab"] == ["granted", "used_up"], "control"
    assert send(client, reader, "requests", "key:release").status_code == 200
    since = delete(client, owner).json["deleted"]
    assert wrapped(here) == b""
    consent = send(client, owner, "consents", "policy:write", {"account": reader.account})
    asked = [ask(client, reader, "a" * 24), send(client, reader, "requests", "key:release"), make(client, owner)]
    assert [outcome(one) for one in (*asked, consent, change(client, owner))] == ["revoked"] * 5
    told = get(client, owner, "policy").json
    assert (told["deleted"], told["revoked"], told["opened"]) == (since, since, 1)


def test_a_recovery_key_opens_it_no_more(client: FlaskClient, owner: Bearer) -> None:
    owner = Bearer(owner.issuer, owner.account, owner.contact, WARD)
    boss = Bearer(owner.issuer, "BOSS", organisation=WARD)
    create(client, owner)
    assert outcome(recover(client, boss)) == "granted", "control"
    delete(client, owner)
    assert outcome(recover(client, boss, "again" * 5)) == "revoked"


def test_it_is_logged_once_and_a_repeat_is_answered_alike(
    client: FlaskClient, owner: Bearer, reader: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, owner)
    send(client, owner, "revoke", "policy:write")
    withdrawn = get(client, owner, "policy").json["revoked"]
    later = clock.now() + 5
    monkeypatch.setattr(clock, "now", lambda: later)
    first, again = delete(client, owner), delete(client, owner)
    assert (first.status_code, first.json) == (again.status_code, again.json) == (200, first.json)
    assert get(client, owner, "policy").json["revoked"] == withdrawn < first.json["deleted"], "since when it was closed"
    assert actions(client, owner) == ["create", "register", "revoke", "delete"]
    assert send(client, owner, "revoke", "policy:write").json == {"revoked": withdrawn}


def test_only_its_owner_deletes_it(client: FlaskClient, here: KeyServer, owner: Bearer, reader: Bearer) -> None:
    create(client, owner)
    assert delete(client, reader).status_code == 404
    assert delete(client, owner, "log:read").status_code == 401
    assert wrapped(here) and outcome(ask(client, reader)) == "granted"


@pytest.mark.sqlite  # PostgreSQL keeps traces until VACUUM FULL: README.md says so
@pytest.mark.parametrize("kind", ["delete", "revoke"])
def test_nothing_of_the_share_is_left_in_the_files(
    client: FlaskClient, here: KeyServer, settings: Settings, owner: Bearer, kind: str
) -> None:
    """Control: what is only revoked lies there still."""
    create(client, owner)
    share = wrapped(here)
    delete(client, owner) if kind == "delete" else send(client, owner, "revoke", "policy:write")
    there = [path.name for path in settings.data.glob("keyserver*") if share in path.read_bytes()]
    assert bool(there) == (kind == "revoke")


def test_what_is_deleted_needs_no_key_encryption_key(client: FlaskClient, here: KeyServer, owner: Bearer) -> None:
    create(client, owner)
    delete(client, owner)
    lost = replace(here, vault=Vault([bytes(32)]))
    assert (lost.fault(), rotation.in_use(here.database)) == ("", {})
    assert rotation.rotate(here.database, lost.vault, lambda count: None) == rotation.Rotated(0, ())
    with here.database.write() as session:
        session.execute(update(Key).values(deleted_at=None))
    assert lost.fault() == "key", "control: without the mark an empty share is one that cannot be unwrapped"


def test_a_rotation_that_began_before_brings_nothing_back(
    client: FlaskClient, here: KeyServer, owner: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, owner)
    vault = Vault([bytes(32), *client.application.extensions["safelight"].keyserver_keks])
    rewrap = Vault.rewrap

    def slow(self: Vault, share: bytes, key_id: str) -> bytes:
        delete(client, owner)
        return rewrap(self, share, key_id)

    monkeypatch.setattr(Vault, "rewrap", slow)
    assert rotation.rotate(here.database, vault, lambda count: None).done == 0
    assert wrapped(here) == b""
