"""The power goes: at whatever moment, every release that was acknowledged before is in the log that is left."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from tests.faults import ledger, load
from tests.faults.disk import CALLS, STRACE, Call, Disk, calls
from tests.faults.server import serving

# What PostgreSQL's disk may hold is PostgreSQL's to know: test_postgresql.py takes the server away instead.
pytestmark = pytest.mark.sqlite
CUTS, OF_CONTROL = load.size(100, 1_000), 100
RELEASES = load.size(200, 600)
CLIENTS = 4
CHANCES = (0.0, 0.3, 0.7, 1.0)  # that a sector is written which no sync has made safe


@dataclass
class Found:
    """What the cuts left: how often an acknowledged release was gone or the database not sound, and the most gone."""

    cuts: int = 0
    losing: int = 0
    unsound: int = 0
    most_lost: int = 0


def traced(folder: Path, variant: str) -> tuple[list[Call], dict[bytes, str]]:
    """Serve releases under strace; return the calls, and the idempotency keys by the bytes of their answers."""
    trace = folder / "trace"
    under = (*STRACE, "-e", CALLS, "-o", str(trace))
    with serving(folder, variant, under=under) as server, server.askers(CLIENTS) as askers:
        given = load.each(askers, "release", RELEASES)
        assert load.wrong_shares(askers, given) == []
    seen = list(calls(trace))
    trace.unlink()  # some hundred megabytes
    return seen, {answer.body: name for name, answer in given.items()}


def cut(folder: Path, cuts: int, seen: list[Call], answers: dict[bytes, str]) -> Found:
    """Cut the power at so many moments between the first acknowledgement and the end, and look at each disk."""
    dice = random.Random(4)
    sent = [(at, name) for at, call in enumerate(seen) for name in acknowledged(call, answers)]
    assert len(sent) == len(answers), "every answer is in the trace"
    moments = sorted(dice.sample(range(sent[0][0] + 1, len(seen)), cuts))
    disk, chances, found, place = Disk({ledger.NAME, f"{ledger.NAME}-wal"}), cycle(CHANCES), Found(), 0
    for moment in moments:
        for call in seen[place:moment]:
            disk.see(call)
        place = moment
        told = {name for at, name in sent if at < moment}
        look(folder / "disk", disk.after_cut(next(chances), dice), told, found)
    return found


def acknowledged(call: Call, answers: dict[bytes, str]) -> Iterator[str]:
    """The release that a call begins to acknowledge, if it does."""
    body = call.data if call.data in answers else call.data.partition(b"\r\n\r\n")[2]
    if call.name == "sendto" and body in answers:
        yield answers[body]


def look(folder: Path, image: dict[str, bytes], told: set[str], found: Found) -> None:
    """Open a disk's database as the key server would, and count what is wrong with it."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    found.cuts += 1
    try:
        left = ledger.read(folder / ledger.NAME)
    except sqlite3.DatabaseError:
        found.unsound += 1
        return
    lost = len(told - left.released.keys())
    found.unsound += not left.sound
    found.losing += lost > 0
    found.most_lost = max(found.most_lost, lost)


def cuts_of(folder: Path, variant: str, cuts: int) -> Found:
    seen, answers = traced(folder, variant)
    found = cut(folder, cuts, seen, answers)
    print(
        f"\n{variant or 'ours'}: {len(answers)} releases acknowledged, {found.cuts} power cuts; {found.losing} of them "
        f"lost releases, {found.most_lost} at most, and {found.unsound} left a log that is not sound"
    )
    return found


def test_no_power_cut_loses_what_was_acknowledged(tmp_path: Path) -> None:
    assert cuts_of(tmp_path, "", CUTS) == Found(cuts=CUTS)


def test_control_a_server_that_does_not_sync_is_caught(tmp_path: Path) -> None:
    found = cuts_of(tmp_path, "does_not_sync", OF_CONTROL)
    assert found.losing > 0 and found.unsound == 0
