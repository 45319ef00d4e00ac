"""What a reader's screen must show, and must not show any more."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.steps import open_photos, see_photos, state
from tests.browser.test_arrival import ALIVE
from tests.conftest import ROOT, Installation
from viewer.sender import sending
from viewer.sender.client import Client
from viewer.sender.sending import Letter, Sent

READER = "reads.closely@example.org"
PATIENT = "MRN 0815"
PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))


def quiet(step: str, done: int, total: int) -> None:
    """Tell nobody."""


def send(client: Client, count: int = 1, to: str = READER, days: int = 7, **rules: Any) -> Sent:
    return sending.send(client, PHOTOS[:count], Letter((to,), PATIENT, "Excise?", "", days, **rules), quiet)


def seal(client: Client, file: Path, **rules: Any) -> Sent:
    return sending.seal(client, PHOTOS[:1], Letter((READER,), PATIENT, "Excise?", "", 7, **rules), file, quiet)


def read(page: Page, link: str) -> None:
    """Open a link, up to where all of it is seen."""
    page.goto(link)
    open_photos(page)
    see_photos(page)
    assert page.evaluate(ALIVE) > 0, "control: the photos' addresses are alive"


def actions(client: Client, installation: Installation, report: str) -> list[tuple[str, str]]:
    url = f"{installation.url}/v1/keys/{report}/log"
    entries = client.with_pass("GET", url, report, "log:read")["entries"]
    return [(entry["action"], entry["outcome"]) for entry in entries]


def is_blank(page: Page) -> None:
    """No photo, no word about the patient, no address that leads to a photo, and no worker that holds one."""
    expect(page.locator("main :is(img, canvas)")).to_have_count(0)
    assert PATIENT not in page.content()
    assert page.evaluate(ALIVE) == 0
    ended(page)


def ended(page: Page) -> None:
    """Wait until no worker is left: the browser ends it beside the page, and tells of it afterwards."""
    for _ in range(300):
        if not page.workers:
            return
        page.wait_for_timeout(100)
    raise AssertionError("a worker is still there")


def is_closed(page: Page) -> None:
    state(page, "closed")
    is_blank(page)
