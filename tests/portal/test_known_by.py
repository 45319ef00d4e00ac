"""By which of a person's contacts their organisation knows them: by the one that was typed, and by no other."""

import pytest

from tests.portal.conftest import ADA, AUDITOR, STRANGER, Person, Portal
from tests.portal.test_own_contacts import add, remove
from viewer.portal.models import Contact, Member

PRIVATE = "home@private.example"


@pytest.fixture
def ada(portal: Portal) -> Person:
    """Somebody with a private address that comes before the one that is known at work."""
    ada = Person(portal, ADA)
    assert add(ada, PRIVATE).status_code == 200
    assert ada.ask("PUT", "/api/account/contacts/main", {"contact": PRIVATE}).status_code < 300
    return ada


def seen(boss: Person) -> str:
    """All that administrators get to read about their people."""
    paths = ("", "/events", "/audit")
    return "".join(boss.ask("GET", f"/api/organisation{path}").get_data(as_text=True) for path in paths)


def test_an_invitation_shows_nothing_else(boss: Person, ada: Person) -> None:
    assert boss.invite(ADA) == "done"
    assert ADA in seen(boss) and PRIVATE not in seen(boss)


def test_nor_does_joining(portal: Portal, ward: str, boss: Person, ada: Person) -> None:
    portal.member(ADA, ward, boss)
    assert ADA in seen(boss) and PRIVATE not in seen(boss)


def test_nor_does_an_invitation_that_was_withdrawn(boss: Person, ada: Person) -> None:
    assert boss.invite(ADA) == "done"
    assert boss.organise("DELETE", f"members/{ada.id}") == "done"
    assert "withdrew" in seen(boss) and PRIVATE not in seen(boss)


def test_control_what_else_were_told_would_be_seen(portal: Portal, boss: Person, ada: Person) -> None:
    assert boss.invite(ADA) == "done"
    with portal.database.write() as session:
        for member in session.query(Member).where(Member.account_id == ada.id):
            member.contact = ", ".join(sorted(one.value for one in session.query(Contact).filter_by(account_id=ada.id)))
    assert PRIVATE in seen(boss)


def test_a_member_who_removes_it_is_known_by_the_one_that_stays(
    portal: Portal, ward: str, boss: Person, ada: Person
) -> None:
    portal.member(ADA, ward, boss)
    assert remove(ada, ADA).status_code == 200
    assert PRIVATE in boss.members and ADA not in seen(boss)


def test_who_removes_it_declines_what_came_to_it(boss: Person, ada: Person) -> None:
    assert boss.invite(ADA) == "done"
    assert remove(ada, ADA).status_code == 200
    assert set(boss.members) == {"boss@example.org"} and "declined" in seen(boss) and PRIVATE not in seen(boss)


def test_one_that_moves_is_known_there_no_more(portal: Portal, ward: str, boss: Person, ada: Person) -> None:
    portal.member(ADA, ward, boss)
    other = Person(portal, STRANGER)
    assert add(other, ADA).status_code == 200
    assert PRIVATE in boss.members and ADA not in seen(boss)
    assert boss.invite(AUDITOR) == "done" and AUDITOR in seen(boss), "control"
