"""Recipients are told that photos wait: by whom, never which, never where; and not more often than once an hour."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from tests.portal.conftest import ADA, STRANGER, Person, Portal
from viewer import clock
from viewer.portal import messages
from viewer.portal.models import Account, Report

REGISTRAR, NURSE, MOBILE, ABROAD = "registrar@example.org", "nurse@example.org", "+61491570678", "+447400123456"
Begin = Callable[..., str]


@pytest.fixture
def ada(portal: Portal, ward: str, boss: Person) -> Person:
    object.__setattr__(portal.settings, "sms", "json://127.0.0.1:1/sms/{to}")
    object.__setattr__(portal.settings, "sms_countries", frozenset({"AU"}))
    found = portal.member(ADA, ward, boss)
    portal.sent.clear()
    return found


@pytest.fixture
def begin(ada: Person) -> Begin:
    return lambda *to: str(ada.ask("POST", "/api/reports", {"recipients": list(to)}).get_json()["id"])


def tell(person: Person, report: str) -> Any:
    answer = person.ask("POST", f"/api/reports/{report}/notices")
    return answer.get_json() if answer.status_code == 200 else answer.get_json()["error"]


def counts(told: int = 0, before: int = 0, unreached: int = 0) -> dict[str, int]:
    return {"told": told, "before": before, "unreached": unreached}


def test_who_is_named_is_told_by_whom_and_nothing_else(portal: Portal, ada: Person, begin: Begin) -> None:
    report = begin(REGISTRAR, MOBILE)
    assert tell(ada, report) == counts(told=2)
    assert {contact for contact, _, _ in portal.sent} == {REGISTRAR, MOBILE}
    for _, subject, text in portal.sent:
        assert text == "Dr Ada has photos for you (Safelight). The link to them comes from Dr Ada, not from us."
        said = f"{subject} {text}"
        assert "://" not in said and report not in said and portal.settings.portal_url not in said
        assert len(text) <= 160, "one SMS"


def test_once_an_hour_whatever_is_sent(
    portal: Portal, ada: Person, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tell(ada, begin(REGISTRAR)) == counts(told=1)
    assert tell(ada, begin(REGISTRAR, NURSE)) == counts(told=1, before=1)
    assert [contact for contact, _, _ in portal.sent] == [REGISTRAR, NURSE]
    later = clock.now() + 3600
    monkeypatch.setattr(clock, "now", lambda: later)
    assert tell(ada, begin(REGISTRAR)) == counts(told=1), "control"


def test_another_senders_hour_is_their_own(portal: Portal, ward: str, boss: Person, ada: Person, begin: Begin) -> None:
    other = portal.member(STRANGER, ward, boss)
    report = str(other.ask("POST", "/api/reports", {"recipients": [REGISTRAR]}).get_json()["id"])
    assert (tell(ada, begin(REGISTRAR)), tell(other, report)) == (counts(told=1), counts(told=1))


def test_only_its_sender_has_people_told(portal: Portal, boss: Person, ada: Person, begin: Begin) -> None:
    report = begin(REGISTRAR)
    for person in (boss, Person(portal, REGISTRAR)):
        assert tell(person, report) == "not_available"
    with portal.database.write() as session:
        session.execute(update(Account).where(Account.id == ada.id).values(may_send=False))
    assert tell(ada, report) == "may_not_send"
    assert portal.sent == []
    with portal.database.write() as session:
        session.execute(update(Account).where(Account.id == ada.id).values(may_send=True))
    assert tell(ada, report) == counts(told=1), "control"


@pytest.mark.parametrize("state", [{"revoked": True}, {"not_after": 7}])
def test_of_what_opens_no_more_nobody_is_told(portal: Portal, ada: Person, begin: Begin, state: Any) -> None:
    report = begin(REGISTRAR)
    with portal.database.write() as session:
        session.execute(update(Report).values(**state))
    assert (tell(ada, report), portal.sent) == ("over", [])


def test_where_nobody_is_named_there_is_nobody_to_tell(ada: Person, begin: Begin) -> None:
    assert tell(ada, begin()) == "nobody_named"


def test_they_count_as_messages(portal: Portal, ada: Person, begin: Begin) -> None:
    object.__setattr__(portal.settings, "messages_per_day", 0)
    assert tell(ada, begin(REGISTRAR)) == "too_many"
    object.__setattr__(portal.settings, "messages_per_day", 5000)
    assert tell(ada, begin(REGISTRAR)) == counts(told=1), "the hour was given back"
    object.__setattr__(portal.settings, "sms_abroad_per_day", 0)
    assert tell(ada, begin(ABROAD, MOBILE)) == counts(told=1, unreached=1), "who earns by costly numbers can name them"
    assert [contact for contact, _, _ in portal.sent] == [REGISTRAR, MOBILE]


def test_who_cannot_be_reached_is_counted_and_may_be_tried_again(
    portal: Portal, ada: Person, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*letter: Any) -> None:
        raise messages.NotSent

    with monkeypatch.context() as patch:
        patch.setattr(messages, "send", fails)
        assert tell(ada, begin(REGISTRAR)) == counts(unreached=1)
    assert tell(ada, begin(REGISTRAR)) == counts(told=1)
    object.__setattr__(portal.settings, "sms", "")
    assert tell(ada, begin(MOBILE)) == counts(unreached=1), "this portal has no way to mobiles"
