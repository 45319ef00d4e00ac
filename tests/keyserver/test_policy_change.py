"""The owner changes the policy, and the next release goes by it."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import RECIPIENT
from tests.inprocess import REPORT, Bearer
from tests.keyserver.steps import ask, change, create, get, in_days, outcome, send
from viewer import clock

OTHER = "other@example.org"


@pytest.fixture
def other(reader: Bearer) -> Bearer:
    return Bearer(reader.issuer, "OTHER", OTHER)


def entries(client: FlaskClient, owner: Bearer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(client, owner, "log").json["entries"]
    return found


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"recipients": [OTHER]}, "not_available"),
        ({"recipients": [RECIPIENT, OTHER]}, "granted"),
        ({"recipients": []}, "granted"),
        ({}, "granted"),
        ({"not_before": in_days(0.5)}, "not_yet"),
        ({"most_each": 1}, "used_up"),
        ({"most": 1}, "used_up"),
        ({"most": 2}, "granted"),
        ({"passkey": True}, "passkey_needed"),
        ({"jurisdictions": ["AU"]}, "elsewhere"),
    ],
)
def test_a_change_bites_on_the_next_release(
    client: FlaskClient, owner: Bearer, reader: Bearer, members: dict[str, Any], word: str
) -> None:
    create(client, owner)
    assert outcome(ask(client, reader, "first" * 5)) == "granted"
    assert change(client, owner, not_after=in_days(2), **members).json == {"version": 2}
    assert outcome(ask(client, reader, "second" * 4)) == word


@pytest.mark.parametrize("word", ["passkey_needed", "elsewhere", "not_yet"])
def test_a_change_bites_on_a_repeat_too(client: FlaskClient, owner: Bearer, reader: Bearer, word: str) -> None:
    members: Any = {"passkey_needed": {"passkey": True}, "elsewhere": {"jurisdictions": ["AU"]}}
    create(client, owner, most=1)
    assert [outcome(ask(client, reader)) for _ in range(2)] == ["granted", "granted"]
    change(client, owner, **members.get(word, {"not_before": in_days(0.5)}))
    assert outcome(ask(client, reader)) == word


def test_a_limit_is_raised_by_what_is_added(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner, most_each=1)
    change(client, owner, most_each=2)
    assert [outcome(ask(client, reader, f"{n:024}")) for n in range(3)] == ["granted", "granted", "used_up"]


def test_every_change_is_logged_with_its_version_and_grants_carry_it(
    client: FlaskClient, owner: Bearer, reader: Bearer
) -> None:
    create(client, owner)
    end = in_days(3)  # once: a second later it would be another policy
    for most in (5, 5, 6):
        change(client, owner, not_after=end, most=most)
        ask(client, reader, f"{most:024}")
    found = [(entry["action"], entry.get("policy_version")) for entry in entries(client, owner)]
    assert found == [("create", 1), ("register", 1), ("policy", 2), ("release", 2), ("policy", 3), ("release", 3)]
    assert entries(client, owner)[4]["details"]["most"] == "6"
    assert RECIPIENT not in json.dumps(entries(client, owner))


def test_the_first_account_has_it_until_somebody_is_named(
    client: FlaskClient, owner: Bearer, reader: Bearer, other: Bearer
) -> None:
    create(client, owner, recipients=[])
    assert outcome(ask(client, owner)) == "not_available", "the sender's own trial claims nothing"
    assert outcome(ask(client, other)) == "granted"
    assert outcome(ask(client, reader)) == "claimed"
    change(client, owner, most=9)
    assert outcome(ask(client, reader)) == "claimed", "another limit takes nothing from who has claimed it"
    told = get(client, owner, "policy").json
    assert (told["claimed_by"], told["openings"]) == ("OTHER", [{"account": "OTHER", "number": 1}])
    change(client, owner, recipients=[RECIPIENT])
    assert outcome(ask(client, other, "again" * 5)) == "not_available"
    assert outcome(ask(client, reader)) == "granted"


def test_only_the_owner_reads_and_changes_it(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner)
    assert change(client, reader).status_code == get(client, reader, "policy").status_code == 404
    wrong = client.put(f"/v1/keys/{REPORT}/policy", json={}, headers=owner.headers("log:read"))
    assert wrong.status_code == 401, "reading the log is no leave to write the policy"
    assert get(client, owner, "policy").json["version"] == 1


def test_what_is_withdrawn_stays_so(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner)
    send(client, owner, "revoke", "policy:write")
    answer = change(client, owner, not_after=in_days(5))
    assert (answer.status_code, answer.json["error"]) == (409, "revoked")
    assert outcome(ask(client, reader)) == "revoked"
    assert get(client, owner, "policy").json["revoked"] <= clock.text(clock.now())


def test_a_change_that_cannot_be_read_changes_nothing(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner)
    assert change(client, owner, most=0).status_code == 400
    assert change(client, owner, not_after=None).status_code == 400
    assert get(client, owner, "policy").json["version"] == 1
    assert outcome(ask(client, reader)) == "granted"
