"""PostgreSQL is stopped hard (`pg_ctl stop -m immediate`, kill -9) under load: what is released is logged, once."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.faults import ledger, load
from tests.faults.asker import Answer, Asker
from tests.faults.ledger import Ledger
from tests.faults.load import Given
from tests.faults.server import serving
from tests.postgresql import Cluster

RELEASES, OF_CONTROL = load.size(400, 20_000), 400  # at least
STOPS = 5
DOWN = 0.3  # seconds that the server is gone: requests come meanwhile, and are refused
CLIENTS = 8


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server that no other test uses."""
    made = Cluster()
    yield made
    made.remove()


@dataclass
class Stops:
    """How often the database has been stopped, and how many releases have been acknowledged."""

    stops: int = 0
    told: int = 0

    def go_on(self, cluster: Cluster, every: int, asked: Future[object]) -> None:
        """Stop the database and start it again, whenever so many more releases have been acknowledged."""
        while self.stops < STOPS and not asked.done():
            time.sleep(0.005)
            if self.told >= (self.stops + 1) * every:
                cluster.crash((signal.SIGQUIT, signal.SIGKILL)[self.stops % 2])
                time.sleep(DOWN)
                cluster.restart()
                self.stops += 1


def storm(cluster: Cluster, folder: Path, variant: str, releases: int) -> tuple[Given, list[str], Ledger]:
    """Ask through all the stops; return what was acknowledged, whose share was wrong, and the log afterwards."""
    url, so_far = cluster.url(cluster.create()), Stops()

    def work(asker: Asker) -> Iterator[tuple[str, Answer]]:
        for number in count():
            if number >= releases // CLIENTS and so_far.stops >= STOPS:
                return
            name = f"{asker.report}-{number:06}"
            yield name, load.persist(asker, name)
            so_far.told += 1

    with serving(folder, variant, workers=4, database=url) as server, server.askers(CLIENTS) as askers:
        before, workers = time.monotonic(), server.workers()
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(load.together, askers, work)
            so_far.go_on(cluster, releases // (STOPS + 1), asked)
            acknowledged = dict(asked.result())
        seconds = time.monotonic() - before
        assert server.workers() == workers, "no process of ours was started anew"
    left = ledger.read_postgresql(url)
    unlogged = len(acknowledged.keys() - left.released.keys())
    print(
        f"\n{variant or 'ours'}: {so_far.stops} hard stops; {len(acknowledged)} releases acknowledged in "
        f"{seconds:.0f} s, {unlogged} of them lost, {left.twice} logged twice; {left.released.total()} logged"
    )
    return acknowledged, load.wrong_shares(askers, acknowledged), left


def test_released_is_logged_and_logged_is_released(cluster: Cluster, tmp_path: Path) -> None:
    acknowledged, wrong, left = storm(cluster, tmp_path, "", RELEASES)
    assert len(acknowledged) >= RELEASES and wrong == []
    assert acknowledged.keys() == left.released.keys()
    assert left.sound, (left.integrity, len(left.numbers))


def test_control_a_server_that_answers_first_is_caught(cluster: Cluster, tmp_path: Path) -> None:
    acknowledged, _, left = storm(cluster, tmp_path, "answers_first", OF_CONTROL)
    assert acknowledged.keys() - left.released.keys()
