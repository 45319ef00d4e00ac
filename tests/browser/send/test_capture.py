"""Photos come from the camera or from files, into memory alone; whoever has no camera is told the way out."""

import base64
import io
from contextlib import closing
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.send.conftest import SEEN
from tests.browser.send.steps import PHOTOS, begin, choose, shoot, there
from tests.browser.steps import state
from tests.conftest import CHROMIUM_FLAGS, Installation

GIVE = """(photos) => {
  const given = new DataTransfer();
  for (const [name, text] of photos) {
    given.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], name, { type: "image/jpeg" }));
  }
  return given;
}"""
# What a browser says where a camera cannot be had.
REFUSE = """(name) => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
}"""
# A light, which no camera here has.
TORCH = """() => {
  window.lit = [];
  MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
  MediaStreamTrack.prototype.applyConstraints = async ({ advanced }) => void window.lit.push(advanced[0].torch);
}"""
ASK = """async () => {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    stream.getTracks().forEach((track) => track.stop());
    return "allowed";
  } catch (error) {
    return error.name;
  }
}"""


def given(page: Page) -> Any:
    """Two photos, as a desktop hands them over that drops or pastes them."""
    texts = [["Jane Citizen.jpg", base64.b64encode(photo.read_bytes()).decode()] for photo in PHOTOS[:2]]
    return page.evaluate_handle(GIVE, texts)


def size(page: Page, number: int) -> str:
    """What the page says of a photo's size, opened large."""
    page.get_by_role("button", name=f"Photo {number}", exact=True).click()
    told = page.locator('[data-fill="about"]').inner_text()
    expect(page.locator("[data-part=picture]")).not_to_have_js_property("naturalWidth", 0)
    page.get_by_role("button", name="Close").click()
    return told


@pytest.mark.parametrize("way", ["still", "frame"])
def test_camera(installation: Installation, stranger: Watched, way: str) -> None:
    page = stranger.page
    if way == "frame":  # as in browsers without stills
        page.add_init_script("delete window.ImageCapture")
    begin(page, installation)
    page.get_by_role("button", name="Take photos").click()
    shoot(page, 2)
    assert "{:,} \N{MULTIPLICATION SIGN} {:,}".format(*SEEN) in size(page, 2)
    page.get_by_role("button", name="Take more").click()
    page.get_by_role("button", name="Take a photo").wait_for()
    page.get_by_role("button", name="Done").click()
    there(page, 2)
    assert stranger.complaints == []


def test_lens_and_torch_where_there_are_any(installation: Installation, chromium: Browser) -> None:
    flags = ("--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream")
    args = [*CHROMIUM_FLAGS, *flags]
    with closing(chromium.browser_type.launch(executable_path="/usr/bin/chromium", args=args)) as two:
        page = two.new_page()
        begin(page, installation)
        page.get_by_role("button", name="Take photos").click()
        page.locator(".camera[data-ready]").wait_for()
        lens = page.get_by_label("Camera", exact=True).and_(page.locator("select"))
        expect(lens.locator("option")).to_have_count(2)
        other = next(value for value in values(lens) if value != lens.input_value())
        expect(page.get_by_role("button", name="Torch")).to_be_hidden()
        page.evaluate(TORCH)
        lens.select_option(other)
        page.locator(".camera[data-ready]").wait_for()
        expect(lens).to_have_value(other)
        page.get_by_role("button", name="Torch").click()
        expect(page.get_by_role("button", name="Torch")).to_have_attribute("aria-pressed", "true")
        assert page.evaluate("window.lit") == [True]
        shoot(page)


def values(select: Locator) -> list[str]:
    found: list[str] = select.evaluate("(node) => [...node.options].map(({ value }) => value)")
    return found


def test_one_lens_is_no_choice(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    page.get_by_role("button", name="Take photos").click()
    page.locator(".camera[data-ready]").wait_for()
    expect(page.locator(".camera select")).to_be_hidden()


def test_the_camera_is_off_where_nobody_looks(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    page.add_init_script(
        "window.tracks = []; const before = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = async (asked) => {"
        "  const stream = await before(asked); tracks.push(...stream.getTracks()); return stream; };"
    )
    states = "() => tracks.map((track) => track.readyState)"
    begin(page, installation)
    page.get_by_role("button", name="Take photos").click()
    page.locator(".camera[data-ready]").wait_for()
    assert page.evaluate(states) == ["live"], "control"
    hide = """(state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, "hidden")
    assert page.evaluate(states) == ["ended"]
    page.evaluate(hide, "visible")
    page.locator(".camera[data-ready]").wait_for()
    assert page.evaluate(states) == ["ended", "live"]
    page.get_by_role("button", name="Back").click()
    state(page, "start")
    assert page.evaluate(states) == ["ended", "ended"]


def test_files_chosen_dropped_and_pasted(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    choose(page, 2)
    page.dispatch_event(".roll", "drop", {"dataTransfer": given(page)})
    there(page, 4)
    page.evaluate(
        "(data) => document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))",
        given(page),
    )
    there(page, 6)
    page.get_by_text("Taken out of 6 photos").click()
    expect(page.locator(".removed li")).to_have_count(6)
    expect(page.locator(".removed li").first).to_contain_text("camera and place data (EXIF)")
    assert "Jane" not in page.content()


def test_what_is_no_photo_is_refused_and_the_others_stay(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    choose(page)
    gif = io.BytesIO()
    Image.new("RGB", (9, 9)).save(gif, "GIF")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add photos").click()
    chooser.value.set_files({"name": "Jane Citizen.jpg", "mimeType": "image/jpeg", "buffer": gif.getvalue()})
    expect(page.locator('[data-fill="error"]')).to_be_visible()
    there(page, 1)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("NotAllowedError", "may not use the camera"),
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "in use by another app"),
        ("OverconstrainedError", "could not be started"),
    ],
)
def test_no_camera_and_the_way_out(installation: Installation, stranger: Watched, name: str, told: str) -> None:
    page = stranger.page
    begin(page, installation)
    page.evaluate(REFUSE, name)
    page.get_by_role("button", name="Take photos").click()
    expect(page.get_by_role("alert")).to_contain_text(told)
    choose(page)


def test_one_page_alone_may_use_the_camera(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    assert page.evaluate(ASK) == "allowed"
    page.goto(f"{installation.url}/sent")
    assert page.evaluate(ASK) == "NotAllowedError"
