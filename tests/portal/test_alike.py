"""Strangers get one answer, byte for byte, whether a contact, an account or an attempt is known or not."""

import re
from collections.abc import Iterable

import pytest
from werkzeug.test import TestResponse

from tests.portal.conftest import ADA, Person, Portal
from tests.portal.stranger import Stranger, other
from viewer import clock
from viewer.portal import accounts, code_limits, codes, messages
from viewer.problems import Problem

# All of these are shown as a•••@example.org.
UNKNOWN, DISABLED, INVITED = (f"a{name}@example.org" for name in ("nobody", "leaver", "invited"))
Told = tuple[int, tuple[tuple[str, str], ...], str]


def told(answer: TestResponse) -> Told:
    """All that somebody is told: status, headers, body; without what is random in it."""
    body = re.sub(r'("attempt":")[A-Za-z0-9_-]{22}"', r'\1…"', answer.text)
    return answer.status_code, tuple(sorted(answer.headers.items())), body


def different(answers: Iterable[TestResponse]) -> int:
    return len({told(answer) for answer in answers})


@pytest.fixture
def contacts(portal: Portal, ward: str, boss: Person) -> list[str]:
    """One with an account, one without, one whose account is disabled, one that was only invited."""
    portal.member(ADA, ward, boss)
    leaver = portal.member(DISABLED, ward, boss)
    assert boss.organise("PUT", f"members/{leaver.id}/disabled") == "done"
    assert boss.invite(INVITED) == "done"
    return [ADA, UNKNOWN, DISABLED, INVITED]


def asked(portal: Portal, contacts: list[str]) -> list[TestResponse]:
    return [Stranger(portal).ask("POST", "/api/codes", {"contact": contact}) for contact in contacts]


def test_asking_for_a_code(portal: Portal, contacts: list[str]) -> None:
    answers = asked(portal, contacts)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert different(answers) == 1
    assert set(portal.codes) >= set(contacts), "and to each one goes out"


def test_asking_too_often(portal: Portal, contacts: list[str]) -> None:
    portal.codes.clear()
    for contact in contacts:
        for _ in range(code_limits.PER_CONTACT[0]):
            Stranger(portal).ask("POST", "/api/codes", {"contact": contact})
    answers = asked(portal, contacts)
    assert [answer.status_code for answer in answers] == [429] * 4
    assert different(answers) == 1


def test_a_gateway_that_does_not_take_it(portal: Portal, contacts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise messages.NotSent

    monkeypatch.setattr(messages, "send_code", refuse)
    answers = asked(portal, contacts)
    assert [answer.status_code for answer in answers] == [503] * 4
    assert different(answers) == 1


def refusals(portal: Portal, contacts: list[str], monkeypatch: pytest.MonkeyPatch) -> list[TestResponse]:
    """A wrong code, for each contact; a code that was used, that is over, of nobody's attempt; a leaver's right one."""
    one = Stranger(portal)
    begun = {contact: one.code(contact) for contact in contacts}
    tries = [(attempt, other(code)) for attempt, code in begun.values()]
    used, over = one.code(ADA), one.code(ADA)
    assert one.try_code(*used) == 200
    tries += [used, ("a" * 22, "000000"), ("", ""), ("é", "0"), begun[DISABLED]]
    answers = [Stranger(portal).ask("POST", "/api/sessions", {"attempt": a, "code": c}) for a, c in tries]
    then = clock.now() + codes.LIFETIME + 1
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: then)
        answers.append(Stranger(portal).ask("POST", "/api/sessions", {"attempt": over[0], "code": over[1]}))
    return answers


def test_every_way_in_which_a_code_is_none(
    portal: Portal, contacts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = refusals(portal, contacts, monkeypatch)
    assert len(answers) == 10 and {answer.status_code for answer in answers} == {403}
    assert different(answers) == 1


def no_such_account(portal: Portal, contact: str) -> Problem | None:
    from viewer.portal.models import Contact

    with portal.database.read() as session:
        return None if session.get(Contact, contact) else Problem(404, "unknown", "There is no such account.")


def test_control_a_portal_that_knows_nobody_but_its_own_is_found(
    portal: Portal, contacts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_limits, "spend", lambda session, settings, contact, *_: no_such_account(portal, contact))
    assert different(asked(portal, contacts)) == 2


def test_control_a_reason_that_is_told_is_found(
    portal: Portal, contacts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use = codes.use
    words = iter(["is not right", "was used", "is not known"] * 9)

    def telling(*arguments: object) -> str | None:
        found = use(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(accounts, "_WRONG", "That code " + next(words))
        return found

    monkeypatch.setattr(codes, "use", telling)
    assert different(refusals(portal, contacts, monkeypatch)) > 1
