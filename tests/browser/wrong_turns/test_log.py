"""A key server whose log does not prove what it should: nothing is shown, and the page says so."""

from typing import Any

import pytest
from playwright.sync_api import Page

from sealed.notes import Checkpoint, Note, Signature
from tests.browser.answers import Change, changed, other_entry, other_signature
from tests.browser.steps import open_photos, see_photos
from tests.browser.wrong_turns.conftest import problem
from tests.conftest import Installation
from viewer import log_key
from viewer.sender.sending import Sent

TITLE = "The record of this opening cannot be relied on"
RELEASE = "**/v1/keys/*/release"


def no_receipt(told: dict[str, Any]) -> None:
    del told["receipt"]


def other_file(told: dict[str, Any]) -> None:
    told["file"]["sha256"] = "00" * 32


CHANGES: dict[str, tuple[Change, str]] = {
    "another signature": (other_signature, "not signed as it should be"),
    "another entry": (other_entry, "does not prove this entry"),
    "no receipt": (no_receipt, "not the receipt of a log entry"),
    "another file": (other_file, "names another file"),
}


@pytest.mark.parametrize(("change", "words"), CHANGES.values(), ids=CHANGES.keys())
def test_an_answer_that_the_log_does_not_prove(page: Page, letter: Sent, change: Change, words: str) -> None:
    changed(page, change, RELEASE)
    page.goto(letter.link)
    open_photos(page)
    problem(page, TITLE, words, None)


def test_control_an_answer_that_is_not_changed(page: Page, letter: Sent) -> None:
    changed(page, lambda told: None, RELEASE)
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)


def remember(page: Page, installation: Installation, size: int, root: bytes) -> None:
    """Let the browser have seen another log before: `size` entries with this root."""
    key = log_key.known(installation.settings)
    text = Checkpoint(key.name, size, root).text()
    note = Note(text, (Signature(key.name, key.key_id, bytes(64)),)).write()
    page.goto(f"{installation.url}/")
    page.evaluate("([name, note]) => localStorage.setItem(name, note)", [f"log {installation.url}", note])


@pytest.mark.parametrize("size", [1, 10**9], ids=["rewritten", "rolled back"])
def test_a_log_that_is_not_what_it_was(page: Page, installation: Installation, letter: Sent, size: int) -> None:
    remember(page, installation, size, b"\7" * 32)
    page.goto(letter.link)
    open_photos(page)
    problem(page, TITLE, "still holds what it held before", None)
    assert page.evaluate("name => localStorage.getItem(name)", f"log {installation.url}").split("\n")[1] == str(size)


def test_a_browser_remembers_what_it_has_seen(page: Page, installation: Installation, letter: Sent) -> None:
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)
    note = page.evaluate("name => localStorage.getItem(name)", f"log {installation.url}")
    assert note.startswith(log_key.known(installation.settings).name) and int(note.split("\n")[1]) > 2
