"""What was sent to somebody: only to them, as key servers tell how it stands, and nothing of what is in it."""

from typing import Any

import pytest

from tests.inprocess import PORTAL, REPORT
from tests.portal.conftest import ADA, STRANGER, Person, Portal
from viewer import clock
from viewer.portal import events, naming, received
from viewer.portal.models import Report
from viewer.portal.notices import Notices
from viewer.portal.person_models import Opened

OTHER = "1" * 26


@pytest.fixture
def ada(portal: Portal) -> Person:
    return Person(portal, ADA)


@pytest.fixture
def report(portal: Portal, boss: Person, ada: Person) -> str:
    """A report to somebody, and one to somebody else."""
    with portal.database.write() as session:
        made = {"key_server": PORTAL, "file_host": PORTAL, "sender_id": boss.id}
        session.add(Report(id=REPORT, created_at=1_795_000_000, **made))
        session.add(Report(id=OTHER, created_at=1_795_000_001, **made))
        session.flush()
        session.add(naming.recipient(portal.settings.portal_secret, REPORT, ADA))
        session.add(naming.recipient(portal.settings.portal_secret, OTHER, "else@example.org"))
    return REPORT


def listed(person: Person) -> list[Any]:
    found: list[Any] = person.ask("GET", "/api/received").get_json()["reports"]
    return found


def hear(portal: Portal, **said: Any) -> None:
    """Let the key server tell something of the report."""
    event = {"number": 0, "recorded": "2026-11-20T10:00:00Z", "action": "release", "outcome": "granted", "reason": None}
    event |= {"key": REPORT, "issuer": PORTAL, "not_after": "2026-12-01T10:00:00Z", "revoked": False} | said
    reader = events.Reader(portal.settings, portal.app.extensions["safelight.passes"])
    with portal.database.write() as session:
        Notices(portal.settings, portal.database, reader)._keep(session, said.pop("by", PORTAL), event)


def test_it_is_listed_for_whom_it_was_sent_to(portal: Portal, ada: Person, boss: Person, report: str) -> None:
    [one] = listed(ada)
    assert one == {
        "id": report,
        "sender": boss.account["name"],
        "sent": clock.text(1_795_000_000),
        "expires": None,
        "revoked": False,
        "opened": None,
    }
    assert listed(boss) == [] and listed(Person(portal, STRANGER)) == []


def test_how_it_stands_comes_from_its_key_server(portal: Portal, ada: Person, report: str) -> None:
    hear(portal, action="register", account="OWNER")
    assert [(one["expires"], one["opened"]) for one in listed(ada)] == [("2026-12-01T10:00:00Z", None)]
    hear(portal, account=ada.id)
    hear(portal, account=ada.id, recorded="2026-11-21T10:00:00Z")
    hear(portal, action="revoke", account="OWNER", revoked=True)
    [one] = listed(ada)
    assert (one["opened"], one["revoked"]) == ("2026-11-20T10:00:00Z", True)
    asked = ada.ask("GET", f"/api/reports/{report}").get_json()
    assert asked["expires"] == "2026-12-01T10:00:00Z"
    assert "expires" in ada.ask("GET", f"/api/reports/{OTHER}").get_json(), "and of no report it is told more"


@pytest.mark.parametrize(
    "said",
    [
        {"outcome": "denied"},
        {"action": "acknowledge"},
        {"issuer": "https://next.example.org"},
        {"by": "https://keys.example.org"},
        {"account": "NOBODY"},
    ],
)
def test_what_is_no_opening_of_theirs_is_not_taken_for_one(
    portal: Portal, ada: Person, report: str, said: dict[str, Any]
) -> None:
    hear(portal, **{"account": ada.id} | said)
    assert [one["opened"] for one in listed(ada)] == [None]
    hear(portal, account=ada.id)
    assert [one["opened"] for one in listed(ada)] == ["2026-11-20T10:00:00Z"], "control"


def test_a_key_server_of_an_earlier_version_says_less(portal: Portal, ada: Person, report: str) -> None:
    event = {"action": "release", "outcome": "granted", "issuer": PORTAL, "recorded": "2026-11-20T10:00:00Z"}
    with portal.database.write() as session:
        received.note(session, PORTAL, session.get_one(Report, report), event | {"account": ada.id})
    assert [(one["expires"], one["opened"]) for one in listed(ada)] == [(None, "2026-11-20T10:00:00Z")]


def test_what_was_opened_by_a_link_is_listed_too(portal: Portal, report: str) -> None:
    stranger = Person(portal, STRANGER)
    hear(portal, key=OTHER, account=stranger.id)
    assert [one["id"] for one in listed(stranger)] == [OTHER]


def test_of_an_erased_account_nothing_comes_back(portal: Portal, ada: Person, report: str) -> None:
    hear(portal, account=ada.id)
    assert ada.ask("POST", "/api/account/erasure").status_code == 204
    hear(portal, account=ada.id)
    with portal.database.read() as session:
        assert session.get(Opened, (report, ada.id)) is None
