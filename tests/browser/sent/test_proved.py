"""The proof of an entry, checked in the browser; and what it must refuse."""

import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from playwright.sync_api import Locator, Page, expect

from sealed import receipts
from tests.browser.answers import Change, changed, other_entry, other_signature
from tests.browser.sent.steps import look
from tests.conftest import Installation
from viewer import log_key

PROOF = "**/log/*"


def listed_later(told: dict[str, Any]) -> None:
    told["entries"][0]["recorded"] = "2020-01-01T00:00:00Z"


CHANGES: dict[str, tuple[Change, str, str]] = {
    "another entry": (other_entry, PROOF, "does not prove this entry"),
    "another signature": (other_signature, PROOF, "not signed as it should be"),
    "no receipt": (lambda told: told.pop("receipt"), PROOF, "not the receipt of a log entry"),
    "no proof since": (lambda told: told["consistency"].append("A" * 43 + "="), PROOF, "what it held before"),
    "a list that says otherwise": (listed_later, "**/log", "lists this entry otherwise than its log has it"),
}


def prove(page: Page) -> Locator:
    """Press the button of the oldest entry; return what it shows."""
    oldest = page.locator(".entry").last
    oldest.get_by_role("button", name="Proof of entry").click()
    shown = oldest.locator(".proved")
    expect(shown).not_to_have_attribute("data-verdict", "checking", timeout=60_000)
    return shown


@pytest.mark.parametrize(("change", "what", "words"), CHANGES.values(), ids=CHANGES.keys())
def test_a_proof_that_does_not_hold(
    installation: Installation, page: Page, letter: Any, change: Change, what: str, words: str
) -> None:
    changed(page, change, what)
    look(page, installation, letter())
    shown = prove(page)
    expect(shown).to_have_attribute("data-verdict", "refused")
    expect(shown).to_contain_text("The proof does not hold.")
    expect(shown).to_contain_text(words)
    expect(shown.get_by_role("button")).to_have_count(0)


def test_control_a_proof_that_holds_and_that_others_can_check(
    installation: Installation, page: Page, letter: Any
) -> None:
    changed(page, lambda told: None, PROOF)
    look(page, installation, letter())
    shown = prove(page)
    expect(shown).to_have_attribute("data-verdict", "proved")
    number = page.locator(".entry").last.get_attribute("data-key")
    expect(shown).to_contain_text(
        re.compile(f"in the key server.s log, as entry {number}[.] Checked on this device just now")
    )
    saved = {}
    for name in ("Save the proof", "Save the entry"):
        with page.expect_download() as download:
            shown.get_by_role("button", name=name).click()
        saved[download.value.suggested_filename] = Path(download.value.path()).read_bytes()
    assert set(saved) == {f"entry-{number}.tlog-proof", f"entry-{number}.json"}
    receipt, body = saved[f"entry-{number}.tlog-proof"].decode(), saved[f"entry-{number}.json"]
    proved = receipts.check(receipt, body, log_key.known(installation.settings))
    Ed25519PublicKey.from_public_bytes(proved.public_key).verify(proved.signature, proved.message)
    note = page.evaluate("name => localStorage.getItem(name)", f"log {installation.url}")
    assert note and note in receipt, "the browser remembers what it has seen"


def test_a_log_that_is_not_what_this_browser_saw_of_it(installation: Installation, page: Page, letter: Any) -> None:
    look(page, installation, letter())
    expect(prove(page)).to_have_attribute("data-verdict", "proved")
    name = f"log {installation.url}"
    lines = page.evaluate("name => localStorage.getItem(name)", name).split("\n")
    rewritten = "\n".join([*lines[:2], "B" + lines[2][1:] if lines[2][0] != "B" else "C" + lines[2][1:], *lines[3:]])
    page.evaluate("([name, note]) => localStorage.setItem(name, note)", [name, rewritten])
    page.locator(".entry").last.get_by_role("button", name="Proof of entry").click()
    shown = prove(page)
    expect(shown).to_have_attribute("data-verdict", "refused")
    expect(shown).to_contain_text("what it held before")
