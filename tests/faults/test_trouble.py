"""When the log cannot be written there is no share, whatever the reason; then all goes on by itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import load, trouble
from tests.faults.asker import Asker
from tests.faults.ledger import Ledger
from tests.faults.load import Given
from tests.faults.search import Needle, Search
from tests.faults.server import KeyServer, serving
from viewer import clock

RELEASES, OF_CONTROL = load.size(64, 500), 64  # before the fault, during it, and after it
DISK = f"{load.size(32, 256)}m"  # a release takes 8 kB of it
CLIENTS = 8
HOUR = 3600  # seconds
Fault = Callable[[KeyServer, list[Asker]], AbstractContextManager[None]]
FAULTS: list[Fault] = [
    trouble.full_disk,
    trouble.read_only,
    trouble.failing_sync,
    trouble.no_handles,
    trouble.may_not_open,
    trouble.may_not_write,
]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyServer]:
    """One key server for all faults: it is not restarted between them."""
    with serving(tmp_path_factory.mktemp("ours"), disk=DISK, clock=True) as server:
        yield server


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyServer]:
    """The control: it releases even if nothing can be written."""
    with serving(tmp_path_factory.mktemp("careless"), "shrugs", disk=DISK) as server:
        yield server


@dataclass
class Ordeal:
    """What was answered before, during and after a fault, and the log: before it, while it lasted, and in the end."""

    answers: tuple[Given, Given, Given]
    ledgers: tuple[Ledger, Ledger, Ledger]
    wrong: list[str]

    def statuses(self) -> list[set[int]]:
        return [{answer.status for answer in given.values()} for given in self.answers]

    def unlogged(self) -> set[str]:
        """The releases whose share was given and that the log did not know while the fault lasted."""
        given = {name for answers in self.answers[:2] for name, answer in answers.items() if answer.share}
        return given - self.ledgers[1].released.keys()


def ordeal(server: KeyServer, fault: Fault, releases: int) -> Ordeal:
    """Ask before and during a fault; and after it, with the same idempotency keys, for what was refused."""
    with server.askers(CLIENTS) as askers:
        before, ledger = load.each(askers, "before", releases), server.ledger()
        with fault(server, askers):
            during, while_it_lasts = load.each(askers, "during", releases, Asker.ask), server.ledger()
        after = load.each(askers, "during", releases)  # raises where they are refused for ever
        assert leaked(askers, during) == []
        wrong = load.wrong_shares(askers, before | after)
        answers, ledgers = (before, during, after), (ledger, while_it_lasts, server.ledger())
    found = Ordeal(answers, ledgers, wrong)
    print(
        f"\nbefore, during, after: {[len(given) for given in answers]} asked, answered {found.statuses()}; "
        f"{len(found.unlogged())} released and not logged, {found.ledgers[2].twice} logged twice"
    )
    return found


def leaked(askers: list[Asker], given: Given) -> list[str]:
    """The answers without a share that hold one all the same, in whatever form."""
    search = Search(Needle("server share", asker.share) for asker in askers)
    return [name for name, answer in given.items() if answer.share is None and search.find(answer.body)]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_no_log_no_share_and_then_on_without_a_restart(ours: KeyServer, fault: Fault) -> None:
    found = ordeal(ours, fault, RELEASES)
    before_it, during_it, after_it = found.statuses()
    assert before_it == after_it == {200} and during_it == {503}
    assert found.unlogged() == set() and found.wrong == []
    before, _, after = found.answers
    assert found.ledgers[2].released.keys() - found.ledgers[0].released.keys() == after.keys()
    assert before.keys() <= found.ledgers[0].released.keys() and all(ledger.sound for ledger in found.ledgers)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])
def test_control_who_releases_all_the_same_is_caught(careless: KeyServer, fault: Fault) -> None:
    found = ordeal(careless, fault, OF_CONTROL)
    assert 200 in found.statuses()[1] and found.unlogged()


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
