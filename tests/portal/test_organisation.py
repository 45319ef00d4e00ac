"""Organisations: who is invited and joins, what roles may do, and that nobody reaches into another one."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.inprocess import PORTAL
from tests.portal.conftest import ADA, AUDITOR, BOSS, STRANGER, Person, Portal
from viewer.portal import invitations, organisation_routes
from viewer.problems import Problem

NEW_REPORT = {"recipients": ["registrar@example.org"]}


def may_send(person: Person) -> bool:
    return person.ask("POST", "/api/reports", NEW_REPORT).status_code == 201


def test_the_invited_joins_and_may_send(portal: Portal, ward: str, boss: Person) -> None:
    ada = Person(portal, ADA)
    assert not may_send(ada), "control"
    assert boss.invite("Ada@Example.org ") == "done"
    [(contact, _, words)] = portal.sent
    assert contact == ADA and words.startswith("Ward 7 invites you") and words.endswith(f" {PORTAL}/organisation")
    assert boss.members[ADA] | {"account": ""} == {
        "account": "", "name": "Dr Ada", "contact": ADA, "role": "sender", "joined": False, "signed_in": None,
        "disabled": None, "told": 0, "servers": 0,
    }  # fmt: skip
    assert not may_send(ada) and ada.account["organisation"] is None and ada.account["name"] == ""
    [asked] = ada.ask("GET", "/api/organisation").get_json()["invitations"]
    assert asked == {"organisation": ward, "name": "Ward 7", "role": "sender", "you": "Dr Ada"}
    assert ada.join(ward) == "done" and may_send(ada)
    assert ada.account["name"] == "Dr Ada"
    assert ada.account["organisation"] == {
        "id": ward, "name": "Ward 7", "role": "sender", "defaults": {"days": 7, "download": False},
        "recovery_key": None,
    }  # fmt: skip
    assert boss.members[ADA]["joined"] and boss.members[ADA]["signed_in"]


def test_who_has_no_account_yet_is_invited_too(portal: Portal, ward: str, boss: Person) -> None:
    assert boss.invite(ADA) == "done"
    ada = Person(portal, ADA)
    assert not may_send(ada)
    assert ada.join(ward) == "done" and may_send(ada)


def test_an_auditor_may_not_send_and_an_administrator_may(portal: Portal, ward: str, boss: Person) -> None:
    auditor = portal.member(AUDITOR, ward, boss, "auditor")
    assert not may_send(auditor) and may_send(boss)
    assert boss.organise("PUT", f"members/{auditor.id}/role", {"role": "sender"}) == "done" and may_send(auditor)
    assert boss.organise("PUT", f"members/{auditor.id}/role", {"role": "auditor"}) == "done" and not may_send(auditor)
    invitations.invite(portal.database, portal.settings, "Dr Free", STRANGER)
    assert may_send(Person(portal, STRANGER)), "whom the operator has invited needs no organisation"


def test_who_may_send_joins_as_an_auditor_and_may_no_more(portal: Portal, ward: str, boss: Person) -> None:
    invitations.invite(portal.database, portal.settings, "Dr Free", AUDITOR)
    auditor = Person(portal, AUDITOR)
    assert boss.invite(AUDITOR, "auditor") == "done" and may_send(auditor), "not before they say yes"
    assert auditor.join(ward) == "done" and not may_send(auditor)
    with pytest.raises(Problem, match="belongs"):
        invitations.invite(portal.database, portal.settings, "Dr Free", AUDITOR)
    assert not may_send(auditor)


def test_the_last_administrator_stays(portal: Portal, ward: str, boss: Person) -> None:
    ada = portal.member(ADA, ward, boss)
    assert boss.invite(AUDITOR, "administrator") == "done", "who has not joined yet is none"
    for method, what, body in (("PUT", "disabled", None), ("PUT", "role", {"role": "sender"})):
        assert boss.organise(method, f"members/{boss.id}/{what}", body) == "last_administrator"
    assert boss.organise("PUT", f"members/{ada.id}/role", {"role": "administrator"}) == "done"
    assert ada.organise("PUT", f"members/{boss.id}/disabled") == "done"
    assert ada.organise("PUT", f"members/{ada.id}/role", {"role": "sender"}) == "last_administrator", "disabled is none"
    assert ada.organise("DELETE", f"members/{boss.id}/disabled") == "done"
    assert ada.organise("PUT", f"members/{ada.id}/role", {"role": "sender"}) == "done", "control"


def test_others_can_do_nothing(portal: Portal, ward: str, boss: Person) -> None:
    ada, auditor = portal.member(ADA, ward, boss), portal.member(AUDITOR, ward, boss, "auditor")
    for person in (ada, auditor, Person(portal, STRANGER)):
        for method, what, body in everything(boss.id):
            assert person.organise(method, what, body) == "not_administrator"
        assert person.ask("GET", "/api/organisation").get_json()["members"] is None
        assert person.ask("GET", "/api/organisation/events").status_code == 403
    assert all(one["disabled"] is None for one in boss.members.values())


def test_another_organisations_people_are_unknown(portal: Portal, ward: str, boss: Person) -> None:
    ada = portal.member(ADA, ward, boss)
    portal.organisation("Elsewhere", STRANGER)
    other = Person(portal, STRANGER)
    for method, what, body in everything("{}"):
        if "{}" in what:
            paths = (f"/api/organisation/{what.format(who)}" for who in (ada.id, "0" * 26))
            theirs, nobodys = (other.ask(method, path, body) for path in paths)
            assert (theirs.status_code, theirs.data) == (nobodys.status_code, nobodys.data)
            assert (theirs.status_code, theirs.get_json()["error"]) == (404, "unknown_person")
    assert set(other.members) == {STRANGER}
    assert ada.account and may_send(ada)


def everything(account: str) -> list[tuple[str, str, Any]]:
    """All that changes something, about an account where it is about one."""
    return [
        ("POST", "members", {"contact": STRANGER, "name": "Dr", "role": "sender"}),
        ("PUT", "defaults", {"days": 3, "download": True}),
        ("PUT", f"members/{account}/role", {"role": "sender"}),
        ("PUT", f"members/{account}/disabled", None),
        ("DELETE", f"members/{account}/disabled", None),
        ("DELETE", f"members/{account}", None),
    ]


def test_who_belongs_elsewhere_is_not_invited_and_nothing_more_is_told(portal: Portal, ward: str, boss: Person) -> None:
    portal.member(ADA, ward, boss)
    portal.organisation("Elsewhere", STRANGER)
    other = Person(portal, STRANGER)
    portal.sent.clear()
    answer = other.ask("POST", "/api/organisation/members", {"contact": ADA, "name": "Dr", "role": "sender"})
    assert answer.get_json()["error"] == "belongs_elsewhere" and "Ward" not in answer.text and portal.sent == []
    assert set(other.members) == {STRANGER}
    assert boss.invite(ADA) == "belongs", "who is in one's own is told so"
    assert other.invite(AUDITOR) == "done", "control"


def test_two_may_invite_and_one_is_joined(portal: Portal, ward: str, boss: Person) -> None:
    elsewhere = portal.organisation("Elsewhere", STRANGER)
    for one in (boss, Person(portal, STRANGER)):
        assert one.invite(ADA) == "done"
    ada = Person(portal, ADA)
    assert ada.join(ward) == "done"
    assert ada.join(elsewhere) == "belongs" and ada.join(ward) == "no_invitation"
    assert ada.account["organisation"]["id"] == ward


def test_an_invitation_is_declined_or_withdrawn(portal: Portal, ward: str, boss: Person) -> None:
    assert boss.invite(ADA) == "done"
    ada = Person(portal, ADA)
    assert ada.organise("DELETE", f"invitations/{ward}") == "done" and ADA not in boss.members
    assert ada.join(ward) == "no_invitation"
    assert boss.invite(ADA) == "done"
    assert boss.organise("PUT", f"members/{ada.id}/disabled") == "not_joined", "nobody is shut out who has not joined"
    assert boss.organise("DELETE", f"members/{ada.id}") == "done"
    assert ada.join(ward) == "no_invitation" and boss.invite(ADA) == "done" and ada.join(ward) == "done"


def test_invitations_are_counted_whether_they_go_out_or_not(
    portal: Portal, ward: str, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organisation_routes, "INVITATIONS_PER_ORGANISATION", (2, 86_400))
    assert [boss.invite(contact) for contact in (BOSS, ADA, STRANGER)] == ["belongs", "done", "too_many"]
    assert len(portal.sent) == 1 and STRANGER not in boss.members


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"contact": "nobody", "name": "Dr", "role": "sender"}, "bad_contact"),
        ({"contact": "+61491570006", "name": "Dr", "role": "sender"}, "bad_contact"),  # there is no gateway for SMS
        ({"contact": ADA, "name": " ", "role": "sender"}, "bad_name"),
        ({"contact": ADA, "name": "x" * 101, "role": "sender"}, "bad_name"),
        ({"contact": ADA, "name": "Dr", "role": "owner"}, "bad_role"),
        ({"contact": ADA, "name": "Dr"}, "bad_request"),
    ],
)
def test_what_is_no_invitation(portal: Portal, boss: Person, body: Any, word: str) -> None:
    assert boss.organise("POST", "members", body) == word
    assert portal.sent == [] and set(boss.members) == {BOSS}


@pytest.mark.parametrize("days", [0, 91, "7", True, None, 1.5])
def test_defaults_that_make_no_sense(boss: Person, days: Any) -> None:
    assert boss.organise("PUT", "defaults", {"days": days, "download": False}) == "bad_defaults"
    assert boss.account["organisation"]["defaults"] == {"days": 7, "download": False}


def test_defaults_are_told_to_everybody_in_it(portal: Portal, ward: str, boss: Person) -> None:
    ada = portal.member(ADA, ward, boss)
    assert boss.organise("PUT", "defaults", {"days": 14, "download": True}) == "done"
    assert ada.account["organisation"]["defaults"] == {"days": 14, "download": True}


def test_every_change_is_written_down(portal: Portal, ward: str, boss: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = portal.member(ADA, ward, boss)
    for method, what, body in everything(ada.id)[1:5]:
        for _ in range(2):  # what changes nothing is no change
            assert boss.organise(method, what, body) == "done"
    told = boss.ask("GET", "/api/organisation/events").get_json()
    said = [(one["by"], one["action"], one["about"], one["details"]) for one in told["events"]]
    assert said == [
        (boss.id, "enabled", ada.id, {}),
        (boss.id, "disabled", ada.id, {}),
        (boss.id, "defaults", "", {"days": 3, "download": True}),
        (ada.id, "joined", ada.id, {"role": "sender"}),
        (boss.id, "invited", ada.id, {"role": "sender"}),
        ("", "joined", boss.id, {"role": "administrator"}),
        ("", "began", "", {}),
    ]
    assert told["names"] == {boss.id: BOSS, ada.id: "Dr Ada"}
    with portal.database.read() as session:
        kept = str(session.execute(text("SELECT * FROM organisation_event")).all())
    assert "@" not in kept and "Dr" not in kept, "ids only"
    monkeypatch.setattr("viewer.portal.organisations.EVENTS", 2)
    numbers: list[int] = []
    query = ""
    while page := boss.ask("GET", f"/api/organisation/events{query}").get_json()["events"]:
        assert len(page) <= 2
        numbers += [one["number"] for one in page]
        query = f"?before={numbers[-1]}"
    assert numbers == list(range(6, -1, -1))


def test_the_page_is_the_same_for_everybody(client: FlaskClient, boss: Person) -> None:
    assert client.get("/organisation").data == boss.ask("GET", "/organisation").data
