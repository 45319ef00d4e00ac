"""A sealed file that came by e-mail is dropped on a page, and opens as a link does: same sign-in, release, log."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.read.steps import PATIENT, actions, is_closed, seal, send
from tests.browser.steps import open_photos, see_photos, sign_in, state
from tests.conftest import Installation
from viewer.sender.client import Client
from viewer.sender.sending import Sent

DROP = """async ([name, data]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(data), (one) => one.charCodeAt(0))], name));
  for (const kind of ["dragover", "drop"]) {
    const event = new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: files});
    document.querySelector("h1").dispatchEvent(event);
    if (!event.defaultPrevented) throw new Error(`the browser would leave the page: ${kind}`);
  }
}"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wound.sealed"


@pytest.fixture
def sealed(sender: Client, file: Path) -> Sent:
    """A report in a file, which no file host has."""
    return seal(sender, file)


def choose(page: Page, file: Path) -> None:
    state(page, "file")
    page.get_by_label("The file").set_input_files(file)


def paste(page: Page, link: str) -> None:
    page.get_by_label("The link that belongs to it").fill(link)
    page.get_by_role("button", name="Continue").click()


def complains(page: Page, words: str) -> None:
    expect(page.get_by_role("alert")).to_contain_text(words, timeout=60_000)
    state(page, "file")


def see(page: Page, installation: Installation, sender: Client, report: str) -> None:
    """Press the button, and look: the log has it."""
    state(page, "card")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dr Ada Lovelace sent you photos")
    open_photos(page)
    see_photos(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Patient {PATIENT}")
    assert actions(sender, installation, report)[-2:] == [("release", "granted"), ("acknowledge", "granted")]


def test_a_file_and_its_link(page: Page, installation: Installation, sender: Client, sealed: Sent, file: Path) -> None:
    asked: list[tuple[str, int]] = []
    page.on("request", lambda one: asked.append((one.url, len(one.post_data_buffer or b""))))
    page.goto(f"{installation.url}/open")
    choose(page, file)
    expect(page.get_by_label("The link that belongs to it")).to_be_focused(timeout=60_000)
    assert actions(sender, installation, sealed.report)[-1] == ("register", "granted"), "nothing was asked for so far"
    paste(page, sealed.link)
    see(page, installation, sender, sealed.report)
    secret = sealed.link.partition("#")[2]
    assert not [url for url, _ in asked if "/v1/blobs/" in url or secret in url]
    assert max(length for _, length in asked) < 2_000, "nothing of the file goes out"
    page.get_by_role("button", name="Close", exact=True).click()
    is_closed(page)
    expect(page.get_by_role("link", name="Open a file")).to_be_visible()
    assert page.evaluate("JSON.stringify(sessionStorage)").find(secret) < 0


def test_a_file_that_is_dropped_by_somebody_who_signs_in(
    page: Page, installation: Installation, sender: Client, sealed: Sent, file: Path
) -> None:
    page.context.clear_cookies()
    page.goto(f"{installation.url}/open")
    sign_in(page, installation, "reads.closely@example.org")
    state(page, "file")
    page.evaluate(DROP, ["wound.sealed", base64.b64encode(file.read_bytes()).decode()])
    page.get_by_label("The link that belongs to it").fill(sealed.link.partition("#")[2].lower())
    page.keyboard.press("Enter")
    see(page, installation, sender, sealed.report)
    page.evaluate(DROP, ["other.sealed", ""])  # beside photos it does nothing
    state(page, "photos")


def test_what_is_not_right_is_said_before_anything_is_asked_for(
    page: Page, installation: Installation, sender: Client, sealed: Sent, file: Path, tmp_path: Path
) -> None:
    page.goto(f"{installation.url}/open")
    state(page, "file")
    page.get_by_role("button", name="Continue").click()
    complains(page, "Choose the file first.")
    other = tmp_path / "photo.sealed"
    other.write_bytes(b"\xff\xd8\xff no sealed report")
    choose(page, other)
    complains(page, "This file is not a sealed report")
    choose(page, file)
    page.get_by_label("The link that belongs to it").wait_for()
    paste(page, "")
    complains(page, "Paste the link that belongs to the file.")
    paste(page, sealed.link.rpartition(".")[0][:-3])  # in front of the hint
    complains(page, "The end of the link is missing.")
    paste(page, send(sender).link)
    complains(page, "This link belongs to another report.")
    elsewhere = tmp_path / "elsewhere.sealed"
    port = re.search(rb"localhost:(\d)", file.read_bytes())
    assert port
    elsewhere.write_bytes(file.read_bytes().replace(port[0], port[0][:-1] + (b"2" if port[1] == b"1" else b"1"), 1))
    choose(page, elsewhere)
    paste(page, sealed.link)
    open_photos(page)
    state(page, "problem")
    expect(page.locator("main .lead")).to_contain_text("another report or another portal")
    assert actions(sender, installation, sealed.report)[-1] == ("register", "granted")
    page.get_by_role("button", name="Try again").click()
    choose(page, file)
    paste(page, sealed.link)
    see(page, installation, sender, sealed.report)


@pytest.mark.parametrize("at", [0.3, 0.99], ids=["a photo", "the end"])
def test_a_file_that_was_changed(page: Page, installation: Installation, sealed: Sent, file: Path, at: float) -> None:
    data = bytearray(file.read_bytes())
    data[int(len(data) * at)] ^= 1
    file.write_bytes(data)
    page.goto(f"{installation.url}/open")
    choose(page, file)
    paste(page, sealed.link)
    open_photos(page)
    state(page, "problem")
    expect(page.get_by_role("heading", level=1)).to_have_text("These photos cannot be opened")
    assert page.locator("main img").count() == 0


def test_somebody_else_with_file_and_link(
    page: Page, installation: Installation, sender: Client, sealed: Sent, file: Path
) -> None:
    page.context.clear_cookies()
    page.goto(f"{installation.url}/open")
    sign_in(page, installation, "found.a.file@example.org")
    choose(page, file)
    paste(page, sealed.link)
    state(page, "card")
    expect(page.locator("main")).not_to_contain_text("Lovelace")
    open_photos(page)
    state(page, "problem")
    expect(page.get_by_role("heading", level=1)).to_have_text("No photos here for you")
    assert actions(sender, installation, sealed.report)[-1] == ("release", "denied")


def test_the_link_alone_leads_to_the_page(page: Page, sealed: Sent, installation: Installation) -> None:
    page.goto(sealed.link)
    open_photos(page)
    state(page, "problem")
    expect(page.get_by_role("heading", level=1)).to_have_text("The photos are not here")
    page.get_by_role("link", name="Open the file").click()
    page.wait_for_url(f"{installation.url}/open")
    state(page, "file")


def test_where_a_key_servers_own_sign_in_leads_back_to(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}/open/{'0' * 26}#signed-in={'0' * 26}")
    state(page, "file")
    expect(page.locator("main .lead")).to_contain_text("Choose the file once more")
    assert page.url == f"{installation.url}/open"
