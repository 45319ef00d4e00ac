"""A clock is wrong, or jumps: no share where it is the server's alone, and none unlogged where it is everybody's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import load, trouble
from tests.faults.asker import Asker
from tests.faults.ledger import Ledger
from tests.faults.load import Given
from tests.faults.ordeal import CLIENTS, OF_CONTROL, RELEASES, ordeal
from tests.faults.server import KeyServer, serving
from viewer import clock

HOUR = 3600  # seconds


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyServer]:
    """One key server for all jumps: it is not restarted between them."""
    with serving(tmp_path_factory.mktemp("ours"), clock=True) as server:
        yield server


@contextmanager
def jumped(server: KeyServer, _: list[Asker], seconds: int = HOUR) -> Iterator[None]:
    with trouble.wrong_clock(server, seconds):
        yield


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_a_server_whose_clock_is_wrong_releases_nothing(ours: KeyServer, seconds: int) -> None:
    found = ordeal(ours, lambda server, askers: jumped(server, askers, seconds), RELEASES)
    assert found.statuses() == [{200}, {401}, {200}]
    assert found.unlogged() == set() and found.wrong == [] and found.ledgers[2].sound


def test_control_who_forgives_a_wrong_clock_is_caught(tmp_path: Path) -> None:
    with serving(tmp_path, "forgives", clock=True) as server:
        assert ordeal(server, jumped, OF_CONTROL).statuses()[1] == {200}


def through_a_jump(
    server: KeyServer, everybody: pytest.MonkeyPatch, seconds: int, releases: int
) -> tuple[Given, Given, Ledger]:
    """Ask before, while and after everybody's clock is wrong; and again, while it is, for what was given before."""
    right = clock.now
    with server.askers(CLIENTS) as askers:
        given = load.each(askers, "before", releases)
        with trouble.wrong_clock(server, seconds), everybody.context() as now:
            now.setattr(clock, "now", lambda: right() + seconds)
            given |= load.each(askers, "during", releases)
            again = load.each(askers, "before", releases, Asker.ask)
        given |= load.each(askers, "after", releases)
        assert load.wrong_shares(askers, given) == []
    ledger = server.ledger()
    unlogged = len(given.keys() - ledger.released.keys())
    print(
        f"\nall clocks {seconds:+} s: {len(given)} released, {unlogged} of them not logged, "
        f"{ledger.twice} logged twice; asked again, answered { {answer.status for answer in again.values()} }"
    )
    return given, again, ledger


# A request is known again for ten minutes by the clock.
@pytest.mark.parametrize(("seconds", "known"), [(HOUR, 422), (-HOUR, 200)], ids=["ahead", "behind"])
def test_when_all_clocks_jump_every_release_is_logged_once(
    ours: KeyServer, monkeypatch: pytest.MonkeyPatch, seconds: int, known: int
) -> None:
    given, again, ledger = through_a_jump(ours, monkeypatch, seconds, RELEASES)
    assert given.keys() <= ledger.released.keys() and ledger.sound
    assert {answer.status for answer in again.values()} == {known}


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_control_a_log_in_order_of_time_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    with serving(tmp_path, "keeps_order", clock=True) as server:
        given, _, ledger = through_a_jump(server, monkeypatch, seconds, OF_CONTROL)
    assert given.keys() - ledger.released.keys()
