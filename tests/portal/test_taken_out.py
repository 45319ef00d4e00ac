"""Who is taken out of an organisation: they send nothing more, keep what is theirs, and are invited anew."""

from typing import Any

import pytest

from tests.portal.conftest import ADA, AUDITOR, BOSS, STRANGER, Person, Portal
from tests.portal.test_organisation import may_send
from tests.portal.test_recovery import KEY_1, SEALED, a_pass, deposit, given, report_of, set_key
from viewer.portal import administration, organisation_routes
from viewer.portal.models import Account

LOOKS_AFTER = {"policy:write", "log:read", "blob:delete"}
SENDS = {"key:create", "blob:put"}


@pytest.fixture
def ada(portal: Portal, ward: str, boss: Person) -> Person:
    return portal.member(ADA, ward, boss)


def take_out(by: Person, whom: Person) -> str:
    return by.organise("DELETE", f"members/{whom.id}")


def passes(person: Person, report: str) -> set[str]:
    """Which of a sender's passes somebody gets."""
    return {scope for scope in LOOKS_AFTER | SENDS if a_pass(person, scope, report)}


def own(person: Person, method: str, report: str, body: Any = None) -> str:
    answer = person.ask(method, f"/api/reports/{report}", body)
    return "done" if answer.status_code < 300 else str(answer.get_json()["error"])


def test_they_send_nothing_more_and_look_after_what_they_have_sent(boss: Person, ada: Person) -> None:
    report = report_of(ada)
    assert passes(ada, report) == LOOKS_AFTER | SENDS and may_send(ada), "control"
    assert take_out(boss, ada) == "done" and ADA not in boss.members
    assert ada.account["organisation"] is None and ada.account["name"] == "Dr Ada", "still signed in"
    assert not may_send(ada) and passes(ada, report) == LOOKS_AFTER
    assert own(ada, "GET", f"{report}/recipients") == "done"
    others = {"recipients": [STRANGER]}
    for method, what, body in (("PUT", "recipients", others), ("POST", "notices", None)):
        assert own(ada, method, f"{report}/{what}", body) == "may_not_send"
    assert report in {one["id"] for one in ada.ask("GET", "/api/reports").get_json()["reports"]}
    assert own(ada, "DELETE", report) == "done"
    assert passes(boss, report) == set() and own(boss, "GET", f"{report}/recipients") == "not_available", "as before"


def test_an_auditor_looks_after_what_they_have_sent_before(boss: Person, ada: Person) -> None:
    report = report_of(ada)
    boss.organise("PUT", f"members/{ada.id}/role", {"role": "auditor"})
    assert passes(ada, report) == LOOKS_AFTER


def test_what_the_role_gave_is_over_with_the_next_request(portal: Portal, ward: str, boss: Person, ada: Person) -> None:
    set_key(boss, KEY_1)
    report = report_of(ada)
    deposit(ada, report)
    other, auditor = portal.member(STRANGER, ward, boss, "administrator"), portal.member(AUDITOR, ward, boss, "auditor")
    assert a_pass(other, "key:recover", report) and a_pass(auditor, "log:audit", ward), "control"
    assert take_out(boss, other) == take_out(boss, auditor) == "done"
    assert not a_pass(other, "key:recover", report) and not a_pass(auditor, "log:audit", ward)
    assert given(other, report) == "not_available"
    assert take_out(other, boss) == "not_administrator"
    assert auditor.ask("GET", "/api/organisation/audit").get_json()["error"] == "not_auditor"


def test_the_organisation_still_opens_and_audits_what_they_sent(boss: Person, ada: Person, ward: str) -> None:
    set_key(boss, KEY_1)
    report = report_of(ada)
    assert deposit(ada, report) == "done" and take_out(boss, ada) == "done"
    assert given(boss, report) == SEALED and a_pass(boss, "key:recover", report)["organisation"] == ward
    people = boss.ask("GET", "/api/organisation/audit").get_json()["people"]
    assert {"account": ada.id, "name": "Dr Ada", "contact": ""} in people, "the log tells of them by name"
    assert deposit(ada, report) == "recovery_key_changed", "and is sealed to nobody's key any more"


def test_they_are_invited_again_and_elsewhere(
    portal: Portal, ward: str, boss: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organisation_routes, "INVITATIONS_PER_CONTACT", (9, 86_400))
    elsewhere = portal.organisation("Elsewhere", STRANGER)
    other = Person(portal, STRANGER)
    assert other.invite(ADA) == "belongs_elsewhere", "control"
    assert take_out(boss, ada) == "done" and take_out(boss, ada) == "unknown_person"
    assert ada.join(ward) == "no_invitation"
    assert other.invite(ADA, name="Dr Ada of Elsewhere") == "done" and boss.invite(ADA) == "done"
    assert not may_send(ada), "nobody sends by being invited"
    assert ada.join(elsewhere) == "done" and may_send(ada)
    assert ada.account["organisation"]["id"] == elsewhere
    assert take_out(boss, ada) == "done", "their own invitation, and no more"
    assert may_send(ada) and take_out(other, ada) == "done" and not may_send(ada)
    assert boss.invite(ADA) == "done" and ada.join(ward) == "done" and may_send(ada)


def test_who_is_disabled_is_enabled_first(portal: Portal, boss: Person, ada: Person) -> None:
    boss.organise("PUT", f"members/{ada.id}/disabled")
    assert take_out(boss, ada) == "disabled"
    assert boss.members[ADA]["disabled"]
    with portal.database.read() as session:
        assert session.get_one(Account, ada.id).disabled_at is not None, "nobody is enabled by it"
    boss.organise("DELETE", f"members/{ada.id}/disabled")
    assert take_out(boss, ada) == "done" and ada.sign_in().status_code == 200


def test_of_who_was_only_invited_nothing_changes(portal: Portal, boss: Person, ada: Person) -> None:
    """Another organisation's member, whom it has disabled, is as every other invited person."""
    portal.organisation("Elsewhere", STRANGER)
    other = Person(portal, STRANGER)
    take_out(boss, ada)
    other.invite(ADA)
    boss.invite(ADA)
    assert ada.join(boss.account["organisation"]["id"]) == "done"
    boss.organise("PUT", f"members/{ada.id}/disabled")
    assert take_out(other, ada) == "done"
    boss.organise("DELETE", f"members/{ada.id}/disabled")
    ada.sign_in()
    assert may_send(ada)


def test_the_last_administrator_stays(
    portal: Portal, ward: str, boss: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss.invite(AUDITOR, "administrator")
    assert take_out(boss, boss) == "last_administrator", "who has not joined yet is none"
    other = portal.member(STRANGER, ward, boss, "administrator")
    boss.organise("PUT", f"members/{other.id}/disabled")
    assert take_out(boss, boss) == "last_administrator", "nor who is disabled"
    boss.organise("DELETE", f"members/{other.id}/disabled")
    assert take_out(boss, boss) == "done", "two may go, one after the other"
    assert boss.ask("GET", "/api/organisation").get_json()["organisation"] is None
    other.sign_in()
    assert take_out(other, other) == "last_administrator" and take_out(other, ada) == "done"
    monkeypatch.setattr(administration, "check_not_last", lambda *_: None)
    assert take_out(other, other) == "done", "control"


def test_it_is_told_by_name_and_by_no_contact(portal: Portal, boss: Person, ada: Person) -> None:
    boss.invite(AUDITOR)
    auditor = Person(portal, AUDITOR)
    assert take_out(boss, ada) == take_out(boss, auditor) == "done"
    told = boss.ask("GET", "/api/organisation/events").get_json()
    assert [(one["by"], one["action"], one["about"]) for one in told["events"]][:2] == [
        (boss.id, "withdrew", auditor.id),
        (boss.id, "removed", ada.id),
    ]
    assert told["names"] == {boss.id: BOSS, ada.id: "Dr Ada"}, "of who never came nothing is known"
