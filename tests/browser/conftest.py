"""A real Chromium for the tests, and what it must never do."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.browser.line import Line
from tests.conftest import Installation, free_port, installed


@dataclass
class Watched:
    """A page, and all it asked for and complained of."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@contextmanager
def browsing(chromium: Browser, cookies: Any = None) -> Iterator[Watched]:
    """A browser profile on a phone-sized screen: a fresh one, or one in which somebody is signed in."""
    with closing(chromium.new_context(viewport={"width": 360, "height": 740}, storage_state=cookies)) as context:
        seen = Watched(context.new_page())
        context.on("request", lambda request: seen.requests.append(request))
        seen.page.on("console", seen.hear)
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        yield seen


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    """A fresh browser profile."""
    with browsing(chromium) as seen:
        yield seen


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """A line that tests hold, cut and mend."""
    made = Line(free_port())
    yield made
    made.close()


@pytest.fixture(scope="module")
def far(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation at the other end of the line."""
    folder = tmp_path_factory.mktemp("far")
    with installed(folder, line.target, f"http://localhost:{line.port}") as running:
        yield running
