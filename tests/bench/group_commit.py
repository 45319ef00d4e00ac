"""What the log, one sequence under one lock, lets through on a disk whose commits take 2 ms longer.

Measured is a release's transaction, all that is done under the lock, by as many threads of one process as wait in a
busy key server. What a release does beside it (HTTP, pass, proof, HPKE) any number of processors can do at once.
"""

import secrets
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tests import inprocess
from tests.shares import PAIR
from viewer import clock
from viewer.database import Database
from viewer.keyserver import keys, policy_form
from viewer.keyserver.answer import Asked
from viewer.keyserver.commits import MOST, Commits
from viewer.keyserver.release import release
from viewer.keyserver.server import KeyServer
from viewer.passes import Contact, Pass
from viewer.proofs import Proof

from .bare_commit import commit, connect
from .figure import RUNS, Figure
from .slow_disk import slow
from .throughput import SLOWER

LEAST = 5.0
_TOGETHER = MOST  # threads: half of them wait while the other half is written
_COUNT = 2000  # releases in a run
_COMMITS = 100  # by which a plain one is measured
_OBSERVED = (("address", "203.0.113.7"), ("user_agent", "Mozilla/5.0 (X11; Linux x86_64)"))
_OWNER = Pass(inprocess.PORTAL, "OWNER", "key:create", inprocess.REPORT, (), "", "code", observed=_OBSERVED)
_READER = replace(_OWNER, account="READER", scope="key:release", contacts=(Contact("registrar@example.org", 1),))


class _Kept(Commits):
    """Keeps what a release has to write, instead of writing it."""

    def __init__(self) -> None:
        self.works: list[Callable[[Session], Any]] = []

    def run(self, work: Callable[[Session], Any]) -> Any:
        self.works.append(work)
        raise InterruptedError


def measure(folder: Path) -> list[Figure]:
    """Let releases be written together, and compare with the time that one commit takes by itself."""
    settings = inprocess.settings(folder / "log")
    Database(settings, "keyserver").migrate()
    here = KeyServer.of(settings)
    _make_key(here)
    slow(here.database.engine, SLOWER)
    together = statistics.median(_rate(here) for _ in range(RUNS))
    plain = _plain_commit(folder / "plain.sqlite")
    one = 1 / (SLOWER + plain)
    note = (
        f"per second {together:.0f}, by {_TOGETHER} threads of one process; one at a time {one:.0f}, as a plain commit "
        f"takes {plain * 1e3:.2f} ms"
    )
    name = f"log, commits {SLOWER * 1e3:.0f} ms slower"
    return [Figure(name, together / one, "x one commit at a time", least=LEAST, note=note)]


def _make_key(here: KeyServer) -> None:
    body = {"recipients": [_READER.contacts[0].value], "not_after": clock.text(clock.now() + 86_400)}
    keys.create(here, _OWNER, policy_form.read(body, must_name=True), _asked("create"))
    keys.register_file(here, _OWNER, "ab" * 32, 7)


def _asked(action: str) -> Asked:
    return Asked(action, secrets.token_urlsafe(18), PAIR.public, 0, 0)


def _rate(here: KeyServer) -> float:
    """Return how many releases a second are written."""
    kept = _Kept()
    for _ in range(_COUNT):
        with suppress(InterruptedError):
            proof = Proof("", secrets.token_urlsafe(18), clock.now(), b"")
            release(replace(here, commits=kept), _READER, proof, _asked("release"))
    with ThreadPoolExecutor(_TOGETHER) as pool:
        begin = time.perf_counter()
        done = pool.map(
            lambda first: [here.commits.run(work) for work in kept.works[first::_TOGETHER]], range(_TOGETHER)
        )
        written = list(chain.from_iterable(done))
        seconds = time.perf_counter() - begin
    if len(written) != _COUNT or not all(entry and refusal is None for _, entry, refusal in written):
        raise RuntimeError("a release was refused")
    return _COUNT / seconds


def _plain_commit(path: Path) -> float:
    """Return the seconds (median) that a commit of one row takes where nobody else writes."""
    took = []
    connection = connect(path)
    for number in range(_COMMITS):
        begin = time.perf_counter()
        commit(connection, (str(number), "", b""))
        took.append(time.perf_counter() - begin)
    connection.close()
    return statistics.median(took)
