"""Whom a report is for, as its sender sees and changes it; and what is forgotten with a report that is deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import DeclarativeBase

from tests.inprocess import PORTAL, SAME_ORIGIN
from tests.portal.conftest import ADA, BOSS, Person, Portal
from tests.portal.test_recovery import KEY_1, a_pass, deposit, set_key
from viewer.portal import naming, received
from viewer.portal.models import Recipient, Recovery, Report, Visitor
from viewer.portal.person_models import Opened

REGISTRAR, NURSE, MOBILE = "registrar@example.org", "nurse@example.org", "+61491570678"
Begin = Callable[..., str]


@pytest.fixture
def ada(portal: Portal, ward: str, boss: Person) -> Person:
    return portal.member(ADA, ward, boss)


@pytest.fixture
def begin(ada: Person) -> Begin:
    """Begins a report of Ada's; returns its id."""
    return lambda *to: str(ada.ask("POST", "/api/reports", {"recipients": list(to)}).get_json()["id"])


def named(person: Person, report: str) -> Any:
    return person.ask("GET", f"/api/reports/{report}/recipients").get_json()


def word(answer: Any) -> str:
    return "done" if answer.status_code == 200 else str(answer.get_json()["error"])


def name(person: Person, report: str, *to: str) -> str:
    return word(person.ask("PUT", f"/api/reports/{report}/recipients", {"recipients": list(to)}))


def rows(portal: Portal, of: type[DeclarativeBase]) -> int:
    with portal.database.read() as session:
        return len(session.scalars(select(of)).all())


def own(person: Person) -> dict[str, Any]:
    [found] = person.ask("GET", "/api/reports").get_json()["reports"]
    return dict(found)


def test_the_sender_sees_whom_they_have_named(ada: Person, begin: Begin) -> None:
    report = begin(MOBILE, REGISTRAR)
    assert named(ada, report) == {"recipients": [MOBILE, REGISTRAR], "unknown": 0}
    assert name(ada, report, " Nurse@Example.org ") == "done"
    assert named(ada, report) == {"recipients": [NURSE], "unknown": 0}
    assert name(ada, report, "nobody") == "bad_recipients"
    assert named(ada, report) == {"recipients": [NURSE], "unknown": 0}, "nothing of it was done"
    assert name(ada, report) == "done" and named(ada, report) == {"recipients": [], "unknown": 0}


def test_who_was_named_before_contacts_were_kept_is_counted(portal: Portal, ada: Person, begin: Begin) -> None:
    report = begin(MOBILE, REGISTRAR)
    with portal.database.write() as session:
        pseudonym = naming.recipient(portal.settings.portal_secret, report, MOBILE).contact
        session.execute(update(Recipient).where(Recipient.contact == pseudonym).values(sealed=None))
    assert named(ada, report) == {"recipients": [REGISTRAR], "unknown": 1}


def test_nobody_else_sees_or_changes_it(portal: Portal, ada: Person, boss: Person, begin: Begin) -> None:
    report, registrar = begin(REGISTRAR), Person(portal, REGISTRAR)
    for other in (registrar, boss):
        assert named(other, report)["error"] == name(other, report, NURSE) == "not_available"
        assert word(other.ask("DELETE", f"/api/reports/{report}")) == "not_available"
    assert word(ada.ask("DELETE", f"/api/reports/{'0' * 26}")) == "not_available"
    assert named(ada, report)["recipients"] == [REGISTRAR], "control"
    assert own(ada)["deleted"] is None


def test_with_a_deleted_report_goes_whom_it_was_for(portal: Portal, ada: Person, boss: Person, begin: Begin) -> None:
    assert set_key(boss, KEY_1) == "done"
    report = begin(REGISTRAR, NURSE, MOBILE)
    assert deposit(ada, report) == "done"
    people = [Person(portal, contact) for contact in (REGISTRAR, NURSE)]
    with portal.database.write() as session:
        session.add(Opened(report_id=report, account_id=people[0].id, first_at=1))
    assert (rows(portal, Recipient), rows(portal, Recovery)) == (3, 1), "control"
    answers = [ada.ask("DELETE", f"/api/reports/{report}") for _ in range(2)]
    assert [(one.status_code, one.get_json()) for one in answers] == [(200, {"deleted": own(ada)["deleted"]})] * 2
    assert (rows(portal, Recipient), rows(portal, Recovery), rows(portal, Visitor)) == (0, 0, 1)
    told = own(ada)
    assert told["named"] == 0 and [(one["contact"], one["named"]) for one in told["people"]] == [(REGISTRAR, False)]
    assert named(ada, report) == {"recipients": [], "unknown": 0}
    assert [one.ask("GET", "/api/received").get_json()["reports"] != [] for one in people] == [True, False]
    assert a_pass(boss, "key:recover", report) == {}


def test_who_opened_it_before_the_portal_heard_of_that_keeps_their_name(
    portal: Portal, ada: Person, begin: Begin
) -> None:
    report, registrar = begin(REGISTRAR), Person(portal, REGISTRAR)
    registrar.ask("PUT", "/api/account", {"name": "Dr Reg", "jurisdiction": ""})
    ada.ask("DELETE", f"/api/reports/{report}")
    assert own(ada)["people"] == [], "control"
    event = {"issuer": PORTAL, "account": registrar.id, "recorded": "2026-11-20T10:00:00Z"}
    event |= {"action": "release", "outcome": "granted", "reason": None}
    with portal.database.write() as session:
        received.note(session, PORTAL, session.get_one(Report, report), event)
    told = {"account": registrar.id, "name": "Dr Reg", "contact": "", "named": False}
    assert own(ada)["people"] == [told]


def test_what_is_deleted_is_for_nobody_and_stays_so(portal: Portal, ada: Person, begin: Begin) -> None:
    report, by_link, registrar = begin(REGISTRAR), begin(), Person(portal, REGISTRAR)
    assert [bool(a_pass(registrar, "blob:get", one)) for one in (report, by_link)] == [True, True], "control"
    for one in (report, by_link):
        assert word(ada.ask("DELETE", f"/api/reports/{one}")) == "done"
        assert name(ada, one, NURSE) == deposit(ada, one) == "deleted"
        assert word(ada.ask("POST", f"/api/reports/{one}/notices")) == "deleted"
        assert a_pass(registrar, "blob:get", one) == {}
        assert registrar.ask("GET", f"/api/reports/{one}").get_json()["sender"] is None
        assert a_pass(ada, "policy:write", one)["object"] == one, "so that deleting can be done again"
    assert rows(portal, Recipient) == 0


def test_control_a_report_of_nobody_would_be_everybodys(
    portal: Portal, ada: Person, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the mark of deletion, whom nobody is named by is open to whoever has its id."""
    report, registrar = begin(REGISTRAR), Person(portal, BOSS)
    ada.ask("DELETE", f"/api/reports/{report}")
    assert a_pass(registrar, "blob:get", report) == {}
    with portal.database.write() as session:
        session.execute(update(Report).values(deleted_at=None))
    assert a_pass(registrar, "blob:get", report) != {}


def test_another_site_deletes_nothing(ada: Person, begin: Begin) -> None:
    report = begin(REGISTRAR)
    answer = ada._client.delete(f"/api/reports/{report}", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.get_json()["error"]) == (403, "cross_site")
    assert ada._client.delete(f"/api/reports/{report}", headers=SAME_ORIGIN).status_code == 200, "control"
