"""Who is out, is out on every worker with the next request: disabled, signed out elsewhere, erased. On real servers."""

import re
import threading
from collections.abc import Callable

import pytest

from tests.conftest import Installation
from tests.portal.test_sign_in import Visitor
from viewer import clock
from viewer.database import Database
from viewer.portal.models import Account

ASKED = 40  # requests at once: more than one worker's eight threads take, so that both have some

End = Callable[[Visitor, Visitor], object]


@pytest.fixture
def contact(request: pytest.FixtureRequest) -> str:
    """An address of the test's own: limits count per contact."""
    return re.sub(r"\W+", "-", request.node.name).strip("-").lower()[:60] + "@example.org"


def copies(of: Visitor) -> set[int]:
    """How many browsers at once are answered that each have a copy of somebody's cookie."""
    statuses: list[int] = []

    def ask() -> None:
        thief = Visitor(of.here)
        thief.session.cookies.update(of.session.cookies)
        statuses.append(thief.ask("GET", "/api/reports").status_code)

    threads = [threading.Thread(target=ask) for _ in range(ASKED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == ASKED
    return set(statuses)


def disabled(here: Visitor, other: Visitor) -> None:
    """By an administrator, whose worker is another process."""
    account = here.account()
    assert account
    with Database(here.here.settings, "portal").write() as session:
        session.get_one(Account, account["id"]).disabled_at = clock.now()


def one_ended(here: Visitor, other: Visitor) -> None:
    [name] = [one["id"] for one in other.ask("GET", "/api/account/sessions").json()["sessions"] if not one["this"]]
    assert other.ask("DELETE", f"/api/account/sessions/{name}").status_code == 204


def others_ended(here: Visitor, other: Visitor) -> None:
    assert other.ask("DELETE", "/api/account/sessions/others").status_code == 204


def everywhere(here: Visitor, other: Visitor) -> None:
    assert other.ask("DELETE", "/api/account/sessions").status_code == 204


def erased(here: Visitor, other: Visitor) -> None:
    assert other.ask("POST", "/api/account/erasure").status_code == 204


@pytest.mark.parametrize("end", [disabled, one_ended, others_ended, everywhere, erased], ids=lambda end: end.__name__)
def test_out_on_every_worker(installation: Installation, contact: str, end: End) -> None:
    here, other = Visitor(installation), Visitor(installation)
    for one in (here, other):
        one.sign_in(contact)
    assert copies(here) == {200}, "control: before, all of them are let in"
    end(here, other)
    assert copies(here) == {401}


def test_the_erased_account_is_told_so_once(installation: Installation, contact: str) -> None:
    visitor = Visitor(installation)
    visitor.sign_in(contact)
    before = len(installation.inbox.messages)
    visitor.ask("POST", "/api/account/erasure")
    inbox = installation.inbox
    with inbox._arrived:
        came = inbox._arrived.wait_for(
            lambda: [one for one in inbox.messages[before:] if one.to == contact and "has been erased" in one.text], 30
        )
    assert len(came) == 1 and "tell whoever runs Safelight" in came[0].text
