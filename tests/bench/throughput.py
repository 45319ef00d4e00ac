"""Releases per second, against a bare route that commits a row; and on a disk whose commits take 2 ms longer."""

import os
import sqlite3
import statistics
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults.asker import Asker
from tests.faults.server import issuing

from .bare_commit import commit, connect
from .crowd import Tally, ask
from .figure import RUNS, Figure
from .key_servers import Size, bare_server, key_server, requests

LEAST, LEAST_TOGETHER = 0.5, 5.0
_SLOWER = 0.002  # seconds
_COUNT = 1000  # requests in a run
_COMMITS = 200
_MANY = Size(workers=4, threads=32, commit=_SLOWER)


def measure(folder: Path) -> list[Figure]:
    """Ask for releases by as many clients at once as the server has threads, each on a connection that it keeps."""
    with issuing() as issuer:
        with key_server(folder / "key server", issuer) as askers, bare_server(folder / "bare") as port:
            size = Size()
            ours, bare = _in_turn(askers, port, size.workers * size.threads)
        with key_server(folder / "slow", issuer, _MANY) as askers:
            slow = _runs(askers, _MANY.workers * _MANY.threads)
    plain = _plain_commit(folder / "plain.sqlite")
    one = 1 / (_SLOWER + plain)
    client = statistics.median(tally.processor / tally.seconds for tally in (*ours, *bare))
    return [
        Figure("releases, 4 workers", _rate(ours) / _rate(bare), "x bare route, one row", least=LEAST,
               note=f"per second {_rate(ours):.0f}, bare {_rate(bare):.0f}; their client, on the same "
               f"{os.cpu_count()} processors, took {client:.0%} of one"),
        Figure("the same, each commit 2 ms slower", _rate(slow) / one, "x one commit at a time", least=LEAST_TOGETHER,
               note=f"per second {_rate(slow):.0f}, by {_MANY.workers} workers of {_MANY.threads} threads; one at a "
               f"time {one:.0f}, as a plain commit takes {plain * 1e3:.2f} ms"),
    ]  # fmt: skip


def _in_turn(askers: list[Asker], bare: int, clients: int) -> tuple[list[Tally], list[Tally]]:
    """Send the very same requests to both."""
    ours: list[Tally] = []
    theirs: list[Tally] = []
    for _ in range(RUNS + 1):
        made = requests(askers, _COUNT)
        theirs.append(ask(bare, made, clients))
        ours.append(ask(_port(askers), made, clients))
    return ours[1:], theirs[1:]  # in the first run, servers warm up


def _runs(askers: list[Asker], clients: int) -> list[Tally]:
    return [ask(_port(askers), requests(askers, _COUNT), clients) for _ in range(RUNS + 1)][1:]


def _rate(tallies: list[Tally]) -> float:
    return statistics.median(tally.rate for tally in tallies)


def _port(askers: list[Asker]) -> int:
    return urlsplit(askers[0].url).port or 0


def _plain_commit(path: Path) -> float:
    """Return the seconds (median) that a commit of one row takes where nobody else writes."""
    took = []
    connection: sqlite3.Connection = connect(path)
    for number in range(_COMMITS):
        begin = time.perf_counter()
        commit(connection, (str(number), "", b""))
        took.append(time.perf_counter() - begin)
    connection.close()
    return statistics.median(took)
