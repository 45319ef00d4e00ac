"""The release: logged first, then released; never otherwise."""

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.conftest import RECIPIENT
from tests.inprocess import REPORT, Bearer
from viewer import clock
from viewer.database import Database
from viewer.keyserver import log
from viewer.keyserver.models import Key
from viewer.keyserver.release import release
from viewer.keyserver.routes import KeyServer
from viewer.passes import Contact, Pass

HASH = "ab" * 32


@pytest.fixture
def here(app: Flask) -> KeyServer:
    found: KeyServer = app.extensions["safelight.keyserver"]
    return found


@pytest.fixture
def key(client: FlaskClient, owner: Bearer) -> str:
    """A key for the recipient, with its file registered; returns the share as the owner got it."""
    policy = {"recipients": [RECIPIENT], "not_after": clock.text(clock.now() + 86_400)}
    made = client.post(f"/v1/keys/{REPORT}", json=policy, headers=owner.headers("key:create"))
    assert made.status_code == 201, made.text
    file = {"sha256": HASH, "length": 7}
    assert client.put(f"/v1/keys/{REPORT}/file", json=file, headers=owner.headers("key:create")).status_code == 204
    return str(made.json["server_share"])


def ask(client: FlaskClient, bearer: Bearer, key: str = "r" * 24, report: str = REPORT) -> Any:
    return client.post(f"/v1/keys/{report}/release", headers=bearer.headers("key:release", report, key))


def logged(here: KeyServer) -> list[tuple[str, str]]:
    with here.database.read() as session:
        return [(entry["action"], entry["outcome"]) for entry in log.entries(session, REPORT)]


def numbers(here: KeyServer) -> list[int]:
    with here.database.read() as session:
        return list(session.scalars(text("SELECT number FROM entry ORDER BY number")))


def test_a_named_recipient_gets_the_share_that_the_owner_got(
    client: FlaskClient, here: KeyServer, key: str, reader: Bearer
) -> None:
    answer = ask(client, reader)
    assert answer.status_code == 200
    assert answer.json["server_share"] == key
    assert answer.json["file"] == {"sha256": HASH, "length": 7}
    assert answer.json["entry"]["number"] == 3
    assert logged(here) == [("create", "granted"), ("register", "granted"), ("release", "granted")]


class Spy:
    """A vault that notes what another connection can read of the log when a share is unwrapped."""

    def __init__(self, here: KeyServer) -> None:
        self.here, self.seen = here, list[int]()

    def unwrap(self, wrapped: bytes, key_id: str) -> bytes:
        with self.here.database.read() as session:
            self.seen.append(len(log.entries(session, key_id)))
        return self.here.vault.unwrap(wrapped, key_id)


def careless(database: Database, vault: Any, secret: bytes, asker: Pass, idempotency_key: str) -> None:
    """The control: unwraps inside the transaction, before COMMIT."""
    with database.write() as session:
        found = session.get_one(Key, asker.object)
        log.append(session, asker, "release", "granted", idempotency_key)
        session.flush()
        vault.unwrap(found.wrapped_share, found.id)


@pytest.mark.parametrize(("how", "seen"), [(release, 3), (careless, 2)], ids=["ours", "control"])
def test_the_entry_is_committed_before_the_share_is_unwrapped(
    here: KeyServer, key: str, settings: Any, how: Callable[..., object], seen: int
) -> None:
    spy = Spy(here)
    asker = Pass(settings.portal_url, "READER", "key:release", REPORT, (Contact(RECIPIENT, 1),), "", "code")
    how(here.database, spy, here.secret, asker, "k" * 24)
    assert spy.seen == [seen]


def refuse_entries(here: KeyServer) -> None:
    """A log that cannot be written: every new entry fails inside the database."""
    with here.database.write() as session:
        session.execute(text("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'disk full'); END"))


def test_no_log_no_share(client: FlaskClient, here: KeyServer, key: str, reader: Bearer) -> None:
    refuse_entries(here)
    answer = ask(client, reader)
    assert answer.status_code == 503
    assert key not in answer.text and "server_share" not in answer.text
    assert answer.headers["Retry-After"]
    with here.database.write() as session:
        session.execute(text("DROP TRIGGER full"))
    assert ask(client, reader).json["server_share"] == key, "control: with the log, the share comes; no restart"
    assert numbers(here) == [1, 2, 3]


def test_no_log_no_new_key(client: FlaskClient, here: KeyServer, owner: Bearer) -> None:
    refuse_entries(here)
    policy = {"recipients": [RECIPIENT], "not_after": clock.text(clock.now() + 86_400)}
    answer = client.post(f"/v1/keys/{REPORT}", json=policy, headers=owner.headers("key:create"))
    assert answer.status_code == 503 and "server_share" not in answer.text
    with here.database.read() as session:
        assert session.get(Key, REPORT) is None, "nothing half-made stays"


def test_a_repeat_gets_the_same_answer_and_no_second_entry(
    client: FlaskClient, here: KeyServer, key: str, reader: Bearer
) -> None:
    assert ask(client, reader, "a" * 24).json == ask(client, reader, "a" * 24).json
    assert numbers(here) == [1, 2, 3]
    ask(client, reader, "b" * 24)
    assert numbers(here) == [1, 2, 3, 4], "control: another key is another release"


def test_a_repeat_after_revocation_is_refused(
    client: FlaskClient, here: KeyServer, key: str, reader: Bearer, owner: Bearer
) -> None:
    assert ask(client, reader).status_code == 200
    revoked = client.post(f"/v1/keys/{REPORT}/revoke", headers=owner.headers("policy:write"))
    assert revoked.status_code == 200
    answer = ask(client, reader)
    assert (answer.status_code, answer.json["error"]) == (403, "revoked")
    assert key not in answer.text
    assert logged(here)[-2:] == [("revoke", "granted"), ("release", "denied")]


def test_a_repeat_after_ten_minutes_is_no_repeat(
    client: FlaskClient, key: str, reader: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(client, reader).status_code == 200
    later = clock.now() + 601
    issued = reader.headers("key:release", REPORT, "r" * 24)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post(f"/v1/keys/{REPORT}/release", headers=issued).status_code == 422


def test_expired(client: FlaskClient, key: str, reader: Bearer, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = reader.headers("key:release")
    later = clock.now() + 86_401
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = client.post(f"/v1/keys/{REPORT}/release", headers=issued)
    assert (answer.status_code, answer.json["error"]) == (403, "expired")


def test_unknown_and_forbidden_are_answered_alike(
    client: FlaskClient, here: KeyServer, key: str, reader: Bearer, owner: Bearer
) -> None:
    stranger = Bearer(reader.issuer, "STRANGER", "stranger@example.org")
    forbidden, unknown = ask(client, stranger), ask(client, stranger, report="7" + REPORT[1:])
    assert (forbidden.status_code, forbidden.data) == (unknown.status_code, unknown.data) == (404, forbidden.data)
    assert dict(forbidden.headers) == dict(unknown.headers)
    assert logged(here)[-1] == ("release", "denied"), "an attempt on a report is in its log"
    assert ask(client, owner).status_code == 404, "not even its owner, whom the policy does not name"


def test_a_key_without_its_file_is_not_released(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    policy = {"recipients": [RECIPIENT], "not_after": clock.text(clock.now() + 86_400)}
    client.post(f"/v1/keys/{REPORT}", json=policy, headers=owner.headers("key:create"))
    assert ask(client, reader).status_code == 404


def test_noise_does_not_fill_the_log(client: FlaskClient, here: KeyServer, key: str, reader: Bearer) -> None:
    stranger = Bearer(reader.issuer, "STRANGER", "stranger@example.org")
    for number in range(log.MOST_DENIALS[0] + 20):
        assert ask(client, stranger, f"{number:024}").status_code == 404
    assert logged(here).count(("release", "denied")) == log.MOST_DENIALS[0]


def test_only_the_owner_registers_revokes_and_reads_the_log(client: FlaskClient, key: str, reader: Bearer) -> None:
    file = {"sha256": HASH, "length": 7}
    asked = [
        client.put(f"/v1/keys/{REPORT}/file", json=file, headers=reader.headers("key:create")),
        client.post(f"/v1/keys/{REPORT}/revoke", headers=reader.headers("policy:write")),
        client.get(f"/v1/keys/{REPORT}/log", headers=reader.headers("log:read")),
    ]
    assert [answer.status_code for answer in asked] == [404, 404, 404]


def test_a_file_is_registered_once(client: FlaskClient, key: str, owner: Bearer) -> None:
    same, other = {"sha256": HASH, "length": 7}, {"sha256": "cd" * 32, "length": 7}
    headers = owner.headers("key:create")
    assert client.put(f"/v1/keys/{REPORT}/file", json=same, headers=headers).status_code == 204
    assert client.put(f"/v1/keys/{REPORT}/file", json=other, headers=headers).status_code == 409


def test_a_key_is_made_once(client: FlaskClient, key: str, owner: Bearer, reader: Bearer) -> None:
    policy = {"recipients": [RECIPIENT], "not_after": clock.text(clock.now() + 86_400)}
    again = client.post(f"/v1/keys/{REPORT}", json=policy, headers=owner.headers("key:create"))
    assert again.json["server_share"] == key, "the answer to the first try may have been lost"
    for headers in (owner.headers("key:create", key="z" * 24), reader.headers("key:create")):
        refused = client.post(f"/v1/keys/{REPORT}", json=policy, headers=headers)
        assert refused.status_code == 409 and key not in refused.text


def test_fifty_at_once_leave_fifty_entries_without_gap(app: Flask, here: KeyServer, key: str, reader: Bearer) -> None:
    statuses: list[int] = []

    def one(number: int) -> None:
        statuses.append(ask(app.test_client(), reader, f"{number:024}").status_code)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 50
    assert numbers(here) == list(range(1, 53))


def test_shares_and_contacts_are_not_readable_in_the_database(
    here: KeyServer, settings: Any, key: str, client: FlaskClient, reader: Bearer
) -> None:
    ask(client, reader)
    share = base64.urlsafe_b64decode(key + "=")
    files = b"".join(path.read_bytes() for path in settings.data.glob("keyserver.sqlite*"))
    secrets = [share, share.hex().encode(), key.encode(), base64.b64encode(share), RECIPIENT.encode()]
    assert [secret for secret in secrets if secret in files] == []
    assert REPORT.encode() in files, "control: what is there is found"


def test_entries_are_canonical_and_hold_no_contact(
    here: KeyServer, key: str, client: FlaskClient, reader: Bearer
) -> None:
    ask(client, reader)
    with here.database.read() as session:
        entries = log.entries(session, REPORT)
    assert RECIPIENT not in json.dumps(entries)
    assert [entry["number"] for entry in entries] == [1, 2, 3]
