"""Others ask, and the owner consents to one opening."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.conftest import RECIPIENT
from tests.inprocess import REPORT, Bearer
from tests.keyserver.steps import DAY, ask, change, create, get, in_days, outcome, send
from viewer.keyserver import asking


@pytest.fixture
def other(reader: Bearer) -> Bearer:
    return Bearer(reader.issuer, "OTHER", "other@example.org")


@pytest.fixture
def claimed(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    """A key that names nobody, opened by the recipient."""
    create(client, owner, recipients=[])
    assert outcome(ask(client, reader)) == "granted"


def age(app: Flask, seconds: int) -> None:
    """Let a key be older: passes go by the real clock, and would have run out."""
    with app.extensions["safelight.keyserver"].database.write() as session:
        session.execute(text("UPDATE key SET not_after = not_after - :seconds"), {"seconds": seconds})
        session.execute(text("UPDATE consent SET until = until - :seconds"), {"seconds": seconds})


def request(client: FlaskClient, asker: Bearer) -> str:
    return outcome(send(client, asker, "requests", "key:release"))


def consent(client: FlaskClient, owner: Bearer, account: object = "OTHER") -> str:
    return outcome(send(client, owner, "consents", "policy:write", {"account": account}))


def logged(client: FlaskClient, owner: Bearer) -> list[tuple[str, str, str]]:
    found = get(client, owner, "log").json["entries"]
    return [(entry["action"], entry["outcome"], entry["account"]) for entry in found]


@pytest.mark.usefixtures("claimed")
def test_a_consent_is_good_for_one_opening(client: FlaskClient, owner: Bearer, other: Bearer) -> None:
    assert outcome(ask(client, other, "1" * 24)) == "claimed"
    assert [request(client, other) for _ in range(2)] == ["granted", "granted"]
    assert [one["account"] for one in get(client, owner, "requests").json["requests"]] == ["OTHER"]
    assert [consent(client, owner) for _ in range(2)] == ["granted", "granted"], "the first answer may be lost"
    waiting = get(client, owner, "requests").json
    assert waiting["requests"] == [] and [one["account"] for one in waiting["consents"]] == ["OTHER"]
    assert request(client, other) == "no_need"
    assert [outcome(ask(client, other, "2" * 24)) for _ in range(2)] == ["granted", "granted"], "the same request"
    assert outcome(ask(client, other, "3" * 24)) == "claimed"
    assert get(client, owner, "requests").json == {"requests": [], "consents": []}
    assert logged(client, owner)[3:] == [
        ("release", "denied", "OTHER"),
        ("ask", "granted", "OTHER"),
        ("consent", "granted", "OWNER"),
        ("release", "granted", "OTHER"),
        ("release", "denied", "OTHER"),
    ]


@pytest.mark.usefixtures("claimed")
def test_a_consent_is_good_for_a_day(app: Flask, client: FlaskClient, owner: Bearer, other: Bearer) -> None:
    change(client, owner, not_after=in_days(5))
    request(client, other)
    consent(client, owner)
    age(app, DAY - 60)
    assert request(client, other) == "no_need", "control: it is the last minute that counts"
    age(app, 61)
    assert outcome(ask(client, other)) == "claimed"
    assert request(client, other) == "granted", "and one may ask again"


@pytest.mark.usefixtures("claimed")
def test_a_consent_ends_with_the_key(client: FlaskClient, owner: Bearer, other: Bearer) -> None:
    end = in_days(0.5)
    change(client, owner, not_after=end)
    request(client, other)
    assert send(client, owner, "consents", "policy:write", {"account": "OTHER"}).json == {"until": end}


def test_a_consent_counts_towards_no_limit(client: FlaskClient, owner: Bearer, reader: Bearer, other: Bearer) -> None:
    create(client, owner, recipients=[RECIPIENT, other.contact], most=2, most_each=1)
    assert [outcome(ask(client, reader, f"{n:024}")) for n in range(2)] == ["granted", "used_up"]
    request(client, reader)
    consent(client, owner, "READER")
    assert [outcome(ask(client, reader, f"{n:024}")) for n in (2, 3)] == ["granted", "used_up"]
    assert outcome(ask(client, other)) == "granted", "what was allowed to one is nobody else's"


def test_a_consent_lifts_the_country(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner, jurisdictions=["AU"])
    assert outcome(ask(client, reader)) == "elsewhere"
    assert (request(client, reader), consent(client, owner, "READER")) == ("granted", "granted")
    assert [outcome(ask(client, reader)) for _ in range(2)] == ["granted", "granted"], "a repeat has had its consent"
    assert outcome(ask(client, reader, "2" * 24)) == "elsewhere"


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"passkey": True}, "passkey_needed"),
        ({"not_before": in_days(0.5)}, "not_yet"),
        ({"recipients": [RECIPIENT]}, "not_available"),
    ],
)
@pytest.mark.usefixtures("claimed")
def test_a_consent_lifts_nothing_else(
    client: FlaskClient, owner: Bearer, other: Bearer, members: dict[str, object], word: str
) -> None:
    assert (request(client, other), consent(client, owner)) == ("granted", "granted")
    change(client, owner, **members)
    assert (outcome(ask(client, other)), request(client, other)) == (word, word)


@pytest.mark.usefixtures("claimed")
def test_no_consent_after_the_end(app: Flask, client: FlaskClient, owner: Bearer, other: Bearer) -> None:
    request(client, other)
    age(app, 2 * DAY)
    assert (outcome(ask(client, other)), consent(client, owner)) == ("expired", "expired")
    send(client, owner, "revoke", "policy:write")
    assert (outcome(ask(client, other)), consent(client, owner)) == ("revoked", "revoked")


def test_whom_no_consent_would_help_cannot_ask(client: FlaskClient, owner: Bearer, other: Bearer) -> None:
    create(client, owner)
    forbidden = send(client, other, "requests", "key:release")
    unknown = client.post(f"/v1/keys/7{REPORT[1:]}/requests", headers=other.headers("key:release", "7" + REPORT[1:]))
    assert (forbidden.status_code, forbidden.data) == (404, unknown.data)
    assert dict(forbidden.headers) == dict(unknown.headers)
    assert logged(client, owner)[-1] == ("ask", "denied", "OTHER")


@pytest.mark.parametrize(
    ("account", "word"), [("STRANGER", "not_asked"), (None, "bad_request"), ("\ud800", "bad_request")]
)
@pytest.mark.usefixtures("claimed")
def test_only_who_has_asked_gets_consent(client: FlaskClient, owner: Bearer, account: object, word: str) -> None:
    assert consent(client, owner, account) == word
    assert logged(client, owner)[-1] == ("release", "granted", "READER")


@pytest.mark.usefixtures("claimed")
def test_fifty_may_wait(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    crowd = [
        Bearer(reader.issuer, f"A{number}", f"a{number}@example.org") for number in range(asking.MOST_REQUESTS + 1)
    ]
    assert [request(client, one) for one in crowd] == ["granted"] * 50 + ["too_many"]
    assert request(client, crowd[0]) == "granted", "who waits may ask how it stands"
    consent(client, owner, "A7")
    assert request(client, crowd[-1]) == "granted"
    assert len([entry for entry in logged(client, owner) if entry[0] == "ask"]) == 51


@pytest.mark.usefixtures("claimed")
def test_only_the_owner_consents_and_sees_who_asks(client: FlaskClient, reader: Bearer, other: Bearer) -> None:
    request(client, other)
    assert consent(client, reader) == consent(client, other) == "not_available"
    assert get(client, reader, "requests").status_code == 404
