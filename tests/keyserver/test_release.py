"""The release: logged first, then released; never otherwise."""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from sealed import base64url
from sealed.released import CREATE, RELEASE
from tests.conftest import RECIPIENT
from tests.databases import no_room, stored
from tests.inprocess import PORTAL, REPORT, Bearer
from tests.keyserver.steps import FILE, KEY, ask, create, make, policy, released, send
from tests.shares import PAIR, asking, opened
from viewer import clock
from viewer.hpke import KeyPair
from viewer.keyserver import log
from viewer.keyserver.answer import Asked
from viewer.keyserver.models import Key
from viewer.keyserver.release import release
from viewer.keyserver.server import KeyServer
from viewer.passes import Contact, Pass
from viewer.proofs import Proof


@pytest.fixture
def here(app: Flask) -> KeyServer:
    found: KeyServer = app.extensions["safelight.keyserver"]
    return found


@pytest.fixture
def key(client: FlaskClient, owner: Bearer) -> bytes:
    """A key for the recipient, with its file registered; returns the share as the owner got it."""
    return create(client, owner)


def logged(here: KeyServer) -> list[tuple[str, str]]:
    with here.database.read() as session:
        return [(entry["action"], entry["outcome"]) for entry in log.entries(session, REPORT)]


def numbers(here: KeyServer) -> list[int]:
    with here.database.read() as session:
        return list(session.scalars(text("SELECT number FROM entry ORDER BY number")))


def test_a_named_recipient_gets_the_share_that_the_owner_got(
    client: FlaskClient, here: KeyServer, key: bytes, reader: Bearer
) -> None:
    answer = ask(client, reader)
    assert answer.status_code == 200
    assert released(answer) == key
    assert answer.json["file"] == FILE
    assert json.loads(answer.json["entry"])["id"] == "2"
    assert logged(here) == [("create", "granted"), ("register", "granted"), ("release", "granted")]


class Spy:
    """A vault that notes what another connection can read of the log when a share is unwrapped."""

    def __init__(self, here: KeyServer) -> None:
        self.here, self.seen = here, list[int]()

    def unwrap(self, wrapped: bytes, key_id: str) -> bytes:
        with self.here.database.read() as session:
            self.seen.append(len(log.entries(session, key_id)))
        return self.here.vault.unwrap(wrapped, key_id)


def careless(here: KeyServer, asker: Pass, _proof: Proof, asked: Asked) -> None:
    """The control: unwraps inside the transaction, before COMMIT."""

    def work(session: Session) -> None:
        found = session.get_one(Key, asker.object)
        here.log.append(session, asker, "release", "granted", asked.request_id)
        here.vault.unwrap(found.wrapped_share, found.id)

    here.commits.run(work)


@pytest.mark.parametrize(("how", "seen"), [(release, 3), (careless, 2)], ids=["ours", "control"])
def test_the_entry_is_committed_before_the_share_is_unwrapped(
    here: KeyServer, key: bytes, settings: Any, how: Callable[..., object], seen: int
) -> None:
    spy = Spy(here)
    asker = Pass(settings.portal_url, "READER", "key:release", REPORT, (Contact(RECIPIENT, 1),), "", "code")
    proof = Proof("jkt", "j" * 24, clock.now(), b"")
    how(replace(here, vault=spy), asker, proof, Asked(RELEASE, "k" * 24, PAIR.public, 0))
    assert spy.seen == [seen]


def test_no_log_no_share(client: FlaskClient, here: KeyServer, key: bytes, reader: Bearer) -> None:
    with no_room(here.database, "entry"):
        answer = ask(client, reader)
    assert answer.status_code == 503
    assert "share" not in answer.text
    assert answer.headers["Retry-After"]
    assert released(ask(client, reader)) == key, "control: with the log, the share comes; no restart"
    assert numbers(here) == [0, 1, 2]


def test_no_log_no_new_key(client: FlaskClient, here: KeyServer, owner: Bearer) -> None:
    with no_room(here.database, "entry"):
        answer = make(client, owner)
    assert answer.status_code == 503 and "share" not in answer.text
    with here.database.read() as session:
        assert session.get(Key, REPORT) is None, "nothing half-made stays"


def test_a_repeat_gets_the_same_answer_and_no_second_entry(
    client: FlaskClient, here: KeyServer, key: bytes, reader: Bearer
) -> None:
    first, second = (ask(client, reader, "b" * 24) for _ in range(2))
    assert first.json["entry"] == second.json["entry"]
    assert released(first, "b" * 24) == released(second, "b" * 24) == key
    assert numbers(here) == [0, 1, 2]
    ask(client, reader, "c" * 24)
    assert numbers(here) == [0, 1, 2, 3], "control: another key is another release"


def test_a_repeat_after_revocation_is_refused(
    client: FlaskClient, here: KeyServer, key: bytes, reader: Bearer, owner: Bearer
) -> None:
    assert ask(client, reader).status_code == 200
    revoked = client.post(f"/v1/keys/{REPORT}/revoke", headers=owner.headers("policy:write"))
    assert revoked.status_code == 200
    answer = ask(client, reader)
    assert (answer.status_code, answer.json["error"]) == (403, "revoked")
    assert "share" not in answer.text
    assert logged(here)[-2:] == [("revoke", "granted"), ("release", "denied")]


def test_a_repeat_after_ten_minutes_is_no_repeat(
    client: FlaskClient, key: bytes, reader: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(client, reader).status_code == 200
    later = clock.now() + 601
    issued = reader.headers("key:release", REPORT, "r" * 24)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post(f"/v1/keys/{REPORT}/release", json=asking(), headers=issued).status_code == 422


def test_expired(client: FlaskClient, key: bytes, reader: Bearer, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = reader.headers("key:release")
    later = clock.now() + 86_401
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = client.post(f"/v1/keys/{REPORT}/release", json=asking(), headers=issued)
    assert (answer.status_code, answer.json["error"]) == (403, "expired")


def test_unknown_and_forbidden_are_answered_alike(
    client: FlaskClient, here: KeyServer, key: bytes, reader: Bearer, owner: Bearer
) -> None:
    stranger = Bearer(reader.issuer, "STRANGER", "stranger@example.org")
    forbidden, unknown = ask(client, stranger), ask(client, stranger, report="7" + REPORT[1:])
    assert (forbidden.status_code, forbidden.data) == (unknown.status_code, unknown.data) == (404, forbidden.data)
    assert dict(forbidden.headers) == dict(unknown.headers)
    assert logged(here)[-1] == ("release", "denied"), "an attempt on a report is in its log"
    assert ask(client, owner).status_code == 404, "not even its owner, whom the policy does not name"


def test_a_key_without_its_file_is_not_released(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    make(client, owner)
    assert ask(client, reader).status_code == 404


def test_noise_does_not_fill_the_log(client: FlaskClient, here: KeyServer, key: bytes, reader: Bearer) -> None:
    stranger = Bearer(reader.issuer, "STRANGER", "stranger@example.org")
    for number in range(log.MOST_DENIALS[0] + 20):
        assert ask(client, stranger, f"{number:024}").status_code == 404
    assert logged(here).count(("release", "denied")) == log.MOST_DENIALS[0]


def test_only_the_owner_registers_revokes_and_reads_the_log(client: FlaskClient, key: bytes, reader: Bearer) -> None:
    file = FILE
    asked = [
        client.put(f"/v1/keys/{REPORT}/file", json=file, headers=reader.headers("key:create")),
        client.post(f"/v1/keys/{REPORT}/revoke", headers=reader.headers("policy:write")),
        client.get(f"/v1/keys/{REPORT}/log", headers=reader.headers("log:read")),
    ]
    assert [answer.status_code for answer in asked] == [404, 404, 404]


def test_a_file_is_registered_once(client: FlaskClient, key: bytes, owner: Bearer) -> None:
    same, other = FILE, {"sha256": "cd" * 32, "length": 7}
    headers = owner.headers("key:create")
    assert client.put(f"/v1/keys/{REPORT}/file", json=same, headers=headers).status_code == 204
    assert client.put(f"/v1/keys/{REPORT}/file", json=other, headers=headers).status_code == 409


def test_a_key_is_made_once(client: FlaskClient, key: bytes, owner: Bearer, reader: Bearer) -> None:
    again = make(client, owner)
    assert opened(again.json, PORTAL, REPORT, KEY, CREATE) == key, "the answer to the first try may have been lost"
    for refused in (make(client, owner, "z" * 24), make(client, reader)):
        assert refused.status_code == 409 and "share" not in refused.text


def test_the_maker_of_a_key_asks_again_as_recipients_do(
    client: FlaskClient, key: bytes, owner: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, headers = KeyPair.generate(), owner.headers("key:create", key=KEY)
    assert client.post(f"/v1/keys/{REPORT}", json=policy() | asking(other), headers=headers).status_code == 422
    late, in_time = clock.now() + 601, clock.now() + 60
    issued = [owner.headers("key:create", key=KEY) for _ in range(2)]
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: late)
        answer = client.post(f"/v1/keys/{REPORT}", json=policy() | asking(), headers=issued[0])
        assert (answer.status_code, answer.json["error"]) == (422, "used_before")
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: in_time)
        answer = client.post(f"/v1/keys/{REPORT}", json=policy() | asking(), headers=issued[1])
        assert answer.status_code == 201, "control: in time, to the same key"
    assert send(client, owner, "revoke", "policy:write").status_code == 200
    answer = make(client, owner)
    assert (answer.status_code, answer.json["error"]) == (403, "revoked") and "share" not in answer.text


def test_fifty_at_once_leave_fifty_entries_without_gap(app: Flask, here: KeyServer, key: bytes, reader: Bearer) -> None:
    statuses: list[int] = []

    def one(number: int) -> None:
        statuses.append(ask(app.test_client(), reader, f"{number:024}").status_code)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 50
    assert numbers(here) == list(range(52))


def test_shares_and_contacts_are_not_readable_in_the_database(
    here: KeyServer, settings: Any, key: bytes, client: FlaskClient, reader: Bearer
) -> None:
    ask(client, reader)
    share, text_of = key, base64url.encode(key)
    files = stored(settings, "keyserver")
    secrets = [share, share.hex().encode(), text_of.encode(), base64.b64encode(share), RECIPIENT.encode()]
    assert [secret for secret in secrets if secret in files] == []
    assert REPORT.encode() in files, "control: what is there is found"


def test_entries_are_canonical_and_hold_no_contact(
    here: KeyServer, key: bytes, client: FlaskClient, reader: Bearer
) -> None:
    ask(client, reader)
    with here.database.read() as session:
        entries = log.entries(session, REPORT)
    assert RECIPIENT not in json.dumps(entries)
    assert [entry["number"] for entry in entries] == [0, 1, 2]
