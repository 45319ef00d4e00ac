"""A policy is read strictly, and what is wrong with it is said in a sentence."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import RECIPIENT
from tests.inprocess import REPORT, Bearer
from tests.keyserver.steps import DAY, change, create, get, in_days, policy
from tests.shares import asking
from viewer import clock
from viewer.keyserver import policy_form
from viewer.problems import Problem

WHOLE = {
    "recipients": [],
    "not_before": in_days(0.1),
    "not_after": in_days(2),
    "most_each": 2,
    "most": 3,
    "passkey": True,
    "jurisdictions": ["NZ", "AU"],
    "download": True,
    "mark": True,
}
MISSING = object()


@pytest.mark.parametrize(
    ("member", "value", "sentence"),
    [
        ("colour", "red", "A policy has no member 'colour'"),
        ("Passkey", True, "A policy has no member 'Passkey'"),
        ("\ud800", 1, r"A policy has no member '\ud800'"),
        ("recipients", MISSING, "A policy needs recipients"),
        ("recipients", None, "recipients must be a list"),
        ("recipients", "a@example.org", "recipients must be a list"),
        ("recipients", [1], "recipients must be a list"),
        ("recipients", ["registrar"], "A recipient cannot be reached"),
        ("recipients", ["a\ud800@example.org"], "A recipient cannot be reached"),
        ("recipients", [f"r{number}@example.org" for number in range(21)], "recipients must be a list of at most 20"),
        ("not_after", MISSING, "A policy needs not_after"),
        ("not_after", None, "A policy needs not_after"),
        ("not_after", 1_900_000_000, "not_after must be a time in UTC"),
        ("not_after", "tomorrow", "not_after must be a time in UTC"),
        ("not_after", "2026-11-31T00:00:00Z", "not_after must be a time in UTC"),
        ("not_after", "2020-01-01T00:00:00Z", "The end must lie ahead"),
        pytest.param("not_after", in_days(91), "The end must lie ahead, and within 90 days", id="too far"),
        ("not_before", "2026-11-30", "not_before must be a time in UTC"),
        pytest.param("not_before", in_days(3), "The beginning must lie before the end", id="too late"),
        ("most", 0, "most must be a number from 1 to 1000"),
        ("most", 1001, "most must be a number from 1 to 1000"),
        ("most", True, "most must be a number from 1 to 1000"),
        ("most_each", 1.0, "most_each must be a number from 1 to 1000"),
        ("most_each", "1", "most_each must be a number from 1 to 1000"),
        ("passkey", 1, "passkey must be true or false"),
        ("passkey", "yes", "passkey must be true or false"),
        ("download", 1, "download must be true or false"),
        ("mark", "yes", "mark must be true or false"),
        ("jurisdictions", "AU", "jurisdictions must be a list"),
        ("jurisdictions", ["UK"], "jurisdictions: 'UK' is no country's code"),
        ("jurisdictions", ["au"], "jurisdictions: 'au' is no country's code"),
        ("jurisdictions", [["AU"]], "jurisdictions: \"['AU']\" is no country's code"),
        ("jurisdictions", ["AU"] * 300, "jurisdictions must be a list"),
    ],
)
def test_each_fault_has_its_sentence(
    client: FlaskClient, owner: Bearer, member: str, value: Any, sentence: str
) -> None:
    body = {name: value for name, value in (WHOLE | {member: value}).items() if value is not MISSING}
    answer = client.post(f"/v1/keys/{REPORT}", json=body | asking(), headers=owner.headers("key:create"))
    assert (answer.status_code, answer.json["error"]) == (400, "bad_policy")
    assert answer.json["message"].startswith(sentence)
    assert get(client, owner, "policy").status_code == 404, "nothing was made"


def test_control_the_whole_of_it_is_read(client: FlaskClient, owner: Bearer) -> None:
    create(client, owner, **WHOLE)
    asked = {name: value for name, value in WHOLE.items() if name != "recipients"} | {"jurisdictions": ["AU", "NZ"]}
    assert get(client, owner, "policy").json["policy"] == asked


def test_what_is_left_out_is_not_asked(client: FlaskClient, owner: Bearer) -> None:
    create(client, owner)
    told = get(client, owner, "policy").json
    nothing = {"not_before": None, "most_each": None, "most": None, "passkey": False, "jurisdictions": []}
    nothing |= {"download": False, "mark": False}
    assert {name: told["policy"][name] for name in nothing} == nothing
    others = {name: told[name] for name in told if name != "policy"}
    nothing_yet = {"openings": [], "opened": 0, "waiting": 0}
    assert others == {"version": 1, "named": 1, "claimed_by": None, "revoked": None, "deleted": None} | nothing_yet


def test_what_is_told_can_be_sent_back(client: FlaskClient, owner: Bearer) -> None:
    create(client, owner, **WHOLE | {"recipients": [RECIPIENT]})
    told = get(client, owner, "policy").json
    assert change(client, owner, **told["policy"]).json == {"version": 1}
    assert get(client, owner, "policy").json == told


def test_the_end_is_a_second_ahead_and_ninety_days_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)

    def allowed(seconds: int) -> bool:
        try:
            policy_form.read(policy(not_after=clock.text(now + seconds)), must_name=True)
        except Problem:
            return False
        return True

    assert [allowed(seconds) for seconds in (0, 1, 90 * DAY, 90 * DAY + 1)] == [False, True, True, False]


def test_contacts_are_brought_to_their_one_form() -> None:
    read = policy_form.read(policy(recipients=["A@Example.ORG", "a@example.org", "+61 491 570 006"]), must_name=True)
    assert read.recipients == ("+61491570006", "a@example.org")
