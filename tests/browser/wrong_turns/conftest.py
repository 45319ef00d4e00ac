"""Where a wrong turn begins: a report, and a phone with or without its recipient; and what the page must say."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import cookies_of, state
from tests.conftest import ROOT, SENDER, Installation
from viewer.sender.sending import Letter, Sent, send

READER = "night.nurse@example.org"
PHONE: Any = {"width": 360, "height": 740}
AGAIN, OTHER, PASTE = "Try again", "Sign in with another address", "Paste the link instead"


@pytest.fixture(scope="session")
def signed_in(installation: Installation, chromium: Browser) -> Any:
    """The recipient's cookies."""
    return cookies_of(READER, installation, chromium)


@pytest.fixture
def page(chromium: Browser, signed_in: Any) -> Iterator[Page]:
    """A phone on which the recipient is signed in."""
    with closing(chromium.new_context(viewport=PHONE, storage_state=signed_in)) as context:
        yield context.new_page()


@pytest.fixture
def stranger(chromium: Browser) -> Iterator[Page]:
    """A phone on which nobody is signed in."""
    with closing(chromium.new_context(viewport=PHONE)) as context:
        yield context.new_page()


@pytest.fixture
def letter(installation: Installation, people: Path) -> Sent:
    """A report of one photo, sent to the recipient."""
    sender = installation.client(SENDER, people, invited=True)
    photo = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"
    return send(sender, [photo], Letter((READER,), "MRN 5", "", "", 7), lambda step, done, total: None)


def problem(page: Page, title: str, words: str, way: str | None) -> None:
    """The page says what is wrong, and offers exactly this way on."""
    state(page, "problem")
    expect(page.get_by_role("heading")).to_have_text(title)
    expect(page.locator("main .lead")).to_contain_text(words)
    ways = page.locator("main").locator("a:visible, button:visible")
    texts = [re.sub(r"\s+", " ", text) for text in ways.all_inner_texts()]
    assert texts == ([way] if way else [])
    assert page.locator("main img").count() == 0


def again(page: Page) -> None:
    page.get_by_role("button", name=AGAIN).click()
