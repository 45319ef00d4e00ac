"""WebAuthn's wrong turns: each answer that is wrong in one place gets the one answer, and leaves nothing behind."""

import pytest

from tests.inprocess import SAME_ORIGIN
from tests.portal.conftest import Person, Portal
from tests.portal.passkeys.authenticator import P256, RSA, Authenticator, Bend, Ed25519
from tests.portal.passkeys.cases import ADDING, NOT_JSON, SIGNING, listed
from tests.portal.passkeys.steps import add, left, refusal, sign_in

NOT_ADDED = (
    403,
    '{"error":"passkey_refused","message":"The passkey could not be added. Try again, or go on without one."}\n',
)
NOT_IN = (
    403,
    '{"error":"wrong_passkey","message":"That passkey is not right, or no longer valid here. Use a code instead."}\n',
)


def test_there_are_as_many_as_were_promised() -> None:
    assert len(listed(ADDING)) >= 68
    assert len(listed(SIGNING)) >= 68


@pytest.mark.parametrize("bend", [bend for _, bend in listed(ADDING)], ids=[name for name, _ in listed(ADDING)])
def test_adding_is_refused(there: Portal, ada: Person, bend: Bend) -> None:
    before = left(there)
    assert refusal(add(ada, Authenticator(), bend)) == (*NOT_ADDED, None)
    assert left(there) == before


@pytest.mark.parametrize("bend", [bend for _, bend in listed(SIGNING)], ids=[name for name, _ in listed(SIGNING)])
def test_signing_in_is_refused(there: Portal, hers: Authenticator, bend: Bend) -> None:
    before, count = left(there), hers.count
    assert refusal(sign_in(there.app, hers, bend)) == (*NOT_IN, None)
    assert {name for name, rows in left(there).items() if rows != before[name]} <= {"letter"}
    hers.count = count


@pytest.mark.parametrize("key", [P256, Ed25519, RSA])
def test_control_what_is_right_is_accepted(
    there: Portal, another: Person, key: type[P256] | type[Ed25519] | type[RSA]
) -> None:
    made = Authenticator(key())
    assert add(another, made).status_code == 201
    assert sign_in(there.app, made).get_json()["account"]["id"] == another.id


@pytest.mark.parametrize("data", NOT_JSON, ids=lambda data: repr(data[:14]))
def test_a_body_that_is_none_is_refused(there: Portal, ada: Person, data: bytes) -> None:
    before = left(there)
    browser, kind = there.app.test_client(), "application/json"
    answer = browser.post("/api/sessions/passkey", data=data, content_type=kind, headers=SAME_ORIGIN)
    assert answer.status_code in (400, 403, 413)
    answer = ada._client.post("/api/passkeys", data=data, content_type=kind, headers=SAME_ORIGIN)
    assert answer.status_code in (400, 403, 413)
    assert left(there) == before
