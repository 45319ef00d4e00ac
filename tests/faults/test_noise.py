"""Strangers' noise: whatever they send, they are turned away, and the disk is as full afterwards as before."""

import random
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.databases import dump
from tests.faults import load
from tests.faults.asker import Asker
from tests.faults.ledger import Ledger
from tests.faults.search import Needle, Search
from tests.faults.server import KeyServer, serving

REQUESTS = load.size(1_000, 10_000)
CLIENTS = 8
BYTES = 2_000  # that the operational log may grow by, however many there are


@dataclass(frozen=True)
class Traces:
    """What the noise left behind: the answers' statuses, bytes in database and log, and what of it the log quotes."""

    statuses: set[int]
    database: int
    logged: int
    quoted: set[tuple[str, str]]
    before: Ledger
    after: Ledger


def noise(server: KeyServer, requests: int) -> Traces:
    """Send requests without a good pass, and compare what is there with what was there."""
    with server.askers(CLIENTS) as askers:
        load.each(askers, "release", 2 * CLIENTS)
        before, size, length = server.ledger(), stored(server), server.log.stat().st_size
        sent = load.together(askers, lambda asker: islice(knocks(asker), requests // CLIENTS))
        search = Search(
            Needle(f"pass {at}", said.encode())
            for at, (said, _) in enumerate(random.sample(sent, 40))
            if len(said) > 15
        )
    added = server.log.read_bytes()[length:]
    statuses, grown = {status for _, status in sent}, stored(server) - size
    print(f"\n{len(sent)} requests answered {statuses}; database {grown:+} bytes, log {len(added):+}")
    return Traces(statuses, grown, len(added), search.find(added), before, server.ledger())


def knocks(asker: Asker) -> Iterator[tuple[str, int]]:
    """Try one bad pass after the other, and a bad proof; yield the passes that were sent, and the answers' statuses."""
    for number in count():
        for said in asker.bad_passes():
            yield said, asker.ask(f"{asker.report}-{number:06}", said).status
        yield "", asker.knock()


def stored(server: KeyServer) -> int:
    """The bytes of all that the server keeps. In SQLite, the index of the write-ahead log is memory, not storage."""
    if server.database:
        return len(dump(server.database))
    return sum(file.stat().st_size for file in server.data.iterdir() if not file.name.endswith("-shm"))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyServer]:
    with serving(tmp_path_factory.mktemp("ours")) as server:
        yield server


def test_strangers_fill_neither_database_nor_log(ours: KeyServer) -> None:
    left = noise(ours, REQUESTS)
    assert left.statuses == {401}
    assert left.before == left.after and left.database == 0
    assert left.logged <= BYTES and left.quoted == set()


def test_control_a_server_that_keeps_and_tells_is_caught(tmp_path: Path) -> None:
    with serving(tmp_path, "talks") as server:
        left = noise(server, 200)
    assert left.database > 0 and left.logged > BYTES and left.quoted


def test_what_is_not_even_a_request_does_not_fill_the_log(ours: KeyServer) -> None:
    marks, before = [f"secret{number:026}" for number in range(REQUESTS // 5)], ours.log.stat().st_size
    for mark in marks:
        assert b" 400 " in raw(ours, f"GET /{mark} of nonsense HTTP/9.9\r\n\r\n".encode())
    added = ours.log.read_bytes()[before:]
    print(f"\n{len(marks)} requests that are none; log {len(added):+} bytes")
    assert Search(Needle(mark, mark.encode()) for mark in marks[::50]).find(added) == set()
    assert len(added) <= BYTES


def raw(server: KeyServer, data: bytes) -> bytes:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as line:
        line.sendall(data)
        return line.recv(1000)
