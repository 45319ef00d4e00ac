"""A person's own passkeys: added, named, removed, and told of; and what signing in with one is worth."""

import dataclasses
import hashlib
import json
from typing import Any

import jwt
import pytest

from tests import inprocess
from tests.inprocess import KEY, PORTAL, REPORT
from tests.portal.conftest import Person, Portal
from tests.portal.passkeys.authenticator import Authenticator, text
from tests.portal.passkeys.steps import add, asked_to_add, asked_to_sign_in, left, refusal, sign_in
from viewer import clock
from viewer.portal import code_limits, passkeys
from viewer.portal.models import Account, Contact, Session
from viewer.portal.telling_person import Letters


def told(portal: Portal) -> list[tuple[str, str]]:
    """Who has been told what, since this was asked last."""
    portal.sent.clear()
    Letters(portal.settings, portal.database).step()
    return [(contact, words.partition(".")[0]) for contact, _, words in portal.sent]


def listed(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.ask("GET", "/api/passkeys").get_json()["passkeys"]
    return found


def held(portal: Portal, made: Authenticator) -> passkeys.Passkey:
    with portal.database.read() as session:
        return session.get_one(passkeys.Passkey, made.id)


def test_what_a_browser_is_asked_to_make(there: Portal, another: Person) -> None:
    asked = asked_to_add(another)
    assert asked["rp"] == {"id": "localhost", "name": "Safelight"}
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert [one["alg"] for one in asked["pubKeyCredParams"]] == [-7, -8, -257]
    assert asked["user"]["id"] == text(another.id.encode())
    assert asked["excludeCredentials"] == []
    made = Authenticator()
    add(another, made)
    known = asked_to_add(another)["excludeCredentials"]
    assert known == [{"id": text(made.id), "type": "public-key", "transports": ["internal"]}]


def test_what_a_browser_is_asked_to_sign_in_with_tells_nothing(there: Portal, hers: Authenticator) -> None:
    one, other = asked_to_sign_in(there.app), asked_to_sign_in(there.app)
    assert one.pop("challenge") != other.pop("challenge")
    assert (
        one
        == other
        == {"rpId": "localhost", "allowCredentials": [], "userVerification": "required", "timeout": 300_000}
    )


def test_added_named_used_removed(there: Portal, another: Person) -> None:
    made = Authenticator(count=None)
    told(there)
    answer = add(another, made)
    [one] = listed(another)
    assert answer.get_json()["passkey"] == one
    assert (one["id"], one["used"], one["synced"], one["counts_from"]) == (text(made.id), None, False, None)
    assert told(there) == [
        (another.contact, f"The passkey {one['name']} can be used to sign in to your Safelight account from now on")
    ]
    assert another.ask("PUT", f"/api/passkeys/{one['id']}", {"name": "  My \t phone "}).status_code == 204
    assert sign_in(there.app, made).status_code == 200
    assert sign_in(there.app, made).status_code == 200, "it counts nothing"
    [one] = listed(another)
    assert (one["name"], one["used"] is not None) == ("My phone", True)
    assert another.ask("DELETE", f"/api/passkeys/{one['id']}").status_code == 204
    assert told(there) == [(another.contact, "The passkey My phone has been removed from your Safelight account")]
    assert listed(another) == []
    assert another.ask("DELETE", f"/api/passkeys/{one['id']}").get_json()["error"] == "no_passkey"
    assert refusal(sign_in(there.app, made)) == refusal(sign_in(there.app, Authenticator(user=made.user)))


@pytest.mark.parametrize("name", ["", "   ", "\0", "\u202e"])
def test_a_name_that_nobody_can_read_is_refused(another: Person, name: str) -> None:
    made = Authenticator()
    add(another, made)
    answer = another.ask("PUT", f"/api/passkeys/{text(made.id)}", {"name": name})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "bad_request")


def test_somebody_elses_passkey_is_as_one_that_is_not_there(
    there: Portal, another: Person, hers: Authenticator
) -> None:
    before = left(there)
    for method, body in (("PUT", {"name": "Mine"}), ("DELETE", None)):
        answers = [another.ask(method, f"/api/passkeys/{name}", body) for name in (text(hers.id), "AAAA", "no base64")]
        assert {refusal(answer) for answer in answers} == {refusal(answers[0])}
        assert answers[0].status_code == 404
    assert left(there) == before


def test_a_passkey_that_is_there_is_not_added_again(
    there: Portal, ada: Person, another: Person, hers: Authenticator
) -> None:
    before, asked = left(there), asked_to_add(another)
    for person, known in ((another, asked), (ada, asked_to_add(ada))):
        again = Authenticator(id=hers.id)
        assert add(person, again, asked=known).status_code == 403
    assert left(there) == before
    assert sign_in(there.app, hers).get_json()["account"]["id"] == ada.id


def test_removed_it_cannot_be_added_again_by_who_kept_its_id(there: Portal, another: Person) -> None:
    made = Authenticator()
    add(another, made)
    another.ask("DELETE", f"/api/passkeys/{text(made.id)}")
    assert add(another, Authenticator(id=made.id)).status_code == 403


def test_there_is_an_end_of_them(there: Portal, another: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "MOST", 2)
    assert [add(another, Authenticator()).status_code for _ in range(3)] == [201, 201, 409]


def test_one_persons_passkey_with_another_ones_handle(
    there: Portal, ada: Person, hers: Authenticator, another: Person
) -> None:
    theirs = Authenticator()
    add(another, theirs)
    assert sign_in(there.app, dataclasses.replace(theirs, user=hers.user)).status_code == 403
    assert sign_in(there.app, dataclasses.replace(hers, id=theirs.id, user=theirs.user)).status_code == 403
    assert sign_in(there.app, theirs).get_json()["account"]["id"] == another.id, "control"


def test_whoever_is_disabled_is_refused(there: Portal, another: Person) -> None:
    made = Authenticator(count=3)
    add(another, made)
    disable(there, another, True)
    before = left(there)
    answer = sign_in(there.app, made)
    assert refusal(answer) == refusal(sign_in(there.app, Authenticator(user=made.user)))
    assert left(there) == before
    disable(there, another, False)
    assert sign_in(there.app, made).status_code == 200, "control"


def disable(portal: Portal, person: Person, yes: bool) -> None:
    with portal.database.write() as session:
        session.get_one(Account, person.id).disabled_at = clock.now() if yes else None


def test_a_copy_is_refused_and_told_of_once_a_day(there: Portal, another: Person) -> None:
    made = Authenticator(count=7)
    add(another, made)
    told(there)
    copy = dataclasses.replace(made)
    assert sign_in(there.app, made).status_code == 200
    answers = [sign_in(there.app, dataclasses.replace(copy)) for _ in range(3)]
    assert {refusal(answer) for answer in answers} == {refusal(sign_in(there.app, Authenticator(user=made.user)))}
    [(contact, words)] = told(there)
    assert contact == another.contact
    assert words.endswith("was refused: somebody may have a copy of it")
    assert sign_in(there.app, made).status_code == 200, "the one with the higher counter goes on"


def test_nobody_is_told_of_a_copy_by_who_cannot_sign(there: Portal, another: Person) -> None:
    made = Authenticator(count=7)
    add(another, made)
    told(there)
    made.count = 1
    assert sign_in(there.app, made, {"signature": lambda _: b"signature"}).status_code == 403
    assert told(there) == []


def test_a_new_session_each_time_signed_in_by_passkey(there: Portal, another: Person) -> None:
    made = Authenticator()
    assert claim(another) == "code"
    add(another, made)
    first = cookie(another)
    answer = another.ask("POST", "/api/sessions/passkey", {"credential": made.sign(asked_to_sign_in(there.app))})
    assert answer.get_json()["account"]["contact"] == another.contact
    assert cookie(another) != first
    assert claim(another) == "passkey"
    copied = there.app.test_client()
    copied.set_cookie("safelight", first)
    assert copied.get("/api/account").get_json() == {"account": None}, "the session before it has ended"
    with there.database.read() as session:
        ways = [row.signed_in_by for row in session.query(Session).filter_by(account_id=another.id)]
        assert sorted(ways) == ["code", "passkey"]


def cookie(person: Person) -> str:
    found = person._client.get_cookie("safelight")
    assert found
    return found.value


def claim(person: Person) -> str:
    """How the key server is told that somebody has signed in."""
    body = json.dumps({"report": REPORT, "scope": "key:release"}).encode()
    proof = KEY.proof("POST", f"{PORTAL}/api/passes", hashlib.sha256(body).digest(), "")
    headers = inprocess.SAME_ORIGIN | {"DPoP": proof, "Content-Type": "application/json"}
    answer = person._client.post("/api/passes", data=body, headers=headers)
    found = jwt.decode(answer.get_json()["pass"], options={"verify_signature": False})["signed_in_by"]
    assert isinstance(found, str)
    return found


def test_it_does_not_verify_the_contact_anew(there: Portal, another: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Authenticator()
    add(another, made)
    before = verified(there, another)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 7)
    assert sign_in(there.app, made).status_code == 200
    assert verified(there, another) == before
    another.sign_in()
    assert verified(there, another) == now + 7, "control: a code does"


def verified(portal: Portal, person: Person) -> int | None:
    with portal.database.read() as session:
        return session.get_one(Contact, person.contact).verified_at


def test_who_has_only_a_code_gets_no_second_passkey_that_counts_at_once(
    there: Portal, another: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads somebody's SMS could otherwise make the passkey by which senders keep them out."""
    first, thiefs = Authenticator(), Authenticator()
    add(another, first)
    another.ask("DELETE", f"/api/passkeys/{text(first.id)}")
    add(another, thiefs)
    [one] = listed(another)
    assert one["counts_from"] is not None
    assert how(there, another, thiefs) == "code"
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + passkeys.WAIT)
    assert how(there, another, thiefs) == "passkey"


def test_control_who_signed_in_by_passkey_adds_others_that_count(there: Portal, another: Person) -> None:
    first, second = Authenticator(), Authenticator()
    add(another, first)
    assert how(there, another, first) == "passkey"
    add(another, second)
    assert how(there, another, second) == "passkey"


def how(portal: Portal, person: Person, made: Authenticator) -> str:
    answer = person.ask("POST", "/api/sessions/passkey", {"credential": made.sign(asked_to_sign_in(portal.app))})
    assert answer.status_code == 200
    return claim(person)


def test_tries_of_one_address_have_an_end(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    person, made = Person(portal, "ada@example.org"), Authenticator()
    add(person, made)
    monkeypatch.setattr(code_limits, "TRIES_PER_ADDRESS", (3, 3600))
    answers = [sign_in(portal.app, made, {"signature": lambda _: b"signature"}) for _ in range(3)]
    assert refusal(sign_in(portal.app, made)) == refusal(answers[0])
    monkeypatch.undo()
    assert sign_in(portal.app, made).status_code == 200, "control"
