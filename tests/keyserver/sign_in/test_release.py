"""A pass alone opens nothing where the institution wants its own sign-in; what its provider says counts."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from tests.conftest import RECIPIENT
from tests.inprocess import JKT, PORTAL, REPORT, Bearer
from tests.keyserver.sign_in.steps import entries, good
from tests.keyserver.sign_in.turns import begin, redeem, secret_of, sign_in, signed_in
from tests.keyserver.steps import ask, create, in_days, outcome, released, send
from tests.oidc.lying import Provider
from viewer import clock
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver import policy
from viewer.keyserver.erase import erase
from viewer.keyserver.models import SignIn
from viewer.portal.models import Contact
from viewer.proofs import thumbprint
from viewer.session_key import SessionKey

OTHER = "0" + REPORT[1:][::-1]


def test_a_pass_alone_is_refused_and_logged(own: FlaskClient, owner: Bearer, reader: Bearer, share: bytes) -> None:
    answer = ask(own, reader)
    assert (answer.status_code, outcome(answer)) == (403, "sign_in_needed")
    assert outcome(send(own, reader, "requests", "key:release")) == "sign_in_needed"
    said = [(one["action"], one["outcome"], one["reason"]) for one in entries(own, owner)[2:]]
    assert said == [("release", "denied", "sign_in_needed"), ("ask", "denied", "sign_in_needed")]


def test_control_without_the_setting_a_pass_is_enough(
    app: Flask, own: FlaskClient, reader: Bearer, share: bytes
) -> None:
    assert released(ask(app.test_client(), reader)) == share


def test_control_a_decision_that_forgets_it_is_found(
    own: FlaskClient, reader: Bearer, share: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy.sign_in, "refusal", lambda *of: (None, None))
    assert outcome(ask(own, reader)) == "granted"


def test_strangers_learn_nothing_of_it(own: FlaskClient, owner: Bearer, reader: Bearer, share: bytes) -> None:
    stranger = Bearer(owner.issuer, "STRANGER", "stranger@example.org")
    forbidden, unknown = ask(own, stranger), ask(own, reader, report=OTHER)
    assert (forbidden.status_code, forbidden.data) == (unknown.status_code, unknown.data)
    assert outcome(unknown) == "not_available"
    for bearer, report in ((stranger, REPORT), (reader, OTHER), (reader, REPORT)):
        assert begin(own, bearer, report=report).startswith("/sign-in/")


def test_who_signs_in_gets_the_share(
    own: FlaskClient, owner: Bearer, reader: Bearer, share: bytes, provider: Provider
) -> None:
    sign_in(own, provider, reader)
    first = ask(own, reader)
    assert released(first) == share
    assert ask(own, reader).get_json()["entry"] == first.get_json()["entry"], "the same request: one entry"
    [entry] = [one for one in entries(own, owner) if one["action"] == "release"]
    assert (entry["outcome"], entry["details"]["sign_in"]) == ("granted", provider.url)
    assert entry["observed"]["subject"] == "person-7"


def test_the_log_itself_only_commits_to_the_person(
    own: FlaskClient, settings: Settings, reader: Bearer, share: bytes, provider: Provider
) -> None:
    sign_in(own, provider, reader)
    entry = ask(own, reader).get_json()["entry"]
    assert "person-7" not in entry and '"subject"' in json.dumps(json.loads(entry))
    database = Database(settings, "keyserver")
    assert erase(database, reader.account) >= 2
    with database.read() as session:
        assert session.scalars(select(SignIn)).all() == []


@pytest.mark.parametrize(
    "person",
    [
        {"email": "another@example.org", "email_verified": True},
        {"email": RECIPIENT, "email_verified": False},
        {"email": RECIPIENT},
        {"email": RECIPIENT, "email_verified": "true"},
        {"email": "no address", "email_verified": True},
        {},
    ],
)
def test_another_person_than_named_is_refused(
    own: FlaskClient, reader: Bearer, share: bytes, provider: Provider, person: dict[str, Any]
) -> None:
    provider.person = person
    sign_in(own, provider, reader)
    assert outcome(ask(own, reader)) == "sign_in_other"


def test_a_mobile_number_counts_as_well(own: FlaskClient, owner: Bearer, provider: Provider) -> None:
    create(own, owner, recipients=["+61491570006"])
    reader = Bearer(owner.issuer, "READER", "+61491570006")
    provider.person = {"phone_number": "+61 491 570 006", "phone_number_verified": True}
    sign_in(own, provider, reader)
    assert outcome(ask(own, reader)) == "granted"


def test_what_the_portal_says_of_contacts_does_not_count(
    own: FlaskClient, reader: Bearer, share: bytes, provider: Provider
) -> None:
    """A portal that lies, with somebody of the institution who helps it: they sign in, but as themselves."""
    liar = Bearer(reader.issuer, "HELPER", RECIPIENT)
    provider.person, provider.subject = {"email": "helper@example.org", "email_verified": True}, "person-8"
    sign_in(own, provider, liar)
    assert outcome(ask(own, liar)) == "sign_in_other"


def test_where_nobody_is_named_anybody_of_the_institution_opens(
    own: FlaskClient, owner: Bearer, reader: Bearer, provider: Provider
) -> None:
    create(own, owner, recipients=[])
    assert outcome(ask(own, reader)) == "sign_in_needed"
    provider.person = {}
    sign_in(own, provider, reader)
    assert outcome(ask(own, reader)) == "granted"
    late = Bearer(owner.issuer, "LATE", "late@example.org")
    assert outcome(ask(own, late)) == "sign_in_needed", "that it is claimed is not said before"
    sign_in(own, provider, late)
    assert outcome(ask(own, late)) == "claimed"
    assert send(own, late, "requests", "key:release").status_code == 200


def test_what_one_person_has_claimed_is_no_other_persons_by_the_same_account(
    own: FlaskClient, owner: Bearer, reader: Bearer, provider: Provider
) -> None:
    """A portal that lies can sign a pass for whoever opened it first, for a helper of its own at the institution."""
    create(own, owner, recipients=[])
    sign_in(own, provider, reader)
    assert outcome(ask(own, reader, "a" * 24)) == outcome(ask(own, reader, "b" * 24)) == "granted"
    with Database(own.application.extensions["safelight"], "keyserver").write() as session:
        session.execute(delete(SignIn))
    provider.subject = "person-8"
    sign_in(own, provider, reader)
    assert outcome(ask(own, reader, "c" * 24)) == "claimed"


def test_what_is_over_is_said_without_a_sign_in(own: FlaskClient, owner: Bearer, reader: Bearer, share: bytes) -> None:
    send(own, owner, "revoke", "policy:write")
    assert outcome(ask(own, reader)) == "revoked"


def elsewhere(bearer: Bearer, method: str, path: str, body: Any) -> dict[str, Any]:
    """A request by the same account from another browser: with another session key."""
    key = SessionKey()
    proved = [Contact(value=bearer.contact, verified_at=1)]
    token = bearer.issuer.issue(PORTAL, bearer.account, "key:release", REPORT, proved, 0, thumbprint(key.jwk))
    data = json.dumps(body).encode()
    proof = key.proof(method, PORTAL + path, hashlib.sha256(data).digest(), token)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof, "Idempotency-Key": "e" * 24}
    return {"path": path, "method": method, "data": data, "headers": headers | {"Content-Type": "application/json"}}


def test_another_session_key_gets_nothing(own: FlaskClient, reader: Bearer, share: bytes, provider: Provider) -> None:
    from tests.shares import asking

    sign_in(own, provider, reader)
    stolen = elsewhere(reader, "POST", f"/v1/keys/{REPORT}/release", asking())
    assert outcome(own.open(**stolen)) == "sign_in_needed"
    code = signed_in(own, provider, reader)
    body = {"secret": secret_of(reader), "code": code}
    assert own.open(**elsewhere(reader, "POST", f"/v1/keys/{REPORT}/sign-ins/redeem", body)).status_code == 200
    assert outcome(redeem(own, reader, code)) == "sign_in_over", "once, by one key"
    assert thumbprint(SessionKey().jwk) != JKT


WRONG: dict[str, Callable[[FlaskClient, Bearer, str], Any]] = {
    "another secret": lambda own, reader, code: redeem(own, reader, code, "somebody else's"),
    "another code": lambda own, reader, code: redeem(own, reader, "0" + code[1:][::-1]),
    "another account": lambda own, reader, code: redeem(
        own, Bearer(reader.issuer, "STRANGER", RECIPIENT), code, secret_of(reader)
    ),
    "another report": lambda own, reader, code: redeem(own, reader, code, report=OTHER),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_only_who_began_it_ends_it(
    own: FlaskClient, reader: Bearer, share: bytes, provider: Provider, wrong: str
) -> None:
    code = signed_in(own, provider, reader)
    assert outcome(WRONG[wrong](own, reader, code)) == "sign_in_over"
    assert outcome(ask(own, reader)) == "sign_in_needed"
    assert redeem(own, reader, code.lower()).status_code == 200, "control: and typed by hand"
    assert redeem(own, reader, code).status_code == 200, "the answer to the first try may have been lost"


def test_it_is_for_one_report(own: FlaskClient, settings: Settings, reader: Bearer, share: bytes) -> None:
    for number, (report, answer) in enumerate(((OTHER, "sign_in_needed"), (REPORT, "sign_in_other"))):
        with Database(settings, "keyserver").write() as session:
            session.add(good(reader, report, number))
        assert outcome(ask(own, reader)) == answer, "control: of this report, it is looked at"


@pytest.mark.parametrize(("seconds", "answer"), [(8 * 3600 - 60, "granted"), (8 * 3600 + 60, "sign_in_needed")])
def test_it_ends_after_a_shift(
    own: FlaskClient, owner: Bearer, reader: Bearer, provider: Provider, monkeypatch: pytest.MonkeyPatch,
    seconds: int, answer: str,
) -> None:  # fmt: skip
    create(own, owner, not_after=in_days(2))
    code = signed_in(own, provider, reader)
    assert redeem(own, reader, code).status_code == 200
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + seconds)
    monkeypatch.setattr("jwt.api_jwt.PyJWT._validate_exp", lambda *of: None)
    monkeypatch.setattr("jwt.api_jwt.PyJWT._validate_iat", lambda *of: None)
    sign_in_again = redeem(own, reader, code)
    assert (sign_in_again.status_code == 200) == (answer == "granted")
    assert outcome(ask(own, reader)) == answer
    monkeypatch.setattr(clock, "now", lambda: now + 8 * 3600 + 90)
    assert outcome(ask(own, reader)) == "sign_in_needed", "the code once more does not make it last longer"


def test_too_many_begun(own: FlaskClient, reader: Bearer) -> None:
    for _ in range(20):
        begin(own, reader)
    body = {"binding": "A" * 43, "return": "link"}
    answer = own.post(f"/v1/keys/{REPORT}/sign-ins", json=body, headers=reader.headers("key:release"))
    assert (answer.status_code, outcome(answer)) == (429, "too_many")


@pytest.mark.parametrize("body", [{}, {"binding": "a"}, {"binding": "A" * 43, "return": "https://evil.example"}])
def test_nowhere_else_to_go(own: FlaskClient, reader: Bearer, body: dict[str, str]) -> None:
    answer = own.post(f"/v1/keys/{REPORT}/sign-ins", json=body, headers=reader.headers("key:release"))
    assert (answer.status_code, outcome(answer)) == (400, "bad_request")


def test_a_key_server_without_one_says_so(client: FlaskClient, reader: Bearer) -> None:
    for path, body in (
        ("sign-ins", {"binding": "A" * 43, "return": "link"}),
        ("sign-ins/redeem", {"secret": "a", "code": "b"}),
    ):
        assert outcome(send(client, reader, path, "key:release", body)) == "no_need"
