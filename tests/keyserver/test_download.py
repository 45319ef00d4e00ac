"""Whether photos may be saved: what the log says of it, who is refused, and that saving is noted."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from sealed import canonical
from sealed.released import may_save
from tests.inprocess import REPORT, Bearer
from tests.keyserver.steps import ask, change, create, get, outcome, send
from tests.shares import asking


def keep(client: FlaskClient, bearer: Bearer, key: str = "k" * 24, save: Any = True) -> Any:
    """Ask for a release as a program does that leaves files."""
    headers = bearer.headers("key:release", REPORT, key)
    return client.post(f"/v1/keys/{REPORT}/release", json=asking() | {"save": save}, headers=headers)


def entries(client: FlaskClient, owner: Bearer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(client, owner, "log").json["entries"]
    return found


def said(entry: dict[str, Any]) -> tuple[str, str | None]:
    return entry["action"], entry["details"].get("download")


def test_the_entry_of_a_release_says_what_the_policy_says(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner)
    assert not may_save(ask(client, reader, "1" * 24).json["entry"])
    change(client, owner, download=True)
    allowed = ask(client, reader, "2" * 24).json["entry"]
    assert may_save(allowed)
    change(client, owner)
    assert not may_save(ask(client, reader, "3" * 24).json["entry"]), "what is left out is not allowed"
    assert [said(one) for one in entries(client, owner) if one["action"] != "register"] == [
        ("create", None),
        ("release", None),
        ("policy", "allowed"),
        ("release", "allowed"),
        ("policy", None),
        ("release", None),
    ]
    other = json.loads(allowed)
    other["entity"][0]["detail"] = [one for one in other["entity"][0]["detail"] if one["type"] != "download"]
    assert not may_save(canonical.dumps(other).decode()), "control: it is that detail"


def test_a_program_that_leaves_files_is_refused_and_takes_no_opening(
    client: FlaskClient, owner: Bearer, reader: Bearer
) -> None:
    create(client, owner, most_each=1)
    assert outcome(keep(client, reader)) == "look_only"
    assert [(one["outcome"], one["reason"]) for one in entries(client, owner)][-1] == ("denied", "look_only")
    change(client, owner, most_each=1, download=True)
    assert outcome(keep(client, reader)) == "granted", "nothing was used up"
    assert outcome(keep(client, reader, "l" * 24)) == "used_up", "control: this one was"


@pytest.mark.parametrize("rule", ["not_available", "revoked", "used_up"])
def test_other_reasons_come_first(client: FlaskClient, owner: Bearer, reader: Bearer, rule: str) -> None:
    recipients: dict[str, Any] = {"recipients": ["other@example.org"]} if rule == "not_available" else {}
    create(client, owner, most_each=1, **recipients)
    if rule == "revoked":
        send(client, owner, "revoke", "policy:write")
    if rule == "used_up":
        assert outcome(ask(client, reader)) == "granted"
    assert outcome(keep(client, reader)) == rule


@pytest.mark.parametrize("save", ["yes", 1, None])
def test_what_is_neither_yes_nor_no(client: FlaskClient, owner: Bearer, reader: Bearer, save: object) -> None:
    create(client, owner, download=True)
    answer = keep(client, reader, save=save)
    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")
    assert outcome(keep(client, reader, save=False)) == "granted"


def test_what_was_saved_is_noted_once_beside_what_was_seen(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner, download=True)
    ask(client, reader)
    number = entries(client, owner)[-1]["number"]
    for saved in (False, True, True, False):
        answer = send(client, reader, "acknowledgements", "key:release", {"entry": number, "saved": saved})
        assert answer.status_code == 200
    found = entries(client, owner)[-2:]
    assert [(one["action"], one["details"], one["account"]) for one in found] == [
        ("acknowledge", {"entry": str(number)}, "READER"),
        ("save", {"entry": str(number)}, "READER"),
    ]
    stranger = send(client, owner, "acknowledgements", "key:release", {"entry": number, "saved": True})
    assert stranger.status_code == 404
    wrong = send(client, reader, "acknowledgements", "key:release", {"entry": number, "saved": "yes"})
    assert wrong.status_code == 400
