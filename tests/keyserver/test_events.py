"""What a portal reads of the log, and what proves a single entry: one's own, and nothing else."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from sealed import notes, receipts
from sealed.errors import BadProof
from sealed.released import check_since
from tests import inprocess
from tests.inprocess import PORTAL, REPORT, Bearer
from tests.keyserver.steps import ask, change, create, get, in_days, outcome, policy, send
from tests.shares import asking
from viewer import log_key
from viewer.config import Settings
from viewer.keyserver import events, keys
from viewer.passes import IssuerKeys, Pass
from viewer.portal.passes import PassIssuer

OTHER_PORTAL = "https://portal.example.org"
UNKNOWN = "7" + REPORT[1:]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A key server that believes two portals."""
    return replace(inprocess.settings(tmp_path / "data"), issuers=(PORTAL, OTHER_PORTAL))


@pytest.fixture
def elsewhere(app: Flask, monkeypatch: pytest.MonkeyPatch) -> PassIssuer:
    """The other portal."""
    issuer = PassIssuer(OTHER_PORTAL, bytes(32))
    found = jwt.PyJWKSet.from_dict(issuer.jwks).keys
    own = IssuerKeys._fetch

    def fetch(self: IssuerKeys) -> Any:
        return {key.key_id: key for key in found} if self.issuer == OTHER_PORTAL else own(self)

    monkeypatch.setattr(IssuerKeys, "_fetch", fetch)
    return issuer


def portal_itself(bearer: Bearer) -> Bearer:
    return Bearer(bearer.issuer, bearer.issuer.issuer)


def read(client: FlaskClient, bearer: Bearer, query: str = "", scope: str = "events:read") -> Any:
    return client.get(f"/v1/events{query}", headers=portal_itself(bearer).headers(scope, ""))


def told(answer: Any) -> list[tuple[str, str, str | None, str]]:
    return [(one["action"], one["outcome"], one["reason"], one["account"]) for one in answer.json["events"]]


def entry(client: FlaskClient, bearer: Bearer, number: object, query: str = "", report: str = REPORT) -> Any:
    return client.get(f"/v1/keys/{report}/log/{number}{query}", headers=bearer.headers("log:read", report))


def test_a_portal_reads_what_happened_to_its_peoples_keys(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner, most_each=1)
    ask(client, reader, "1" * 24)
    ask(client, reader, "2" * 24)
    send(client, reader, "requests", "key:release")
    answer = read(client, owner)
    assert told(answer) == [
        ("create", "granted", None, "OWNER"),
        ("register", "granted", None, "OWNER"),
        ("release", "granted", None, "READER"),
        ("release", "denied", "used_up", "READER"),
        ("ask", "granted", "used_up", "READER"),
    ]
    assert {(one["key"], one["issuer"]) for one in answer.json["events"]} == {(REPORT, PORTAL)}
    assert told(read(client, owner, "?after=3")) == told(answer)[4:]
    assert read(client, owner, "?after=4").json == {"events": [], "size": 5}


def test_events_say_until_when_a_key_opens_by_now(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner)
    ask(client, reader)
    days = in_days(7)

    def stands() -> set[tuple[str, bool]]:
        return {(one["not_after"], one["revoked"]) for one in read(client, owner).json["events"]}

    assert len(stands()) == 1 and (days, False) not in stands()
    change(client, owner, not_after=days)
    assert stands() == {(days, False)}
    send(client, owner, "revoke", "policy:write")
    assert stands() == {(days, True)}


def test_of_another_portals_keys_nothing_is_told(
    client: FlaskClient, owner: Bearer, elsewhere: PassIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = Bearer(elsewhere, "OWNER", "stranger@example.org")
    create(client, owner)
    assert outcome(ask(client, theirs)) == "not_available"
    assert told(read(client, owner))[-1] == ("release", "denied", "not_available", "OWNER")
    assert read(client, owner).json["events"][-1]["issuer"] == OTHER_PORTAL, "an account of the same name is another's"
    assert told(read(client, theirs)) == [], "whoever tried: the key is another portal's"
    monkeypatch.setattr(events.Key, "issuer", events.Entry.issuer)
    assert told(read(client, theirs)), "control: it is the key's issuer that counts"


def test_a_hundred_at_a_time(
    client: FlaskClient, owner: Bearer, reader: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST", 3)
    create(client, owner)
    for number in range(5):
        ask(client, reader, f"{number:024}")
    numbers = [
        [one["number"] for one in read(client, owner, query).json["events"]] for query in ("", "?after=2", "?after=5")
    ]
    assert numbers == [[0, 1, 2], [3, 4, 5], [6]]


@pytest.mark.parametrize("after", ["-1", "x", "", "1" * 19, "%C2%B2"])
def test_after_is_a_number(client: FlaskClient, owner: Bearer, after: str) -> None:
    assert read(client, owner, f"?after={after}").status_code == 400
    assert read(client, owner, "?after=0").status_code == 200, "control"


@pytest.mark.parametrize("scope", ["log:read", "policy:write", "key:release"])
def test_only_a_pass_for_events_reads_them(client: FlaskClient, owner: Bearer, scope: str) -> None:
    assert read(client, owner, scope=scope).status_code == 401
    about_one = owner.headers("events:read", REPORT)
    assert client.get("/v1/events", headers=about_one).status_code == 401
    assert read(client, owner).status_code == 200, "control"


def test_an_entry_is_proved(client: FlaskClient, owner: Bearer, reader: Bearer, settings: Settings) -> None:
    create(client, owner)
    first = entry(client, owner, 0).json
    ask(client, reader)
    listed = get(client, owner, "log").json["entries"][-1]
    answer = entry(client, owner, listed["number"], "?since=2").json
    assert json.loads(answer["entry"])["recorded"] == listed["recorded"]
    proved = receipts.check(answer["receipt"], answer["entry"].encode(), log_key.known(settings))
    log_key.signing_key(settings.keyserver_secret).public_key().verify(proved.signature, proved.message)
    path = [base64.b64decode(one) for one in answer["consistency"]]
    remembered = receipts.read(first["receipt"]).note.write()
    check_since(remembered, proved.checkpoint, path)
    with pytest.raises(BadProof):
        check_since(remembered, proved.checkpoint, path[:-1])
    with pytest.raises(BadProof):
        receipts.check(answer["receipt"], first["entry"].encode(), log_key.known(settings))
    assert notes.read_checkpoint(receipts.read(first["receipt"]).note.text).size == 2


def test_one_answer_for_every_entry_that_is_not_ones_own(
    client: FlaskClient, owner: Bearer, elsewhere: PassIssuer
) -> None:
    other = Bearer(owner.issuer, "OTHER")
    create(client, owner)
    headers = other.headers("key:create", UNKNOWN, "b" * 24)
    made = client.post(f"/v1/keys/{UNKNOWN}", json=policy() | asking(), headers=headers)
    assert made.status_code == 201
    tried = [
        entry(client, owner, 2),  # of somebody else's key
        entry(client, owner, 3),  # none
        entry(client, owner, 2**80),
        entry(client, owner, 0, report=UNKNOWN),
        entry(client, other, 0),
        entry(client, Bearer(elsewhere, "OWNER"), 0),
        entry(client, owner, 0, report=REPORT[::-1]),
    ]
    assert {(one.status_code, one.data) for one in tried} == {(404, get(client, other, "log").data)}
    assert len({tuple(sorted(one.headers.items())) for one in tried}) == 1
    assert [entry(client, bearer, number, report=report).status_code for bearer, number, report in (
        (owner, 1, REPORT), (other, 2, UNKNOWN))] == [200, 200], "control"  # fmt: skip


def test_control_without_the_owners_check_others_read_it(
    client: FlaskClient, owner: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, owner)
    monkeypatch.setattr(keys, "_own", lambda key, asker: key)
    assert entry(client, Bearer(owner.issuer, "OTHER"), 0).status_code == 200


def test_how_often_and_who_waits_is_told(client: FlaskClient, owner: Bearer, reader: Bearer) -> None:
    create(client, owner, most_each=1)
    ask(client, reader, "1" * 24)
    ask(client, reader, "2" * 24)
    send(client, reader, "requests", "key:release")
    standing = get(client, owner, "policy").json
    assert (standing["opened"], standing["waiting"]) == (1, 1)
    send(client, owner, "consents", "policy:write", {"account": "READER"})
    ask(client, reader, "3" * 24)
    standing = get(client, owner, "policy").json
    assert (standing["opened"], standing["waiting"]) == (2, 0), "an opening by consent is one too"


def test_a_declared_country_stands_beside_what_was_observed(client: FlaskClient, owner: Bearer, app: Flask) -> None:
    create(client, owner)
    assert "jurisdiction" not in get(client, owner, "log").json["entries"][0]["observed"], "none is declared"
    here = app.extensions["safelight.keyserver"]
    asker = Pass(PORTAL, "READER", "key:release", REPORT, (), "AU", "code", observed=(("address", "192.0.2.1"),))
    here.commits.run(lambda session: here.log.append(session, asker, "ask", "granted"))
    last = get(client, owner, "log").json["entries"][-1]
    assert last["observed"] == {"jurisdiction": "AU", "address": "192.0.2.1"}
    assert "AU" not in json.loads(entry(client, owner, last["number"]).data)["entry"], "the log only commits to it"
