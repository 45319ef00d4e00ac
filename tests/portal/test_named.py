"""Codes to somebody whom whoever asks does not name: as the link says, or another contact of theirs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from sealed.hints import hint
from tests.databases import change, stored
from tests.portal.conftest import ADA, Portal
from tests.portal.stranger import Stranger
from tests.portal.test_alike import different
from viewer.portal import behind, code_limits, codes, invitations, naming
from viewer.portal.models import Account, Code, Contact, Recipient

MAIL, MOBILE, OTHER = "registrar@example.org", "+61491570678", "+61491570110"
UNKNOWN = "7" + "Z" * 25


@pytest.fixture(autouse=True)
def at_once(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done behind an answer is done before it: nobody has to wait for it here."""
    object.__setattr__(portal.settings, "sms", "json://127.0.0.1:1/sms/{to}")

    def do(work: Callable[[], object]) -> bool:
        work()
        return True

    monkeypatch.setattr(behind, "do", do)


@pytest.fixture
def letter(portal: Portal) -> Callable[..., str]:
    """Begins a report of Ada's; returns its id."""
    invitations.invite(portal.database, portal.settings, "Dr Ada", ADA)
    ada = Stranger(portal).sign_in(ADA)

    def begin(*to: str) -> str:
        answer = ada.ask("POST", "/api/reports", {"recipients": list(to)})
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    portal.codes.clear()
    return begin


def ask(portal: Portal, report: str, said: str) -> TestResponse:
    return Stranger(portal).ask("POST", "/api/codes", {"report": report, "hint": said})


@pytest.mark.parametrize("contact", [MAIL, MOBILE])
def test_only_the_code_is_typed(portal: Portal, letter: Callable[..., str], contact: str) -> None:
    report, stranger = letter(contact), Stranger(portal)
    answer = stranger.ask("POST", "/api/codes", {"report": report, "hint": hint(contact)})
    assert list(portal.codes) == [contact]
    assert list(answer.get_json()) == ["attempt"], "nothing is told that the link does not say"
    assert stranger.try_code(answer.get_json()["attempt"], portal.codes[contact]) == 200
    account = stranger.ask("GET", "/api/account").get_json()["account"]
    assert account["contact"] == contact, "the code proves it, as always"
    assert stranger.ask("GET", f"/api/reports/{report}").get_json()["sender"] == "Dr Ada"


def test_strangers_are_told_the_same_whatever_is_known(portal: Portal, letter: Callable[..., str]) -> None:
    report, by_link = letter(MAIL, MOBILE), letter()
    asked = [(report, "678"), (report, "679"), (by_link, "678"), (UNKNOWN, "678"), (report, ""), (report, "x" * 2000)]
    answers = [ask(portal, *what) for what in asked]
    assert [answer.status_code for answer in answers] == [200] * len(asked)
    assert different(answers) == 1
    assert list(portal.codes) == [MOBILE], "control: one of them was the right one"
    malformed = ask(portal, "0" * 27, "678")
    assert (malformed.status_code, malformed.get_json()["error"]) == (404, "not_available")


def test_the_code_of_nobody_is_no_code(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes.secrets, "randbelow", lambda most: 123_456 % most)
    stranger = Stranger(portal)
    attempt = ask(portal, UNKNOWN, "678").get_json()["attempt"]
    with portal.database.read() as session:
        assert session.get_one(Code, attempt).contact == "", "one was made, so that trying takes as long"
    assert stranger.try_code(attempt, "123456") == 403
    assert stranger.try_code(*stranger.code(MAIL)) == 200, "control: for somebody, it is the right one"
    with portal.database.read() as session:
        assert session.get(Contact, "") is None


def test_two_who_share_a_hint_get_no_code_by_it(portal: Portal, letter: Callable[..., str]) -> None:
    report = letter(MOBILE, "+61491571678")
    ask(portal, report, "678")
    assert portal.codes == {}
    ask(portal, letter(MOBILE, OTHER), "678")
    assert list(portal.codes) == [MOBILE], "control"


def test_a_new_recipient_is_who_gets_it(portal: Portal, letter: Callable[..., str]) -> None:
    report = letter(MOBILE)
    with portal.database.read() as session:
        sender = session.scalars(select(Account).where(Account.may_send)).one().id
    ada = Stranger(portal).sign_in(ADA)
    assert ada.ask("PUT", f"/api/reports/{report}/recipients", {"recipients": [OTHER]}).status_code == 200, sender
    portal.codes.clear()
    ask(portal, report, "678")
    assert portal.codes == {}
    ask(portal, report, "110")
    assert list(portal.codes) == [OTHER]


def test_one_link_is_good_for_so_many_codes(portal: Portal, letter: Callable[..., str]) -> None:
    most, _ = code_limits.PER_CONTACT
    for report in (letter(MOBILE), UNKNOWN):
        answers = [ask(portal, report, "678") for _ in range(most + 1)]
        assert [answer.status_code for answer in answers] == [200] * most + [429]
    attempt, code = Stranger(portal).code(MOBILE)
    assert Stranger(portal).try_code(attempt, code) == 200, "whoever types the number still gets one"
    other = letter(MOBILE)
    assert ask(portal, other, "678").status_code == 200, "and so does who has another link"


def test_nothing_waits_without_end(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behind, "do", lambda work: False)
    answer = ask(portal, UNKNOWN, "678")
    assert (answer.status_code, answer.get_json()["error"]) == (503, "busy")


def test_a_stolen_database_names_nobody(portal: Portal, letter: Callable[..., str]) -> None:
    report = letter(MOBILE, MAIL)
    with portal.database.write() as session:  # what is written last, SQLite may still have in memory
        assert sorted(naming.named(session, portal.settings.portal_secret, report)) == sorted([MOBILE, MAIL])
    held = stored(portal.settings, "portal")
    assert ADA.encode() in held, "control: who has signed in is there"
    assert MOBILE.encode() not in held and MAIL.encode() not in held


def test_a_contact_opens_for_its_own_report_only(portal: Portal, letter: Callable[..., str]) -> None:
    one, other = letter(MOBILE), letter(MAIL)
    statement = (
        "UPDATE recipient SET sealed = (SELECT sealed FROM recipient WHERE report_id = :one) WHERE report_id = :to"
    )
    change(portal.settings, "portal", statement, one=one, to=other)
    with portal.database.read() as session:
        assert naming.named(session, portal.settings.portal_secret, one) == [MOBILE], "control"
        with pytest.raises(RuntimeError, match="not of this report"):
            naming.named(session, portal.settings.portal_secret, other)


def test_reports_from_before_name_nobody(portal: Portal, letter: Callable[..., str]) -> None:
    report = letter(MOBILE)
    with portal.database.write() as session:
        session.scalars(select(Recipient)).one().sealed = None
    assert ask(portal, report, "678").status_code == 200
    assert portal.codes == {}


@pytest.fixture
def two(portal: Portal) -> Iterator[None]:
    """Somebody with two contacts, both proved."""
    Stranger(portal).sign_in(MAIL)
    with portal.database.write() as session:
        account = session.get_one(Contact, MAIL).account
        session.add(Contact(value=MOBILE, pseudonym="f" * 64, account=account, verified_at=1))
    portal.codes.clear()
    yield


def other_way(stranger: Stranger, attempt: str, by: str, report: str = "") -> TestResponse:
    return stranger.ask("POST", "/api/codes", {"attempt": attempt, "by": by, "report": report})


def test_the_code_comes_to_another_contact_of_the_account(portal: Portal, two: None) -> None:
    stranger = Stranger(portal)
    attempt, _ = stranger.code(MAIL)
    told = other_way(stranger, attempt, "sms").get_json()
    assert list(told) == ["attempt"] and MOBILE in portal.codes
    assert stranger.try_code(told["attempt"], portal.codes[MOBILE]) == 200
    assert stranger.ask("GET", "/api/account").get_json()["account"]["contact"] == MOBILE


def test_or_to_another_one_that_the_report_names(portal: Portal, letter: Callable[..., str]) -> None:
    report, stranger = letter(MAIL, MOBILE), Stranger(portal)
    attempt, _ = stranger.code(MAIL)
    told = other_way(stranger, attempt, "sms", report).get_json()
    assert stranger.try_code(told["attempt"], portal.codes[MOBILE]) == 200


def test_who_is_meant_must_be_clear(portal: Portal, letter: Callable[..., str]) -> None:
    three, of_others = letter(MAIL, MOBILE, OTHER), letter(MOBILE)
    stranger = Stranger(portal)
    attempt, _ = stranger.code(MAIL)
    for report in (three, of_others, UNKNOWN, ""):
        other_way(stranger, attempt, "sms", report)
    assert list(portal.codes) == [MAIL], "of two numbers either may be somebody else's; others' reports name others"


def test_other_ways_are_told_alike(portal: Portal, two: None) -> None:
    stranger = Stranger(portal)
    known, _ = stranger.code(MAIL)
    unknown, _ = stranger.code("alone@example.org")
    answers: list[Any] = [other_way(stranger, attempt, "sms") for attempt in (known, unknown, "no such attempt")]
    assert [answer.status_code for answer in answers] == [200] * 3 and different(answers) == 1
    assert MOBILE in portal.codes, "control"
    assert other_way(stranger, known, "pigeon").status_code == 400


def test_an_attempt_that_is_over_sends_nothing(portal: Portal, two: None) -> None:
    stranger = Stranger(portal)
    attempt, code = stranger.code(MAIL)
    assert stranger.try_code(attempt, code) == 200
    other_way(stranger, attempt, "sms")
    assert list(portal.codes) == [MAIL]


def test_a_contact_that_nobody_has_proved_gets_none(portal: Portal, two: None) -> None:
    change(portal.settings, "portal", "UPDATE contact SET verified_at = NULL WHERE value = :value", value=MOBILE)
    attempt, _ = Stranger(portal).code(MAIL)
    other_way(Stranger(portal), attempt, "sms")
    assert list(portal.codes) == [MAIL]
