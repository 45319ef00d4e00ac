"""Two administrators who take each other out at once: one of them stays."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from tests.portal.conftest import STRANGER, Person, Portal
from viewer.portal import administration, organisation_routes
from viewer.portal.accounts import database
from viewer.portal.organisations import all_of_them

Administration = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def two(portal: Portal, ward: str, boss: Person) -> list[Person]:
    return [boss, portal.member(STRANGER, ward, boss, "administrator")]


@pytest.fixture
def door() -> threading.Barrier:
    """Where both have been let in, and neither has changed anything."""
    return threading.Barrier(2, timeout=30)


def at_once(two: list[Person]) -> list[str]:
    """Let each take the other out; return what both are told."""
    said: list[str] = []

    def take_out(by: Person, whom: Person) -> None:
        said.append(by.organise("DELETE", f"members/{whom.id}"))

    threads = [threading.Thread(target=take_out, args=pair) for pair in (two, two[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def administrators(portal: Portal) -> int:
    with portal.database.read() as session:
        [ward] = all_of_them(session)
    return int(ward.administrators)


def test_one_stays(portal: Portal, two: list[Person], door: threading.Barrier, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Administration = organisation_routes._administration

    @contextmanager
    def together() -> Iterator[Any]:
        door.wait()
        with real() as found:
            yield found

    monkeypatch.setattr(organisation_routes, "_administration", together)
    assert at_once(two) == ["done", "not_administrator"]
    assert administrators(portal) == 1


def test_control_where_who_asks_is_looked_at_before_none_stays(
    portal: Portal, two: list[Person], door: threading.Barrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A portal that looks in one transaction, and takes out in another one."""

    @contextmanager
    def looks_first() -> Iterator[Any]:
        with database().read() as session:
            of = organisation_routes._own(session)
        door.wait()
        with database().write() as session:
            yield session, of

    monkeypatch.setattr(organisation_routes, "_administration", looks_first)
    monkeypatch.setattr(administration, "check_not_last", lambda *_: None)
    assert at_once(two) == ["done", "done"]
    assert administrators(portal) == 0
