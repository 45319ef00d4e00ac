"""What a reader is told of the policy stands in the log: until when, how often, and whether their name goes over it."""

from typing import Any

from flask.testing import FlaskClient

from sealed.released import WANTED, rules
from tests.inprocess import Bearer
from tests.keyserver.steps import ask, change, create, get, in_days, outcome, send

NOTHING = {"mark": "", "not_after": "", "most_each": "", "most": ""}


def told(answer: Any) -> dict[str, str]:
    assert outcome(answer) == "granted"
    return rules(answer.json["entry"])


def test_the_entry_of_a_release_says_it(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    until, later = in_days(1), in_days(2)
    create(client, owner, not_after=until)
    assert told(ask(client, reader, "1" * 24)) == NOTHING | {"not_after": until}
    change(client, owner, not_after=later, most=5, most_each=2, mark=True)
    limits = {"not_after": later, "most": "5", "most_each": "2"}
    assert told(ask(client, reader, "2" * 24)) == limits | {"mark": WANTED}
    assert told(ask(client, reader, "1" * 24)) == NOTHING | {"not_after": until}, "the same answer again"


def test_an_opening_by_consent_is_told_no_limit(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner, most_each=1, mark=True)
    assert told(ask(client, reader, "1" * 24))["most_each"] == "1", "control"
    assert outcome(ask(client, reader, "2" * 24)) == "used_up"
    send(client, reader, "requests", "key:release")
    send(client, owner, "consents", "policy:write", {"account": "READER"})
    assert told(ask(client, reader, "3" * 24)) == NOTHING | {"mark": WANTED}


def test_the_owner_sees_that_it_was_asked_for(client: FlaskClient, owner: Bearer) -> None:
    create(client, owner, mark=True)
    change(client, owner)
    entries = get(client, owner, "log").json["entries"]
    assert [one["details"].get("mark") for one in entries if one["action"] in ("create", "policy")] == [WANTED, None]
    assert get(client, owner, "policy").json["policy"]["mark"] is False
