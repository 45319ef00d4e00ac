"""Three servers apart, and two hundred deliveries through them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import RECIPIENT, SENDER
from tests.faults import deliveries, load, roles
from tests.faults.roles import Apart
from tests.faults.search import Needle
from viewer.demo.inbox import Inbox, Running
from viewer.sender.client import Client

DELIVERIES = 200


@pytest.fixture(scope="session")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    """Portal, key server and file host, each alone under a gunicorn of two workers."""
    inbox = Inbox()
    gateways = Running(inbox, Flask("inbox"))
    try:
        yield from roles.running(tmp_path_factory.mktemp("apart"), inbox, gateways)
    finally:
        gateways.stop()


@pytest.fixture(scope="session")
def sender(apart: Apart, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return apart.portal.client(SENDER, tmp_path_factory.mktemp("sender"), invited=True)


@pytest.fixture(scope="session")
def delivered(apart: Apart, sender: Client, tmp_path_factory: pytest.TempPathFactory) -> tuple[Needle, ...]:
    """What must be found nowhere, after reports have been sent and opened."""
    folder: Path = tmp_path_factory.mktemp("photos")
    reader = apart.portal.client(RECIPIENT, tmp_path_factory.mktemp("reader"))
    reports = (deliveries.make(folder) for _ in range(DELIVERIES))
    return tuple(needle for report in reports for needle in deliveries.deliver(sender, reader, report))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After the long form, tell what each test has counted."""
    if not load.LONG:
        return
    terminalreporter.section("counted")
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        if isinstance(report, pytest.TestReport) and (counted := report.capstdout.strip()):
            terminalreporter.write_line(f"{report.location[2].removeprefix('test_').replace('_', ' ')}\n    {counted}")
