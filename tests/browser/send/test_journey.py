"""From the shutter to the share sheet on a phone, every tap counted; and on to the recipient's phone and computer."""

import os
import urllib.parse
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.journeys.conftest import COUNT, PHONE, Phone
from tests.browser.send.steps import PATIENT
from tests.browser.steps import open_photos, see_photos, sign_in, state
from tests.browser.test_handover import camera as read_code
from tests.conftest import Installation

READER = "the.first.who.opens.it@example.org"
SHEET = "navigator.share = async (shared) => { window.shared = shared; };"  # there is none in Chromium on Linux


def look(page: Page, name: str) -> None:
    """Leave a picture for people, where one is wanted."""
    if folder := os.environ.get("PICTURES"):
        page.wait_for_timeout(500)  # until what was just shown has been drawn
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture
def senders(camera: Browser, senders_cookies: Any, installation: Installation) -> Iterator[Phone]:
    with closing(camera.new_context(**PHONE)) as context:
        context.add_init_script(COUNT)
        context.add_init_script(SHEET)
        context.add_cookies(senders_cookies)
        yield Phone(context.new_page(), installation)


def take_and_send(phone: Phone, installation: Installation) -> str:
    """Take a photo, say whose it is, send it; return what the share sheet got."""
    page = phone.page
    page.goto(f"{installation.url}/send")
    state(page, "start")
    look(page, "1-start")
    phone.tap("Take photos")
    page.locator(".camera[data-ready]").wait_for()
    page.evaluate("counted.taps.length = 0")
    phone.tap("Take a photo")
    expect(page.locator('.camera [data-fill="count"]')).to_have_text("1 photo")
    look(page, "2-camera")
    phone.tap("Done")
    expect(page.locator(".see:not([disabled])")).to_have_count(1, timeout=60_000)
    look(page, "3-details")
    phone.type("Patient ID", PATIENT)
    phone.tap("Send")
    state(page, "share")
    look(page, "4-share")
    phone.tap("Share")
    shared: str = page.evaluate("window.shared.text")
    return shared


def test_from_the_shutter_to_the_share_sheet(senders: Phone, installation: Installation) -> None:
    text = take_and_send(senders, installation)
    assert len(senders.taps) <= 6, senders.taps
    assert senders.fields == ["patient"]
    assert text.rpartition(" ")[2].startswith(f"{installation.url}/r/") and PATIENT not in text


def test_control_every_tap_is_counted(senders: Phone, installation: Installation) -> None:
    take_and_send(senders, installation)
    before = len(senders.taps)
    senders.tap("Share")
    assert len(senders.taps) == before + 1
    assert senders.states[-1] == "share"


def test_what_a_phone_has_sent_opens_on_a_computer(
    senders: Phone, chromium: Browser, installation: Installation
) -> None:
    """The recipient's phone has the link; its owner's computer shows the photos, by its own release."""
    link = urllib.parse.unquote(take_and_send(senders, installation)).rpartition(" ")[2]
    with closing(chromium.new_context(**PHONE)) as pocket, closing(chromium.new_context()) as desk:
        phone, computer = pocket.new_page(), desk.new_page()
        computer.set_viewport_size({"width": 1440, "height": 900})
        phone.goto(link)
        sign_in(phone, installation, READER)
        state(phone, "card")
        phone.get_by_role("button", name="Open on my computer").click()
        computer.goto(f"{installation.url}/here")
        sign_in(computer, installation, READER)
        phone.goto(read_code(computer))
        phone.get_by_role("button", name="Send", exact=False).first.click()
        open_photos(computer)
        see_photos(computer)
        expect(computer.get_by_text(PATIENT).first).to_be_visible()
        look(computer, "5-computer")
