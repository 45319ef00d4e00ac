"""Challenges: each good once, for ten minutes, for what it was given out for, and for the session that asked for it."""

from collections.abc import Callable

import pytest

from tests.portal.conftest import Person, Portal
from tests.portal.passkeys.authenticator import Authenticator, Json, read, text
from tests.portal.passkeys.cases import flipped
from tests.portal.passkeys.steps import add, asked_to_add, asked_to_sign_in, left, sign_in
from viewer import clock
from viewer.portal import challenges
from viewer.portal.passkey_models import UsedChallenge

Wrong = Callable[[Portal, Person], Json]


def own(portal: Portal, person: Person) -> Json:
    return asked_to_add(person)


def for_signing_in(portal: Portal, person: Person) -> Json:
    return asked_to_add(person) | {"challenge": asked_to_sign_in(portal.app)["challenge"]}


def of_another_person(portal: Portal, person: Person) -> Json:
    other = Person(portal, "somebody.else@example.org")
    return asked_to_add(person) | {"challenge": asked_to_add(other)["challenge"]}


def of_the_session_before(portal: Portal, person: Person) -> Json:
    before = asked_to_add(person)
    person.sign_in()
    return before


def bent(at: int) -> Wrong:
    def made(portal: Portal, person: Person) -> Json:
        asked = asked_to_add(person)
        return asked | {"challenge": text(flipped(at)(read(asked["challenge"])))}

    return made


def never_given(portal: Portal, person: Person) -> Json:
    return asked_to_add(person) | {"challenge": text(b"7" * 56)}


def used(portal: Portal, person: Person) -> Json:
    asked = asked_to_add(person)
    assert add(person, Authenticator(), asked=asked).status_code == 201
    return asked


def used_wrongly(portal: Portal, person: Person) -> Json:
    asked = asked_to_add(person)
    assert add(person, Authenticator(origin="https://evil.example"), asked=asked).status_code == 403
    return asked


WRONG = {
    "for signing in": for_signing_in,
    "another person's": of_another_person,
    "of the session before": of_the_session_before,
    "bent at random": bent(0),
    "bent in time": bent(23),
    "bent in proof": bent(-1),
    "never given": never_given,
    "used": used,
    "used wrongly": used_wrongly,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_challenge_adds_nothing(there: Portal, another: Person, wrong: Wrong) -> None:
    asked = wrong(there, another)
    before = left(there)
    assert add(another, Authenticator(), asked=asked).status_code == 403
    assert left(there) == before


@pytest.mark.parametrize("wrong", [own, *WRONG.values()], ids=["right", *WRONG])
def test_control_without_the_check_each_of_them_adds(
    there: Portal, another: Person, wrong: Wrong, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = wrong(there, another)
    monkeypatch.setattr(challenges, "use", lambda *_: True)
    assert add(another, Authenticator(), asked=asked).status_code == 201


def test_a_challenge_for_adding_signs_nobody_in(there: Portal, ada: Person, hers: Authenticator) -> None:
    asked = asked_to_sign_in(there.app) | {"challenge": asked_to_add(ada)["challenge"]}
    assert sign_in(there.app, hers, asked=asked).status_code == 403
    assert sign_in(there.app, hers).status_code == 200, "control"


def test_what_somebody_has_overheard_signs_nobody_in(there: Portal, hers: Authenticator) -> None:
    asked = asked_to_sign_in(there.app)
    assert sign_in(there.app, hers, asked=asked).status_code == 200
    assert sign_in(there.app, hers, asked=asked).status_code == 403


@pytest.mark.parametrize(("seconds", "status"), [(challenges.LIFETIME, 200), (challenges.LIFETIME + 1, 403)])
def test_a_challenge_is_good_for_ten_minutes(
    there: Portal, hers: Authenticator, monkeypatch: pytest.MonkeyPatch, seconds: int, status: int
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    asked = asked_to_sign_in(there.app)
    monkeypatch.setattr(clock, "now", lambda: now + seconds)
    assert sign_in(there.app, hers, asked=asked).status_code == status


def test_asking_leaves_nothing_and_what_is_used_goes_in_time(
    there: Portal, hers: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sign_in(there.app, hers).status_code == 200
    before = held(there)
    for _ in range(5):
        asked_to_sign_in(there.app)
    assert held(there) == before > 0
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + challenges.LIFETIME + 1)
    assert sign_in(there.app, hers).status_code == 200
    assert held(there) == 1


def held(portal: Portal) -> int:
    with portal.database.read() as session:
        return session.query(UsedChallenge).count()


def test_who_signed_in_long_ago_is_asked_again(there: Portal, another: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Authenticator()
    asked = asked_to_add(another)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 15 * 60 + 2)
    for answer in (
        another.ask("POST", "/api/passkeys/options"),
        add(another, made, asked=asked),
        another.ask("DELETE", f"/api/passkeys/{text(made.id)}"),
    ):
        assert (answer.status_code, answer.get_json()["error"]) == (403, "prove_again")
    monkeypatch.setattr(clock, "now", lambda: now)
    assert add(another, made, asked=asked).status_code == 201, "control"
