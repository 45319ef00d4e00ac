"""What a portal keeps for a recovery, and whom it gives it to; who reads the log; and that senders are told."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from sealed import base64url
from tests.inprocess import KEY, PORTAL, REPORT, SAME_ORIGIN, Bearer
from tests.keyserver.steps import create
from tests.keyserver.test_recover import recover
from tests.portal.conftest import ADA, AUDITOR, STRANGER, Person, Portal
from viewer.config import Settings
from viewer.hpke import KeyPair
from viewer.portal import events, notices
from viewer.portal.models import Report
from viewer.portal.notices import Notices

KEY_1, KEY_2 = (base64url.encode(KeyPair.generate().public) for _ in range(2))
SEALED = base64url.encode(bytes(range(101)))


@pytest.fixture
def ada(portal: Portal, ward: str, boss: Person) -> Person:
    return portal.member(ADA, ward, boss)


@pytest.fixture
def auditor(portal: Portal, ward: str, boss: Person) -> Person:
    return portal.member(AUDITOR, ward, boss, "auditor")


@pytest.fixture
def stranger(portal: Portal) -> Person:
    """The administrator of another organisation."""
    portal.organisation("Ward 8", STRANGER)
    return Person(portal, STRANGER)


def set_key(person: Person, key: Any) -> str:
    answer = person.ask("PUT", "/api/organisation/recovery-key", {"recovery_key": key})
    return "done" if answer.status_code == 200 else str(answer.get_json()["error"])


def report_of(person: Person) -> str:
    return str(person.ask("POST", "/api/reports", {"recipients": ["registrar@example.org"]}).get_json()["id"])


def deposit(person: Person, report: str, key: str = KEY_1) -> str:
    answer = person.ask("PUT", f"/api/reports/{report}/recovery", {"sealed": SEALED, "recovery_key": key})
    return "done" if answer.status_code == 204 else str(answer.get_json()["error"])


def given(person: Person, report: str) -> Any:
    answer = person.ask("GET", f"/api/reports/{report}/recovery").get_json()
    return answer.get("sealed", answer.get("error"))


def a_pass(person: Person, scope: str, about: str) -> dict[str, Any]:
    """The claims of a pass, or none where none is given."""
    body = json.dumps({"scope": scope, "report": about}).encode()
    proof = KEY.proof("POST", f"{PORTAL}/api/passes", hashlib.sha256(body).digest())
    headers = SAME_ORIGIN | {"DPoP": proof, "Content-Type": "application/json"}
    answer = person._client.post("/api/passes", data=body, headers=headers).get_json()
    found: dict[str, Any] = jwt.decode(answer["pass"], options={"verify_signature": False}) if "pass" in answer else {}
    return found


def test_administrators_set_the_key_and_senders_hear_of_it(
    boss: Person, ada: Person, auditor: Person, stranger: Person
) -> None:
    for other in (ada, auditor):
        assert set_key(other, KEY_1) == "not_administrator"
    assert set_key(stranger, KEY_2) == "done", "of their own organisation"
    assert ada.account["organisation"]["recovery_key"] is None
    assert set_key(boss, KEY_1) == "done"
    assert ada.account["organisation"]["recovery_key"] == KEY_1
    for bad in ("", 7, "A" * 87, KEY_1[:-1], KEY_1 + "=", [KEY_1]):
        assert set_key(boss, bad) in ("bad_recovery_key", "bad_request")
    assert ada.account["organisation"]["recovery_key"] == KEY_1
    changes = boss.ask("GET", "/api/organisation/events").get_json()["events"]
    assert [one["details"] for one in changes if one["action"] == "recovery_key"] == [{"key": KEY_1}]
    assert set_key(boss, None) == "done" and ada.account["organisation"]["recovery_key"] is None


def test_what_is_sealed_goes_to_administrators_only(
    boss: Person, ada: Person, auditor: Person, stranger: Person
) -> None:
    set_key(boss, KEY_1)
    report = report_of(ada)
    assert given(boss, report) == "not_available", "nothing is there yet"
    assert deposit(boss, report) == "not_available", "only the sender's"
    assert deposit(ada, report, KEY_2) == "recovery_key_changed"
    assert deposit(ada, report) == "done"
    assert given(boss, report) == SEALED
    for other in (ada, auditor, stranger):
        assert given(other, report) == "not_available"
    set_key(boss, KEY_2)
    assert given(boss, report) == SEALED, "what was sealed to the key of then"


@pytest.mark.parametrize("sealed", ["", "A", SEALED[:-1], SEALED + "A", SEALED + "="])
def test_only_what_can_be_a_sealed_link_share_is_kept(boss: Person, ada: Person, sealed: str) -> None:
    set_key(boss, KEY_1)
    body = {"sealed": sealed, "recovery_key": KEY_1}
    assert ada.ask("PUT", f"/api/reports/{report_of(ada)}/recovery", body).status_code == 400


def test_passes_of_an_organisation_go_by_role(
    portal: Portal, ward: str, boss: Person, ada: Person, auditor: Person, stranger: Person
) -> None:
    set_key(boss, KEY_1)
    report, bare = report_of(ada), report_of(ada)
    deposit(ada, report)
    people = {"boss": boss, "ada": ada, "auditor": auditor, "stranger": stranger}

    def get(scope: str, about: str) -> set[str]:
        return {name for name, person in people.items() if a_pass(person, scope, about)}

    assert get("log:audit", ward) == {"boss", "auditor"}
    assert get("key:recover", report) == get("blob:get", report) - {"ada"} == {"boss"}
    assert get("key:recover", bare) == set(), "nothing is sealed to the key"
    assert get("key:create", report) == {"ada"}
    claims = a_pass(auditor, "log:audit", ward)
    assert (claims["object"], claims["organisation"], claims["contacts"]) == (ward, ward, [])
    assert a_pass(boss, "key:recover", report)["organisation"] == ward
    assert a_pass(ada, "key:create", report)["organisation"] == ward
    assert "organisation" not in a_pass(ada, "key:release", report)
    boss.organise("PUT", f"members/{auditor.id}/role", {"role": "sender"})
    assert get("log:audit", ward) == {"boss"}


def test_who_reads_the_log_is_told_where_it_is_and_who_its_people_are(
    portal: Portal, ward: str, boss: Person, ada: Person, auditor: Person, stranger: Person
) -> None:
    told = auditor.ask("GET", "/api/organisation/audit").get_json()
    assert told["organisation"] == {"id": ward, "name": "Ward 7"} and told["issuer"] == PORTAL
    assert [log["key_server"] for log in told["logs"]] == [PORTAL]
    assert {one["account"] for one in told["people"]} == {boss.id, ada.id, auditor.id}
    assert ADA in {one["contact"] for one in told["people"]}
    assert boss.ask("GET", "/api/organisation/audit").get_json() == told
    people = stranger.ask("GET", "/api/organisation/audit").get_json()["people"]
    assert [one["account"] for one in people] == [stranger.id], "each of their own"
    assert ada.ask("GET", "/api/organisation/audit").get_json()["error"] == "not_auditor"


@pytest.fixture
def step(
    app: Flask, portal: Portal, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[tuple[str, str, str]]]:
    """Lets a process of the portal look at the log, and tell; returns what was sent."""

    def get(url: str, query: dict[str, int], headers: dict[str, str], **more: Any) -> requests.Response:
        found = app.test_client().get(url.removeprefix(PORTAL), query_string=query, headers=headers)
        answer = requests.Response()
        answer.status_code, answer._content = found.status_code, found.data
        return answer

    monkeypatch.setattr(requests, "get", get)
    reader = events.Reader(settings, app.extensions["safelight.passes"])

    def once() -> list[tuple[str, str, str]]:
        portal.sent.clear()
        Notices(settings, portal.database, reader).step()
        return list(portal.sent)

    return once


@pytest.fixture
def recovered(
    portal: Portal, ward: str, boss: Person, ada: Person, client: FlaskClient, owner: Bearer
) -> Callable[[], None]:
    """A report of Dr Ada's that Dr Bo, an administrator, has opened with the recovery key."""
    with portal.database.write() as session:
        made = {"key_server": PORTAL, "file_host": PORTAL, "created_at": 1_795_000_000}
        session.add(Report(id=REPORT, sender_id=ada.id, **made))
    boss.invite("bo@example.org", "administrator", "Dr Bo")
    bo = Person(portal, "bo@example.org")
    assert bo.join(ward) == "done"
    owner.organisation = ward
    create(client, owner)

    def once() -> None:
        assert recover(client, Bearer(owner.issuer, bo.id, organisation=ward)).status_code == 200

    return once


def test_the_sender_is_told_who_it_was(recovered: Callable[[], None], step: Callable[[], Any]) -> None:
    recovered()
    [(contact, subject, words)] = step()
    assert contact == ADA and subject == notices.WORDS["recovered"][0]
    assert "opened with your organisation's recovery key by Dr Bo" in words and words.endswith(f"/sent/{REPORT}")


def test_control_a_portal_without_the_notice_is_found(
    recovered: Callable[[], None], step: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = notices._kind
    monkeypatch.setattr(notices, "_kind", lambda event: None if event["action"] == "recover" else real(event))
    recovered()
    assert step() == []
