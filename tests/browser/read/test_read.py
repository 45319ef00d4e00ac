"""What stands beside the photos: sender, expiry, PDF, proof, the reader's mark; and what saving asks on a phone."""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.judged import wrong
from tests.browser.read import crafted
from tests.browser.read.crafted import Said, plaintext
from tests.browser.read.steps import PHOTOS, READER, actions, read, send
from tests.browser.read.test_hostile import JPEG, NAME, SIZE
from tests.browser.steps import open_photos, see_photos
from tests.cli.test_log import alone
from tests.conftest import SENDER, Installation
from viewer import log_key
from viewer.sender.client import Client
from viewer.sender.sending import Letter

PDF = b"%PDF-1.7\n%%EOF\n"
PHONE: Any = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def details(page: Page) -> Locator:
    return page.locator("[data-part=details]")


def test_how_to_reach_the_sender(page: Page, sender: Client) -> None:
    read(page, send(sender).link)
    expect(details(page).locator(".contact")).to_have_text(SENDER)
    expect(details(page).get_by_role("link")).to_have_text(["Send an e-mail"])
    assert details(page).get_by_role("link").get_attribute("href") == "mailto:ada%40example.org"
    page.route("**/api/reports/*", lambda route: route.fulfill(json=route.fetch().json() | {"contact": "+61491570006"}))
    read(page, send(sender).link)
    ways = details(page).get_by_role("link")
    expect(ways).to_have_text(["Call", "Send a message"])
    assert ways.evaluate_all("all => all.map(({href}) => href)") == ["tel:+61491570006", "sms:+61491570006"]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, r"They open until .+day, .+ at .+\.$"),
        ({"days": 1}, r"They open until tomorrow at .+\.$"),
        ({"each": 2, "openings": 5}, r"They open until .+, twice for each person, 5 times in all\.$"),
    ],
)
def test_until_when_they_open(page: Page, sender: Client, rules: dict[str, int], words: str) -> None:
    read(page, send(sender, **rules).link)
    expect(details(page).locator("[data-fill=until]")).to_have_text(re.compile(words))
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".closed [data-fill=until]")).to_have_text(re.compile(words))


def test_the_proof_that_is_saved_is_proved_anywhere(
    page: Page, sender: Client, installation: Installation, tmp_path: Path
) -> None:
    read(page, send(sender).link)
    page.get_by_role("button", name="Show the proof").click()
    expect(page.locator(".more pre")).to_contain_text("c2sp.org/tlog-proof@v1")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the proof").click()
    download.value.save_as(tmp_path / "opening.ndjson")
    key = log_key.known(installation.settings).text()
    assert alone("verify", str(tmp_path / "opening.ndjson"), "--key", key).exit_code == 0
    told = json.loads((tmp_path / "opening.ndjson").read_text())
    other = told | {"entry": told["entry"].replace('"release"', '"audit"')}
    (tmp_path / "other.ndjson").write_text(json.dumps(other, separators=(",", ":")) + "\n")
    assert alone("verify", str(tmp_path / "other.ndjson"), "--key", key).exit_code == 1, "control"


@pytest.mark.parametrize("download", [True, False])
def test_a_pdf(page: Page, sender: Client, installation: Installation, download: bool) -> None:
    letter = Letter((READER,), "", "", "", 7, download=download)
    sent = crafted.send(sender, letter, plaintext(Said(SIZE), (NAME, JPEG), ("report.pdf", PDF)))
    read(page, sent.link)
    expect(details(page).get_by_role("heading", name="PDF")).to_be_visible()
    save = page.get_by_role("button", name="Save the PDF")
    if not download:
        expect(save).to_have_count(0)
        expect(details(page)).to_contain_text("the sender lets you look, not save")
        return
    with page.expect_download() as saved:
        save.click()
    assert saved.value.suggested_filename == "report.pdf"
    assert Path(saved.value.path()).read_bytes() == PDF
    assert actions(sender, installation, sent.report)[-1] == ("save", "granted")


def test_without_a_pdf_nothing_is_said_of_one(page: Page, sender: Client) -> None:
    read(page, send(sender).link)
    expect(details(page).get_by_role("button", name="Show the proof")).to_be_visible()
    expect(details(page).get_by_role("heading", name="PDF")).to_have_count(0)


def test_the_readers_mark(page: Page, sender: Client) -> None:
    read(page, send(sender, mark=True).link)
    mark = page.locator(".mark")
    expect(mark).to_be_visible()
    words = mark.locator("span").first
    assert f"{READER} · " in words.evaluate("one => getComputedStyle(one, '::before').content")
    assert mark.evaluate("one => getComputedStyle(one).pointerEvents") == "none", "it is in nobody's way"
    box = mark.bounding_box()
    assert box and box["x"] <= 0 and box["y"] <= 0 and box["width"] >= 1440 and box["height"] >= 900
    assert wrong(page) == []
    read(page, send(sender).link)
    expect(page.locator(".mark")).to_have_count(0)


@pytest.mark.parametrize("is_phone", [True, False], ids=["phone", "control: a small window"])
def test_saving_on_a_phone_takes_a_second_press(
    chromium: Browser, signed_in: Any, sender: Client, installation: Installation, is_phone: bool
) -> None:
    options = PHONE if is_phone else {"viewport": PHONE["viewport"]}
    with closing(chromium.new_context(storage_state=signed_in, **options)) as context:
        page, sent = context.new_page(), send(sender, download=True)
        page.goto(sent.link)
        open_photos(page)
        see_photos(page)
        if is_phone:
            page.get_by_role("button", name="Save photos").click()
            expect(page.locator("[data-fill=saved]")).to_contain_text("saving is off until you say so")
            assert actions(sender, installation, sent.report)[-1] == ("acknowledge", "granted"), "not saved so far"
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save all the same" if is_phone else "Save photos").click()
        assert saved.value.suggested_filename == f"001{PHOTOS[0].suffix}"
        assert actions(sender, installation, sent.report)[-1] == ("save", "granted")


@pytest.mark.parametrize("kind", ["contextmenu", "dragstart"])
def test_the_browsers_own_ways_to_save_a_picture_are_none(page: Page, sender: Client, kind: str) -> None:
    read(page, send(sender, download=True).link)
    prevented = "(one, kind) => !one.dispatchEvent(new Event(kind, {bubbles: true, cancelable: true}))"
    assert page.locator(".stage img").first.evaluate(prevented, kind)
    assert not page.get_by_role("heading", level=1).evaluate(prevented, kind), "control: words can be marked and copied"
