"""What people say of themselves after their first photos, and where it goes."""

import hashlib
import json
from typing import Any

import pytest
from jwt import decode

from tests.inprocess import KEY, PORTAL, SAME_ORIGIN
from tests.portal.conftest import ADA, BOSS, STRANGER, Person, Portal
from viewer.portal import invitations

REPORT = "0" * 26


def claims(person: Person, scope: str) -> dict[str, Any]:
    """What a pass says."""
    body = json.dumps({"report": REPORT, "scope": scope}).encode()
    proof = KEY.proof("POST", f"{PORTAL}/api/passes", hashlib.sha256(body).digest())
    headers = SAME_ORIGIN | {"DPoP": proof, "Content-Type": "application/json"}
    answer = person._client.post("/api/passes", data=body, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = decode(answer.get_json()["pass"], options={"verify_signature": False})
    return found


def say(person: Person, name: str, country: str) -> str:
    answer = person.ask("PUT", "/api/account", {"name": name, "jurisdiction": country})
    return "done" if answer.status_code == 200 else str(answer.get_json()["error"])


def test_nobody_has_said_anything_at_first_and_the_country_is_offered(portal: Portal) -> None:
    object.__setattr__(portal.settings, "sms", "json://127.0.0.1:1/sms/{to}")
    for contact, offered in ((STRANGER, "AU"), ("+64211234567", "NZ"), ("+61491570006", "AU")):
        account = Person(portal, contact).account
        assert (account["name"], account["jurisdiction"], account["usual_country"]) == ("", "", offered), contact


def test_a_country_that_was_said_is_in_the_passes_for_key_servers(portal: Portal) -> None:
    person = Person(portal, STRANGER)
    assert claims(person, "key:release")["jurisdiction"] == ""
    assert say(person, " Dr Grace Hopper ", "NZ") == "done"
    account = person.account
    assert (account["name"], account["jurisdiction"]) == ("Dr Grace Hopper", "NZ")
    assert claims(person, "key:release")["jurisdiction"] == "NZ"
    assert say(person, "", "") == "done"
    assert claims(person, "key:release")["jurisdiction"] == "", "it can be taken back"


@pytest.mark.parametrize(
    ("name", "country", "word"),
    [
        ("Dr X", "UK", "bad_country"),
        ("Dr X", "au", "bad_country"),
        ("Dr X", "XK", "bad_country"),
        ("x" * 101, "AU", "bad_name"),
        ("Dr\nX", "AU", "bad_name"),
        ("Dr \u202eX", "AU", "bad_name"),
        ("x" * 100, "AU", "done"),
    ],
)
def test_what_is_taken(portal: Portal, name: str, country: str, word: str) -> None:
    assert say(Person(portal, STRANGER), name, country) == word


def test_a_name_that_others_have_given_stays(portal: Portal, ward: str, boss: Person) -> None:
    member = portal.member(ADA, ward, boss)
    invitations.invite(portal.database, portal.settings, "Dr Solo", STRANGER)
    for person, name in ((member, "Dr Ada"), (Person(portal, STRANGER), "Dr Solo")):
        assert person.account["name"] == name
        assert say(person, "Professor Ada", "AU") == "name_given"
        assert say(person, name, "AU") == "done"
        assert person.account["jurisdiction"] == "AU"
    assert boss.contact == BOSS and say(boss, "Dr Boss", "AU") == "done", "control: nobody gave the first one's"


def test_strangers_say_nothing(portal: Portal) -> None:
    answer = portal.app.test_client().put("/api/account", json={"name": "", "jurisdiction": ""}, headers=SAME_ORIGIN)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "sign_in")
