"""Photos are shown as they arrive; what must not be seen any longer leaves the screen at once."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.line import Line
from tests.browser.steps import cookies_of, open_photos, see_photos, state
from tests.conftest import ROOT, SENDER, Installation
from tests.databases import ANOTHER_HASH, change, openings
from viewer.sender.sending import Letter, Sent, send

READER = "day.nurse@example.org"
# In the order in which they were taken, which is that of their small pictures.
PHOTOS = [ROOT / "viewer/demo/photos" / f"{name}.jpg" for name in ("mole", "suture", "rash")]
FIRST, SECOND = "photos/001.jpg", "photos/002.jpg"

# Notes every state of the page, and every blob: address that it makes.
NOTED = """
  window.noted = {states: [], blobs: []};
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => { const url = make(blob); window.noted.blobs.push(url); return url; };
  addEventListener("DOMContentLoaded", () => {
    const main = document.querySelector("main");
    new MutationObserver(() => window.noted.states.push(main.dataset.state)).observe(main, {attributes: true});
  });
"""
ALIVE = """async () => {
  const reached = window.noted.blobs.map((url) => new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = url;
  }));
  return (await Promise.all(reached)).filter(Boolean).length;
}"""


@pytest.fixture(scope="module")
def signed_in(far: Installation, chromium: Browser) -> Any:
    """The recipient's cookies."""
    return cookies_of(READER, far, chromium)


@pytest.fixture(params=[(360, 740), (1440, 900)], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, chromium: Browser, signed_in: Any) -> Iterator[Page]:
    """A screen at which the recipient is signed in."""
    width, height = request.param
    viewport: Any = {"width": width, "height": height}
    with closing(chromium.new_context(viewport=viewport, storage_state=signed_in)) as context:
        context.add_init_script(NOTED)
        yield context.new_page()


@pytest.fixture
def three(far: Installation, line: Line, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """A report of three photos, sent; the line will hold in the middle of the second one."""
    line.mend()
    sender = far.client(SENDER, tmp_path_factory.getbasetemp() / "arrival", invited=True)
    sent = send(sender, PHOTOS, Letter((READER,), "MRN 9", "Excise?", "", 7), lambda step, done, total: None)
    line.hold_after = PHOTOS[0].stat().st_size + 100_000
    return sent


def first_photo(page: Page, sent: Sent, line: Line) -> None:
    """Open a report, up to where the line holds: the first photo is seen, the rest is not there yet."""
    page.goto(sent.link)
    open_photos(page)
    assert line.held.wait(60)
    state(page, "photos")
    look_at(page, 1)
    is_shown(page, FIRST)


def look_at(page: Page, number: int) -> None:
    """Bring one photo into the frame."""
    if page.get_by_role("button", name="All photos").is_visible():
        page.get_by_role("button", name="All photos").click()
    page.get_by_role("button", name=f"Photo {number} of 3").click()


def is_shown(page: Page, name: str) -> None:
    """The photo itself is in the frame, drawn, and can be zoomed."""
    photo = page.locator(f'.frame img[data-photo="{name}"]')
    photo.wait_for(state="attached")  # it hides behind what zooms it
    assert photo.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 600
    expect(page.locator(".frame .preview")).to_be_hidden()
    expect(page.get_by_role("button", name="Zoom in")).to_have_attribute("aria-disabled", "false")
    expect(page.locator('.look[data-drawn="yes"]')).to_be_visible()


def is_preview(page: Page, words: str) -> None:
    """Only the small picture is in the frame, and the page says so."""
    expect(page.locator(".frame .preview")).to_be_visible()
    expect(page.locator(".frame .preview")).to_contain_text(f"Preview only. {words}")
    photo = page.locator(".frame img")
    expect(photo).not_to_have_attribute("data-photo", SECOND)
    assert 0 < photo.evaluate("(image) => image.decode().then(() => image.naturalWidth)") < 600
    page.get_by_role("button", name="Zoom in").click(force=True)
    expect(page.get_by_role("button", name="Zoom in")).to_have_attribute("aria-disabled", "true")
    expect(page.locator('.look[data-drawn="yes"]')).to_have_count(0)


def test_the_first_photo_is_seen_before_the_others_have_arrived(page: Page, three: Sent, line: Line) -> None:
    first_photo(page, three, line)
    expect(page.locator("button.thumb img[src]")).to_have_count(3)
    expect(page.locator(".arrival")).to_contain_text("Fetching")
    look_at(page, 2)
    is_preview(page, "Fetching")
    line.go_on.set()
    is_shown(page, SECOND)
    see_photos(page)
    expect(page.locator(".arrival > span")).to_have_text("Everything has arrived and been checked.")
    assert "link" not in page.evaluate("JSON.stringify(Object.keys(sessionStorage))").replace("seen", "")


def test_no_network_half_way(page: Page, three: Sent, line: Line, far: Installation) -> None:
    first_photo(page, three, line)
    shown = page.locator(".frame img").get_attribute("src")
    line.is_down = True
    line.go_on.set()
    try_again = page.get_by_role("button", name="Try again")
    try_again.wait_for(timeout=60_000)
    expect(page.locator(".arrival")).to_contain_text("The rest could not be fetched.")
    is_shown(page, FIRST)
    look_at(page, 2)
    is_preview(page, "The rest could not be fetched.")
    line.is_down = False
    try_again.click()
    is_shown(page, SECOND)
    see_photos(page)
    expect(try_again).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "H1", "the focus is not lost"
    look_at(page, 1)
    assert page.locator(".frame img").get_attribute("src") == shown, "what had arrived stayed"
    assert openings(far.settings, three.report) == 1, "no second opening"


@pytest.mark.parametrize("fault", ["another hash", "a changed byte"])
def test_damage_found_late_blanks_the_screen(
    page: Page, three: Sent, line: Line, far: Installation, fault: str
) -> None:
    if fault == "another hash":
        change(far.settings, "keyserver", ANOTHER_HASH, report=three.report)
    else:
        stored = far.settings.data / "blobs" / f"{three.report}.sealed"
        changed = bytearray(stored.read_bytes())
        changed[len(changed) // 2] ^= 1
        stored.write_bytes(bytes(changed))
    first_photo(page, three, line)
    assert page.evaluate(ALIVE) >= 4, "control: three small pictures and a photo"
    line.go_on.set()
    state(page, "problem")
    expect(page.get_by_role("heading")).to_have_text("These photos cannot be opened")
    expect(page.locator("main .lead")).to_contain_text("taken off this screen")
    assert page.locator("main img").count() == 0
    assert "MRN 9" not in page.content()
    assert page.evaluate(ALIVE) == 0, "no photo can be reached any more"
    assert page.evaluate("window.noted.states.join(' ')").endswith("opening photos problem")


def test_closing_half_way_leaves_nothing(page: Page, three: Sent, line: Line) -> None:
    first_photo(page, three, line)
    page.get_by_role("button", name="Close", exact=True).click()
    state(page, "closed")
    line.go_on.set()
    assert page.evaluate(ALIVE) == 0
    for _ in range(300):  # the browser ends a worker beside the page, and tells of it afterwards
        if not page.workers:
            break
        page.wait_for_timeout(100)
    assert len(page.workers) == 0
    assert page.locator('main[data-state="closed"]').is_visible()


@pytest.mark.parametrize("path", ["/", "/r/0"])
def test_the_page_names_the_engine(page: Page, far: Installation, path: str) -> None:
    engine = json.loads((ROOT / "static/engine/engine.json").read_text())["engine"]
    page.goto(far.url + path)
    expect(page.locator("footer .build")).to_have_text(f"Viewer {engine}")
    named = page.locator("html").get_attribute("data-engine")
    assert named in (None, f"/static/engine/{engine}/")
