"""Photos are saved where the sender allows it, as they were sent, and the sender sees that."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from tests.browser.steps import cookies_of, open_photos, see_photos
from tests.browser.test_arrival import ALIVE, NOTED
from tests.conftest import ROOT, SENDER, Installation
from viewer.sender import photos
from viewer.sender.client import Client
from viewer.sender.sending import Letter, Sent, send

READER = "plastics@example.org"
PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))
REVOKED = """
  window.revoked = [];
  const revoke = URL.revokeObjectURL;
  URL.revokeObjectURL = (url) => { window.revoked.push(url); revoke(url); };
"""


@pytest.fixture(scope="module")
def signed_in(installation: Installation, chromium: Browser) -> Any:
    """The recipient's cookies."""
    return cookies_of(READER, installation, chromium)


@pytest.fixture(params=[(360, 740), (1440, 900)], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, chromium: Browser, signed_in: Any) -> Iterator[Page]:
    """A screen at which the recipient is signed in."""
    width, height = request.param
    viewport: Any = {"width": width, "height": height}
    with closing(chromium.new_context(viewport=viewport, storage_state=signed_in)) as context:
        context.add_init_script(NOTED + REVOKED)
        yield context.new_page()


@pytest.fixture(scope="module")
def sender(installation: Installation, people: Path) -> Client:
    return installation.client(SENDER, people, invited=True)


def sent(sender: Client, paths: list[Path], download: bool) -> Sent:
    return send(sender, paths, Letter((READER,), "MRN 7", "", "", 7, download=download), lambda step, done, total: None)


def actions(sender: Client, installation: Installation, report: str) -> list[str]:
    url = f"{installation.url}/v1/keys/{report}/log"
    return [entry["action"] for entry in sender.with_pass("GET", url, report, "log:read")["entries"]]


def save(page: Page) -> Download:
    """Press the button once all has arrived; return what the browser was given."""
    see_photos(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save photos").click()
    expect(page.locator("[data-fill=saved]")).to_contain_text(f"Saved as {download.value.suggested_filename}.")
    return download.value


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def test_several_are_saved_as_they_were_sealed(page: Page, installation: Installation, sender: Client) -> None:
    letter = sent(sender, PHOTOS, download=True)
    page.goto(letter.link)
    open_photos(page)
    given = save(page)
    assert given.suggested_filename == "photos.zip"
    with zipfile.ZipFile(io.BytesIO(content(given))) as archive:
        assert archive.testzip() is None
        saved = [archive.read(f"photos/{number:03}.jpg") for number, _ in enumerate(PHOTOS, 1)]
        assert b"MRN 7" in archive.read("report.xml")
    assert saved == [photos.strip(path).data for path in PHOTOS]
    assert actions(sender, installation, letter.report)[-3:] == ["release", "acknowledge", "save"]
    save(page)
    assert actions(sender, installation, letter.report)[-1:] == ["save"], "and once only"
    assert page.evaluate(ALIVE) > 0, "control: the photos' own addresses are alive"
    assert set(page.evaluate("window.noted.blobs")) > set(page.evaluate("window.revoked"))
    page.get_by_role("button", name="Close", exact=True).click()
    assert page.evaluate(ALIVE) == 0
    assert set(page.evaluate("window.noted.blobs")) == set(page.evaluate("window.revoked")), "the archives' too"


def test_one_is_saved_as_it_is(page: Page, sender: Client) -> None:
    page.goto(sent(sender, PHOTOS[:1], download=True).link)
    open_photos(page)
    given = save(page)
    assert given.suggested_filename == "001.jpg"
    assert content(given) == photos.strip(PHOTOS[0]).data


def test_where_it_is_not_allowed_there_is_no_button(page: Page, installation: Installation, sender: Client) -> None:
    letter = sent(sender, PHOTOS[:1], download=False)
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)
    expect(page.get_by_role("button", name="Save photos")).to_have_count(0)
    assert "save" not in actions(sender, installation, letter.report)


def test_what_the_log_does_not_hear_of_is_not_saved(page: Page, sender: Client) -> None:
    page.goto(sent(sender, PHOTOS[:1], download=True).link)
    open_photos(page)
    see_photos(page)
    page.route("**/acknowledgements", lambda route: route.abort())
    given: list[Download] = []
    page.on("download", lambda one: given.append(one))  # Playwright cannot call a method of a list
    page.get_by_role("button", name="Save photos").click()
    expect(page.locator("[data-fill=saved]")).to_contain_text("The server cannot be reached.")
    page.unroute("**/acknowledgements")
    save(page)
    assert len(given) == 1, "the second time; control"
