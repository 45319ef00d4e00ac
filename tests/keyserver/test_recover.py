"""A recovery is a release: logged first, and for the key's organisation only; whatever the sender's policy says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from sealed.base32 import encode_id
from sealed.released import RECOVER
from tests.databases import no_room
from tests.inprocess import PORTAL, REPORT, Bearer
from tests.keyserver.steps import ask, create, outcome, send
from tests.keyserver.test_release import Spy, logged
from tests.shares import PAIR, asking, opened
from viewer import clock
from viewer.keyserver import policy
from viewer.keyserver.answer import Asked
from viewer.keyserver.models import Key, Use
from viewer.keyserver.release import release
from viewer.keyserver.server import KeyServer
from viewer.passes import Pass
from viewer.proofs import Proof

WARD, OTHER = (encode_id(bytes([number] * 16)) for number in (1, 2))
BEFORE = [("create", "granted"), ("register", "granted")]


@pytest.fixture
def here(app: Flask) -> KeyServer:
    found: KeyServer = app.extensions["safelight.keyserver"]
    return found


@pytest.fixture
def owner(owner: Bearer) -> Bearer:
    owner.organisation = WARD
    return owner


@pytest.fixture
def boss(owner: Bearer) -> Bearer:
    return Bearer(owner.issuer, "BOSS", organisation=WARD)


@pytest.fixture
def key(client: FlaskClient, owner: Bearer) -> bytes:
    """A key for the recipient; returns the share as its owner got it."""
    return create(client, owner, most=1)


def recover(client: FlaskClient, bearer: Bearer, key: str = "r" * 24) -> Any:
    headers = bearer.headers("key:recover", key=key)
    return client.post(f"/v1/keys/{REPORT}/recover", json=asking(), headers=headers)


def recovered(answer: Any, key: str = "r" * 24) -> bytes:
    return opened(answer.json, PORTAL, REPORT, key, RECOVER)


def test_whatever_recipients_limits_and_time_say(
    client: FlaskClient, here: KeyServer, key: bytes, boss: Bearer, reader: Bearer
) -> None:
    assert outcome(ask(client, boss)) == "not_available", "control: nobody named them"
    assert outcome(ask(client, reader, "1" * 24)) == "granted"
    assert outcome(ask(client, reader, "2" * 24)) == "used_up"
    with here.database.write() as session:
        session.execute(text("UPDATE key SET not_after = 1, not_before = 0"))
    assert outcome(ask(client, reader, "3" * 24)) == "expired"
    assert recovered(recover(client, boss)) == key
    assert logged(here)[-1] == ("recover", "granted")
    with here.database.read() as session:
        [use] = session.scalars(select(Use))
        assert (use.account, use.releases) == ("READER", 1), "it takes nothing of what recipients have"
        assert session.get_one(Key, REPORT).claimed_by is None


def test_an_open_link_is_not_claimed(client: FlaskClient, owner: Bearer, boss: Bearer, reader: Bearer) -> None:
    create(client, owner, recipients=[])
    assert recover(client, boss).status_code == 200
    assert outcome(ask(client, reader)) == "granted"


def test_what_was_withdrawn_stays_closed(client: FlaskClient, here: KeyServer, owner: Bearer, boss: Bearer) -> None:
    create(client, owner)
    assert send(client, owner, "revoke", "policy:write").status_code == 200
    assert outcome(recover(client, boss)) == "revoked"
    assert logged(here)[-1] == ("recover", "denied")


STRANGERS = {
    "another organisation": lambda issuer: Bearer(issuer, "BOSS", organisation=OTHER),
    "no organisation": lambda issuer: Bearer(issuer, "BOSS"),
    "the recipient": lambda issuer: Bearer(issuer, "READER", "registrar@example.org"),
}


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_get_nothing_and_that_is_logged(
    client: FlaskClient, here: KeyServer, owner: Bearer, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = STRANGERS[who](owner.issuer)
    assert outcome(recover(client, stranger)) == "not_available"
    assert logged(here) == [*BEFORE, ("recover", "denied")]
    monkeypatch.setattr(policy, "_of_recovery", lambda key, asker: None)
    assert outcome(recover(client, stranger)) == "granted", "control: without the check it would come"


def test_a_key_of_no_organisation_is_nobodys(client: FlaskClient, owner: Bearer) -> None:
    owner.organisation = ""
    create(client, owner)
    for organisation in ("", WARD):
        bearer = Bearer(owner.issuer, "BOSS", organisation=organisation)
        assert outcome(recover(client, bearer)) == "not_available"


def test_another_issuers_organisation_of_the_same_id(app: Flask, client: FlaskClient, key: bytes, boss: Bearer) -> None:
    with app.extensions["safelight.keyserver"].database.write() as session:
        session.execute(text("UPDATE key SET issuer = 'https://next-door.example'"))
    assert outcome(recover(client, boss)) == "not_available"


def test_a_pass_to_open_is_none_to_recover_and_the_other_way(client: FlaskClient, key: bytes, boss: Bearer) -> None:
    for what, scope in (("recover", "key:release"), ("release", "key:recover"), ("recover", "log:audit")):
        assert send(client, boss, what, scope, asking()).status_code == 401


def careless(here: KeyServer, asker: Pass, _proof: Proof, asked: Asked) -> None:
    """The control: unwraps inside the transaction, before COMMIT."""

    def work(session: Session) -> None:
        found = session.get_one(Key, asker.object)
        here.log.append(session, asker, asked.action, "granted", asked.request_id)
        here.vault.unwrap(found.wrapped_share, found.id)

    here.commits.run(work)


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(("how", "seen"), [(release, 3), (careless, 2)], ids=["ours", "control"])
def test_the_entry_is_committed_before_the_share_is_unwrapped(
    here: KeyServer, how: Callable[..., object], seen: int
) -> None:
    spy = Spy(here)
    asker = Pass(PORTAL, "BOSS", "key:recover", REPORT, (), "", "code", organisation=WARD)
    proof = Proof("jkt", "j" * 24, clock.now(), b"")
    how(replace(here, vault=spy), asker, proof, Asked(RECOVER, "k" * 24, PAIR.public, 0))
    assert spy.seen == [seen]


def test_no_log_no_share(client: FlaskClient, here: KeyServer, key: bytes, boss: Bearer) -> None:
    with no_room(here.database, "entry"):
        answer = recover(client, boss)
    assert answer.status_code == 503 and "share" not in answer.text
    assert recovered(recover(client, boss)) == key, "control: with the log, the share comes"
    assert logged(here) == [*BEFORE, ("recover", "granted")]


def test_a_repeat_is_one_entry(client: FlaskClient, here: KeyServer, key: bytes, boss: Bearer) -> None:
    for _ in range(2):
        assert recovered(recover(client, boss)) == key
    assert logged(here) == [*BEFORE, ("recover", "granted")]
    assert recovered(recover(client, boss, "s" * 24), "s" * 24) == key
    assert logged(here)[3:] == [("recover", "granted")]


def test_the_owner_sees_it_as_what_it_is(client: FlaskClient, key: bytes, owner: Bearer, boss: Bearer) -> None:
    recover(client, boss)
    entry = client.get(f"/v1/keys/{REPORT}/log", headers=owner.headers("log:read")).json["entries"][-1]
    assert (entry["action"], entry["account"], entry["outcome"]) == ("recover", "BOSS", "granted")
    standing = client.get(f"/v1/keys/{REPORT}/policy", headers=owner.headers("log:read")).json
    assert standing["opened"] == 1 and standing["openings"] == []
