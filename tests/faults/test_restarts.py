"""Portal, key server and file host are killed (-9) and started again while people send and open: nobody notices.

A person's action is a whole command: `safelight send`, or `safelight open`. Whoever is told that a server cannot be
reached gives the command again. What is lost and what is there twice is counted report by report: at the portal, in
the key server's log and at the file host.
"""

import itertools
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest
import requests
from flask import Flask

from sealed.errors import BadProof
from tests.conftest import Installation, wait_until
from tests.faults import deliveries, ledger, load, memory, roles
from tests.faults.broken_roles import KEEP
from tests.faults.roles import Apart, Role
from viewer.config import ROLES
from viewer.demo.inbox import Inbox, Running
from viewer.sender import client as client_module
from viewer.sender.client import Client, ClientError, NoAnswer
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
    given_again: int = 0

    def deliver(self, tries: int) -> None:
        """Send a report, and open it."""
        report = deliveries.make(self.folder)
        try:
            sent = self.again(lambda: send(self.sender, [report.path], report.letter, lambda *step: None), tries)
            link, numbers = read_link(sent.link), itertools.count()
            assert link

            def open_it() -> bytes:
                folder = self.folder / f"{sent.report}-{next(numbers)}"
                open_link(self.reader, link, lambda: None, folder, lambda *step: None)
                return (folder / "photos" / "001.jpg").read_bytes()

            if self.again(open_it, tries) == report.photo:
                self.opened[sent.report] += 1
        except (ClientError, BadProof) as error:
            self.failed.append(str(error))
            time.sleep(1)  # as a person does

    def is_stored(self, report: str) -> bool:
        """Ask the file host whether it has a report's file."""
        url = f"{self.reader.ask('GET', f'/api/reports/{report}')['file_host']}/v1/blobs/{report}"
        headers = self.reader.authorization("GET", url, report, "blob:get") | {"Range": "bytes=0-0"}
        return requests.get(url, headers=headers, timeout=30).status_code == 206

    def again(self, action: Callable[[], T], tries: int) -> T:
        """Give a command until it gets through, `tries` times at most."""
        for _ in range(tries - 1):
            try:
                return action()
            except NoAnswer:
                self.given_again += 1
                time.sleep(1)
        return action()


@dataclass
class Found:
    """What there was in the end: actions that failed; reports and releases that are lost, or there twice."""

    actions: int = 0
    given_again: int = 0
    failed: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        done = f"{self.actions} actions done, {self.given_again} commands given again, {len(self.failed)} failed"
        return f"{done}, {len(self.lost)} lost, {len(self.twice)} twice"

    def look(self, one: Pair, released: Counter[str]) -> None:
        """Compare what a pair has done with what the three servers know of it."""
        kept = {report["id"] for report in one.sender.ask("GET", "/api/reports")["reports"]}
        self.actions += 2 * one.opened.total()
        self.given_again += one.given_again
        self.failed += one.failed
        for report, times in one.opened.items():
            if report not in kept or released[report] < times or not one.is_stored(report):
                self.lost.add(report)
            if released[report] > times:
                self.twice.add(report)
        self.twice |= kept - one.opened.keys()


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    """Three servers of this test's own."""
    inbox = Inbox()
    gateways = Running(inbox, Flask("inbox"))
    try:
        yield from roles.running(tmp_path, inbox, gateways)
    finally:
        gateways.stop()


def break_(apart: Apart, broken: dict[str, str]) -> None:
    """Start some servers anew, broken as broken_roles.py knows it."""
    for name, ways in broken.items():
        more = {"GUNICORN_CMD_ARGS": "--config python:tests.faults.broken_roles", "FAULTS_BROKEN": ways}
        role = apart.roles[name]
        apart.roles[name] = kill_and_start(replace(role, told=role.told | more))


def kill_and_start(role: Role) -> Role:
    """End all processes of a server at once, in the middle of whatever they do; start it anew where it was."""
    for process in memory.processes(role.process.pid):
        with suppress(ProcessLookupError):  # it was about to end by itself
            os.kill(process, signal.SIGKILL)
    role.process.wait(60)
    begun = roles.start(role.folder, role.port, role.told)
    wait_until(lambda: roles.reachable(f"http://127.0.0.1:{role.port}"), begun, seconds=180)
    return replace(role, process=begun)


def brought_to_the_disk(apart: Apart) -> None:
    """Wait until a server that forgets has brought all to the disk."""
    for role in apart.roles.values():
        if "forgets" in role.told.get("FAULTS_BROKEN", ""):
            (role.data / KEEP).touch()
            wait_until(lambda asked=role.data / KEEP: not asked.exists(), role.process)


@dataclass(frozen=True)
class Plan:
    """Who is killed, one after the other; which servers are broken, and how; how many people do how much."""

    killed: Sequence[str] = ()
    broken: dict[str, str] = field(default_factory=dict)
    pairs: int = PAIRS
    tries: int = PATIENCE
    actions: int = ACTIONS


def storm(apart: Apart, folder: Path, plan: Plan) -> Found:
    """Let people send and open while one server after the other is killed and started again; count what there is."""
    people = [pair(apart.portal, folder / str(number), number) for number in range(plan.pairs)]
    break_(apart, plan.broken)
    over = threading.Event()

    def work(pair: Pair) -> None:
        for number in itertools.count():
            if over.is_set() and number >= plan.actions:
                return
            pair.deliver(plan.tries)

    def done() -> int:
        return sum(one.opened.total() + len(one.failed) for one in people)

    with ThreadPoolExecutor(plan.pairs) as pool:
        working = [pool.submit(work, pair) for pair in people]
        try:
            for name in plan.killed:
                time.sleep(BETWEEN)
                before = done()
                wait_until(lambda before=before: done() > before, apart.roles[name].process)
                apart.roles[name] = kill_and_start(apart.roles[name])
        finally:
            over.set()
        for one in working:
            one.result()
    brought_to_the_disk(apart)
    found = look(apart, people, folder)
    print(f"\n{len(plan.killed)} servers killed and started; {found}")
    return found


def look(apart: Apart, people: list[Pair], folder: Path) -> Found:
    """Compare what people have done with what the three servers know of it."""
    role, found = apart.roles["keyserver"], Found()
    log = ledger.of_server(role.settings.databases.get("keyserver", ""), role.data, folder / "copy")
    for one in people:
        found.look(one, log.reports)
    return found


def pair(portal: Installation, folder: Path, number: int) -> Pair:
    folder.mkdir(parents=True)
    # All reports go to the recipient of deliveries.py: each pair has a program of its own for that person.
    sender = portal.client(f"sender{number}@example.org", folder, invited=True)
    portal.clients.pop(deliveries.RECIPIENT, None)
    return Pair(sender, portal.client(deliveries.RECIPIENT, folder), folder)


def test_nothing_fails_nothing_is_lost_and_nothing_is_twice(apart: Apart, tmp_path: Path) -> None:
    found = storm(apart, tmp_path / "people", Plan([*itertools.islice(itertools.cycle(ROLES), KILLS)]))
    assert found.actions and (found.failed, found.lost, found.twice) == ([], set(), set())


def test_who_dies_between_commit_and_answer_loses_nothing(apart: Apart, tmp_path: Path) -> None:
    found = storm(apart, tmp_path / "people", Plan(broken=dict.fromkeys(ROLES, "dies")))
    assert found.actions and (found.failed, found.lost, found.twice) == ([], set(), set())


def test_control_people_who_ask_once_only_fail(apart: Apart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_PAUSES", ())
    assert storm(apart, tmp_path / "people", Plan(["keyserver"], tries=1, actions=1)).failed


@pytest.mark.sqlite
@pytest.mark.parametrize("role", ROLES)
def test_control_who_answers_before_it_is_on_the_disk_is_caught(
    apart: Apart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setattr(client_module, "_PAUSES", (1,) * 10)  # what is lost is not waited for
    assert storm(apart, tmp_path / "people", Plan([role], {role: "forgets"}, pairs=1, tries=1, actions=1)).lost


@pytest.mark.parametrize("role", ROLES)
def test_control_who_takes_a_second_try_for_another_request_is_caught(apart: Apart, tmp_path: Path, role: str) -> None:
    found = storm(apart, tmp_path / "people", Plan(broken={role: "dies repeats"}, pairs=1, tries=1, actions=6))
    # The file host knows a file by its id: what is there twice elsewhere is refused by it.
    assert found.failed if role == "filehost" else found.twice
