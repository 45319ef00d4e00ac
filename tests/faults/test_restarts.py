"""Portal, key server and file host are killed (-9) and started again while people send and open: nobody notices.

A person's action is a whole command: `safelight send`, or `safelight open`. Whoever is told that a server cannot be
reached gives the command again.
"""

import itertools
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask

from tests.conftest import Installation, wait_until
from tests.faults import deliveries, ledger, load, memory, roles
from tests.faults.roles import Apart, Role
from viewer.config import ROLES
from viewer.demo.inbox import Inbox, Running
from viewer.sender import client as client_module
from viewer.sender.client import Client, NoAnswer
from viewer.sender.opening import open_link, read_link
from viewer.sender.sending import send

KILLS = load.size(3, 15)  # in turn: each of the three at least once
ACTIONS = load.size(4, 40)  # at least, of each pair of people
PAIRS = 3
BETWEEN = 3  # seconds for which a server that is back is left alone
PATIENCE = 20  # times that a person gives one command
T = TypeVar("T")


@dataclass
class Pair:
    """Two people, and what became of what they did: reports by id, how often they were opened, and failures."""

    sender: Client
    reader: Client
    folder: Path
    opened: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def deliver(self, tries: int) -> None:
        """Send a report, and open it."""
        report = deliveries.make(self.folder)
        try:
            sent = again(lambda: send(self.sender, [report.path], report.letter, lambda step, done, total: None), tries)
            link, numbers = read_link(sent.link), itertools.count()
            assert link

            def open_it() -> bytes:
                folder = self.folder / f"{sent.report}-{next(numbers)}"
                open_link(self.reader, link, lambda: None, folder, lambda step, done, total: None)
                return (folder / "photos" / "001.jpg").read_bytes()

            if again(open_it, tries) == report.photo:
                self.opened[sent.report] += 1
        except NoAnswer as error:
            self.failed.append(error.error)


def again(action: Callable[[], T], tries: int) -> T:
    for _ in range(tries - 1):
        try:
            return action()
        except NoAnswer:
            time.sleep(1)
    return action()


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    """Three servers of this test's own."""
    inbox = Inbox()
    gateways = Running(inbox, Flask("inbox"))
    try:
        yield from roles.running(tmp_path, inbox, gateways)
    finally:
        gateways.stop()


def kill_and_start(role: Role) -> Role:
    """End all processes of a server at once, in the middle of whatever they do; start it anew where it was."""
    variables = Path(f"/proc/{role.process.pid}/environ").read_bytes().decode().split("\0")
    told = dict(one.split("=", 1) for one in variables if one.startswith("SAFELIGHT_"))
    for process in memory.processes(role.process.pid):
        os.kill(process, signal.SIGKILL)
    role.process.wait(60)
    begun = roles.start(role.folder, role.port, told)
    wait_until(lambda: roles.reachable(f"http://127.0.0.1:{role.port}"), begun, seconds=180)
    return replace(role, process=begun)


def storm(apart: Apart, folder: Path, tries: int) -> list[Pair]:
    """Let people send and open while one server after the other is killed and started again."""
    pairs = [pair(apart.portal, folder / str(number), number) for number in range(PAIRS)]
    over = threading.Event()

    def work(pair: Pair) -> None:
        for number in itertools.count():
            if over.is_set() and number >= ACTIONS:
                return
            pair.deliver(tries)

    with ThreadPoolExecutor(PAIRS) as pool:
        working = [pool.submit(work, pair) for pair in pairs]
        try:
            for name in itertools.islice(itertools.cycle(ROLES), KILLS):
                time.sleep(BETWEEN)
                apart.roles[name] = kill_and_start(apart.roles[name])
        finally:
            over.set()
        for one in working:
            one.result()
    return pairs


def pair(portal: Installation, folder: Path, number: int) -> Pair:
    folder.mkdir(parents=True)
    # All reports go to the recipient of deliveries.py: each pair has a program of its own for that person.
    sender = portal.client(f"sender{number}@example.org", folder, invited=True)
    portal.clients.pop(deliveries.RECIPIENT, None)
    return Pair(sender, portal.client(deliveries.RECIPIENT, folder), folder)


def test_nothing_fails_nothing_is_lost_and_nothing_is_twice(apart: Apart, tmp_path: Path) -> None:
    pairs = storm(apart, tmp_path / "people", PATIENCE)
    log = ledger.read_copy(apart.roles["keyserver"].data, tmp_path / "copy")
    for one in pairs:
        kept = {report["id"] for report in one.sender.ask("GET", "/api/reports")["reports"]}
        assert one.failed == [] and kept == set(one.opened) and set(one.opened.values()) == {1}
    actions = 2 * sum(one.opened.total() for one in pairs)
    print(f"\n{KILLS} servers killed and started; {actions} actions done, 0 failed; {log.released.total()} releases")
    assert log.sound and log.released.total() == sum(one.opened.total() for one in pairs)


def test_control_people_who_ask_once_only_fail(apart: Apart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_PAUSES", ())
    assert [one for one in storm(apart, tmp_path / "people", 1) if one.failed]
