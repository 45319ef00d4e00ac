"""A real Chromium for the tests, and what it must never do."""

from collections.abc import Iterator
from dataclasses import dataclass, field

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


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    """A fresh browser profile on a phone-sized screen."""
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    seen = Watched(page)
    context.on("request", lambda request: seen.requests.append(request))
    page.on("console", seen.hear)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    yield seen
    context.close()


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
