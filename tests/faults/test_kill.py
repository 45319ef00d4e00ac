"""Workers are killed (-9) all the time: what has been released is logged, once, and nothing else is."""

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.faults import load
from tests.faults.asker import Answer, Asker
from tests.faults.ledger import Ledger
from tests.faults.load import Given
from tests.faults.server import KeyServer, serving

RELEASES, OF_CONTROL = load.size(320, 10_000), 320  # at least
KILLS = load.size(16, 20)  # at least
EVERY, BETWEEN = 0.25, 10  # seconds, and acknowledged releases, between two kills: a busy machine gets on too
CLIENTS = 8


@dataclass
class Killer:
    """Kills a worker, any of them, again and again; `told` is how many releases have been acknowledged."""

    server: KeyServer
    told: int = 0
    kills: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.over.wait(EVERY):
            if self.told >= (self.kills + 1) * BETWEEN and (workers := self.server.workers()):
                os.kill(random.choice(workers), signal.SIGKILL)
                self.kills += 1


@contextmanager
def killing(server: KeyServer) -> Iterator[Killer]:
    killer = Killer(server)
    thread = threading.Thread(target=killer.run)
    thread.start()
    try:
        yield killer
    finally:
        killer.over.set()
        thread.join()


def storm(folder: Path, variant: str, releases: int, workers: int = 4) -> tuple[Given, list[str], Ledger]:
    """Ask through all the kills; return what was acknowledged, whose share was wrong, and the log afterwards."""
    with (
        serving(folder, variant, workers=workers) as server,
        server.askers(CLIENTS) as askers,
        killing(server) as killer,
    ):

        def work(asker: Asker) -> Iterator[tuple[str, Answer]]:
            for number in count():
                if number >= releases // CLIENTS and killer.kills >= KILLS:
                    return
                name = f"{asker.report}-{number:06}"
                yield name, load.persist(asker, name)
                killer.told += 1

        acknowledged = dict(load.together(askers, work))
    left = server.ledger()
    unlogged = len(acknowledged.keys() - left.released.keys())
    print(
        f"\n{variant or 'ours'}: {killer.kills} workers killed; {len(acknowledged)} releases acknowledged, "
        f"{unlogged} of them lost, {left.twice} logged twice; {left.released.total()} logged"
    )
    return acknowledged, load.wrong_shares(askers, acknowledged), left


def test_released_is_logged_and_logged_is_released(tmp_path: Path) -> None:
    acknowledged, wrong, left = storm(tmp_path, "", RELEASES)
    assert len(acknowledged) >= RELEASES and wrong == []
    assert acknowledged.keys() == left.released.keys()
    assert left.sound, (left.integrity, len(left.numbers))


def test_control_a_server_that_answers_first_is_caught(tmp_path: Path) -> None:
    acknowledged, _, left = storm(tmp_path, "answers_first", OF_CONTROL, workers=1)  # each kill hits who has answered
    assert acknowledged.keys() - left.released.keys()
