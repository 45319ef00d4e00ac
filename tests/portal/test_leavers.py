"""Who is disabled: signed out at once, told to all servers until each has heard, and in the order it happened."""

import json
import threading
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.conftest import RECIPIENT
from tests.filehost.steps import add, begin, end, fetch, look, remove, store
from tests.inprocess import PORTAL, Bearer
from tests.keyserver.steps import ask, create, outcome, send
from tests.portal.conftest import ADA, Answer, Person, Portal, answered
from viewer import leavers, log_key
from viewer.database import Database
from viewer.filehost.storage import Held
from viewer.portal.passes import PassIssuer
from viewer.portal.telling import Teller

OTHER = "1" * 26  # a report


@pytest.fixture
def ada(portal: Portal, ward: str, boss: Person) -> Person:
    return portal.member(ADA, ward, boss)


@pytest.fixture
def reader(portal: Portal, ada: Person) -> Bearer:
    """Passes that Ada has got before."""
    return Bearer(portal.app.extensions["safelight.passes"], ada.id, RECIPIENT)


def turn(portal: Portal) -> None:
    """Let the time come for another try."""
    with portal.database.write() as session:
        session.execute(text("UPDATE telling SET due_at = 0 WHERE due_at IS NOT NULL"))


def down(*_: Any) -> requests.Response:
    raise requests.ConnectionError


def heard(boss: Person) -> tuple[int, int]:
    return boss.members[ADA]["told"], boss.members[ADA]["servers"]


def stands(app: Flask, role: str, account: str) -> bool | None:
    """Whether a server holds an account for disabled; None: it has heard nothing."""
    found: Any = app.extensions[f"safelight.{role}"]
    database: Database = found.database
    with database.read() as session:
        row = session.execute(text("SELECT disabled FROM leaver WHERE account = :a"), {"a": account}).one_or_none()
    return None if row is None else bool(row[0])


def test_a_leaver_is_out_at_once(portal: Portal, boss: Person, ada: Person) -> None:
    other_browser = Person(portal, ADA)
    wrong = ada.ask("POST", "/api/sessions", {"attempt": "unknown", "code": "000000"})
    assert boss.organise("PUT", f"members/{ada.id}/disabled") == "done"
    for one in (ada, other_browser):
        assert one.account is None
        assert one.ask("GET", "/api/reports").status_code == 401
    refused = ada.sign_in()
    assert (refused.status_code, refused.data) == (wrong.status_code, wrong.data), "as every failed sign-in"
    assert boss.organise("DELETE", f"members/{ada.id}/disabled") == "done"
    assert other_browser.account is None, "what has ended stays so"
    assert ada.sign_in().status_code == 200 and ada.account["may_send"]


def test_a_pass_that_is_out_already_is_of_no_use(
    app: Flask, client: FlaskClient, portal: Portal, boss: Person, ada: Person, owner: Bearer, reader: Bearer,
    teller: Teller, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    create(client, owner)
    assert outcome(ask(client, reader)) == "granted", "control"
    unknown = ask(client, reader, report="0" * 26)
    boss.organise("PUT", f"members/{ada.id}/disabled")
    assert heard(boss) == (0, 2)
    teller.step()
    assert heard(boss) == (2, 2)
    for key in ("r" * 24, "s" * 24):  # a repeat, too
        refused = ask(client, reader, key)
        assert (refused.status_code, refused.data) == (unknown.status_code, unknown.data)
    assert send(client, reader, "requests", "key:release").status_code == 404
    with monkeypatch.context() as patched:
        patched.setattr(leavers, "is_one", lambda *_: False)
        assert outcome(ask(client, reader, "t" * 24)) == "granted", "control: a key server that does not look releases"
    boss.organise("DELETE", f"members/{ada.id}/disabled")
    teller.step()
    assert outcome(ask(client, reader, "u" * 24)) == "granted"
    told = client.get(f"/v1/keys/{'0123456789ABCDEFGHJKMNPQRS'}/log", headers=owner.headers("log:read")).get_json()
    assert [one["reason"] for one in told["entries"] if one["outcome"] == "denied"] == ["disabled"] * 2


def test_the_file_host_refuses_uploads_and_downloads(
    client: FlaskClient, boss: Person, ada: Person, reader: Bearer, teller: Teller
) -> None:
    assert store(client, reader, b"sealed").status_code == 201, "control"
    assert begin(client, reader, 6, b"sea", report=OTHER).status_code == 201, "control"
    assert fetch(client, reader).status_code == look(client, reader, OTHER).status_code == 200, "control"
    boss.organise("PUT", f"members/{ada.id}/disabled")
    teller.step()
    refused = [store(client, reader, b"sealed"), add(client, reader, 3, b"led", OTHER), look(client, reader, OTHER)]
    refused += [end(client, reader, OTHER), remove(client, reader), fetch(client, reader)]
    assert [answer.status_code for answer in refused] == [404] * 6


def test_an_upload_that_has_begun_is_not_kept(
    app: Flask, client: FlaskClient, boss: Person, ada: Person, reader: Bearer, teller: Teller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    storage = app.extensions["safelight.filehost"].storage
    receive = type(storage).receive

    def leave() -> None:
        boss.organise("PUT", f"members/{ada.id}/disabled")
        teller.step()

    def slowly(self: Any, *more: Any) -> Any:
        leaves = threading.Thread(target=leave)  # a request of its own
        leaves.start()
        leaves.join()
        return receive(self, *more)

    monkeypatch.setattr(type(storage), "receive", slowly)
    assert store(client, reader, b"sealed").status_code == 404
    assert not list((app.extensions["safelight"].data / "blobs").glob("*.sealed"))


def test_a_last_piece_is_not_kept(
    app: Flask, client: FlaskClient, boss: Person, ada: Person, reader: Bearer, teller: Teller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Somebody leaves while their file is hashed."""
    assert begin(client, reader, 6, b"sea").status_code == 201
    sha256 = Held.sha256

    def slowly(self: Held) -> str:
        boss.organise("PUT", f"members/{ada.id}/disabled")
        leaves = threading.Thread(target=teller.step)
        leaves.start()
        leaves.join()
        return sha256(self)

    monkeypatch.setattr(Held, "sha256", slowly)
    assert add(client, reader, 3, b"led").status_code == 404
    colleague = Bearer(reader.issuer, boss.id)
    assert fetch(client, colleague).status_code == 404


def test_a_server_that_is_down_hears_it_later(
    app: Flask, portal: Portal, boss: Person, ada: Person, teller: Teller, net: dict[str, Answer]
) -> None:
    net["/keys"] = down
    boss.organise("PUT", f"members/{ada.id}/disabled")
    for _ in range(3):
        turn(portal)
        teller.step()
        assert heard(boss) == (1, 2)
    assert (stands(app, "keyserver", ada.id), stands(app, "filehost", ada.id)) == (None, True)
    del net["/keys"]
    teller.step()
    assert heard(boss) == (1, 2), "not before its time"
    turn(portal)
    teller.step()
    assert heard(boss) == (2, 2) and stands(app, "keyserver", ada.id) is True


@pytest.mark.parametrize("changes", ["PUT DELETE PUT", "PUT DELETE"])
@pytest.mark.parametrize("keep", [1, 2, 3])
def test_the_order_holds_however_late_a_server_hears(
    app: Flask, portal: Portal, boss: Person, ada: Person, teller: Teller, net: dict[str, Answer], changes: str,
    keep: int,
) -> None:  # fmt: skip
    """The key server gets requests late and out of order, some of them twice."""
    late: list[tuple[str, bytes, dict[str, str]]] = []

    def lost(*request: Any) -> requests.Response:
        late.append(request)
        raise requests.Timeout

    net["/keys"] = lost
    for method in changes.split():
        boss.organise(method, f"members/{ada.id}/disabled")
        turn(portal)
        teller.step()
    del net["/keys"]
    turn(portal)
    teller.step()
    for path, body, headers in reversed(late[:keep]):
        assert app.test_client().put(path, data=body, headers=headers).status_code == 200
    for role in ("keyserver", "filehost"):
        assert stands(app, role, ada.id) is changes.endswith("PUT"), role
    assert heard(boss) == (2, 2)


def test_control_without_numbers_the_last_to_arrive_wins(
    app: Flask, client: FlaskClient, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    itself, account = Bearer(portal.app.extensions["safelight.passes"], PORTAL), "1" * 26

    def tell(disabled: bool, number: int) -> Any:
        headers, change = itself.headers("accounts:write", ""), {"disabled": disabled, "number": number}
        return client.put(f"/v1/accounts/{account}/keys", json=change, headers=headers)

    assert tell(True, 3).get_json() == tell(False, 2).get_json() == {"disabled": True, "number": 3}
    monkeypatch.setattr(leavers, "_NOTE", leavers._NOTE.replace("leaver.number < excluded.number", "true"))
    tell(False, 2)
    assert stands(app, "keyserver", account) is False


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"number": "1"}', b'{"number": 1}', b'{"number": 1e99}', b'{"number": true}']
)
def test_what_one_server_makes_up_hides_no_other(
    portal: Portal, boss: Person, ada: Person, teller: Teller, net: dict[str, Answer], body: bytes
) -> None:
    net["/keys"] = lambda *_: answered(200, body)
    boss.organise("PUT", f"members/{ada.id}/disabled")
    teller.step()
    assert heard(boss) == (1, 2)
    del net["/keys"]
    turn(portal)
    teller.step()
    assert heard(boss) == (2, 2), "control"


def test_a_portal_from_a_backup_is_believed_again(
    app: Flask, portal: Portal, boss: Person, ada: Person, teller: Teller
) -> None:
    """The servers have heard of changes that it does not know of."""
    boss.organise("PUT", f"members/{ada.id}/disabled")
    teller.step()
    with portal.database.write() as session:
        session.execute(text("UPDATE telling SET number = 5, disabled = false, due_at = 0"))
    teller.step()
    assert stands(app, "keyserver", ada.id) is True and heard(boss) == (0, 2)
    turn(portal)
    teller.step()
    assert stands(app, "keyserver", ada.id) is False and heard(boss) == (2, 2)


def test_each_portal_speaks_of_its_own_people(
    app: Flask, client: FlaskClient, portal: Portal, boss: Person, ada: Person, owner: Bearer, reader: Bearer,
    teller: Teller,
) -> None:  # fmt: skip
    """Another portal on the list disables an account with the same id: that is somebody else."""
    create(client, owner)
    with app.extensions["safelight.keyserver"].database.write() as session:
        session.execute(text("INSERT INTO leaver VALUES ('https://next-door.example', :a, 1, true)"), {"a": ada.id})
    assert outcome(ask(client, reader)) == "granted"


def test_two_key_servers_are_told_both(portal: Portal, boss: Person, ada: Person, net: dict[str, Answer]) -> None:
    own = (PORTAL, log_key.known(portal.settings).text())
    other = ("https://keys.example.org", own[1])
    both = replace(portal.settings, keyserver_secret=b"", keyservers=(own, other))
    portal.app.extensions["safelight"] = both
    asked: list[str] = []

    def elsewhere(path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        asked.append(path)
        return answered(200, json.dumps(json.loads(body)).encode())

    net[f"keys.example.org/v1/accounts/{ada.id}/keys"] = elsewhere
    boss.organise("PUT", f"members/{ada.id}/disabled")
    assert heard(boss) == (0, 3)
    issuer: PassIssuer = portal.app.extensions["safelight.passes"]
    Teller(both, portal.database, issuer).step()
    assert heard(boss) == (3, 3) and len(asked) == 1
