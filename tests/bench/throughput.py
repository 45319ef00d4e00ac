"""Releases per second, against a bare route that commits a row through the same Database.

A bare route by sqlite3 alone, without our Database's line of writers, is measured beside it, for the note.
"""

import os
import statistics
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.faults.server import issuing

from .crowd import Tally, ask
from .figure import RUNS, Figure
from .key_servers import BARE, BARE_SQLITE3, OURS, OURS_SLOWER, THREADS, WORKERS, requests, serving

LEAST = 0.5
SLOWER = 0.002  # seconds
_COUNT = 1000  # requests in a run
_SERVERS = {"ours": OURS, "bare": BARE, "sqlite3": BARE_SQLITE3, "slower": OURS_SLOWER}


def measure(folder: Path) -> list[Figure]:
    """Send the same requests to the bare routes and to us, in turn; to another key server, whose disk is slower, alike.

    The requests are made before; one process sends them, each of its connections the next when it has its answer.
    """
    with issuing() as issuer, ExitStack() as stack:
        enter = stack.enter_context
        servers = {name: enter(serving(app, folder / name, issuer, commit=SLOWER)) for name, app in _SERVERS.items()}
        askers = {name: enter(servers[name].askers(issuer)) for name in ("ours", "slower")}
        tallies: dict[str, list[Tally]] = {name: [] for name in servers}
        for _ in range(RUNS + 1):
            for name, server in servers.items():
                made = requests(askers["slower" if name == "slower" else "ours"], _COUNT)
                tallies[name].append(ask(server.port, made, WORKERS * THREADS))
    rate = {name: _median(runs, lambda tally: tally.rate) for name, runs in tallies.items()}
    client = {
        name: f"{_median(runs, lambda tally: tally.processor / tally.seconds):.0%}" for name, runs in tallies.items()
    }
    note = (
        f"per second {rate['ours']:.0f}, bare {rate['bare']:.0f}, by sqlite3 alone {rate['sqlite3']:.0f} "
        f"(of which ours is {rate['ours'] / rate['sqlite3']:.2f}); with "
        f"commits {SLOWER * 1e3:.0f} ms slower {rate['slower']:.0f}. Their client shares the {os.cpu_count()} "
        f"processors and takes {client['ours']} of one, with the bare ones {client['bare']} and {client['sqlite3']}"
    )
    return [
        Figure(
            "releases, 4 workers", rate["ours"] / rate["bare"], "x bare route by our Database", least=LEAST, note=note
        )
    ]


def _median(runs: list[Tally], what: Callable[[Tally], float]) -> float:
    return statistics.median(what(tally) for tally in runs[1:])  # in the first, servers warm up
