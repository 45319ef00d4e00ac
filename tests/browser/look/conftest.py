"""A reader at a desk or with a phone, and what was sent to them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.look import views
from tests.browser.steps import cookies_of
from tests.conftest import Installation
from viewer.sender.sending import Sent

DAYS = ("2026-05-03", "2026-05-20", "2026-05-20")


@pytest.fixture(scope="module")
def signed_in(installation: Installation, chromium: Browser) -> Any:
    """The reader's cookies."""
    return cookies_of(views.READER, installation, chromium)


@pytest.fixture(scope="module")
def three(installation: Installation, people: Path, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """Three photos of two days; the youngest first."""
    folder = tmp_path_factory.mktemp("three")
    return views.give(installation, people, [views.write(folder, day, n * 9) for n, day in enumerate(DAYS)][::-1])


@pytest.fixture(params=[(360, 740), (1440, 900)], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, chromium: Browser, signed_in: Any) -> Iterator[Page]:
    """The reader's screen, which complains of nothing."""
    width, height = request.param
    yield from screen(chromium, signed_in, width, height)


@pytest.fixture
def desk(chromium: Browser, signed_in: Any) -> Iterator[Page]:
    """The reader's large screen, which complains of nothing."""
    yield from screen(chromium, signed_in, 1440, 900)


def screen(chromium: Browser, signed_in: Any, width: int, height: int) -> Iterator[Page]:
    viewport: Any = {"width": width, "height": height}
    complaints: list[str] = []
    with closing(chromium.new_context(viewport=viewport, storage_state=signed_in)) as context:
        made = context.new_page()
        made.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        made.on("pageerror", lambda error: complaints.append(str(error)))
        yield made
        assert complaints == []
