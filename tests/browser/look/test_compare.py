"""Two photos side by side, of one report or of two of the same patient."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.look.views import UPRIGHT, colours, give, look, ready, shot, write
from tests.conftest import Installation
from tests.databases import openings
from viewer.sender.sending import Sent


def compare(page: Page, sent: Sent) -> None:
    look(page, sent)
    page.get_by_role("button", name="Compare", exact=True).click()
    ready(page, 2)


def same(page: Page) -> bool:
    """Whether both frames show the same of their photos, whose shades differ a little."""
    one, other = (free(shot(page, frame)).resize((24, 24)).tobytes() for frame in (0, 1))
    return sum(abs(a - b) < 40 for a, b in zip(one, other, strict=True)) > 0.97 * len(one)


def free(seen: Image.Image) -> Image.Image:
    """The part of a frame over which nothing else lies: no border, no arrows."""
    return seen.crop((4, 4, seen.width - 4, seen.height * 3 // 5))


def test_two_that_are_linked_move_as_one(page: Page, three: Sent) -> None:
    compare(page, three)
    expect(page.locator("figcaption")).to_have_text(
        ["Photo 1 of 3 · May 3, 2026", "Photo 2 of 3 · May 20, 2026 · 2 weeks later"]
    )
    assert same(page)
    before = shot(page, 0).tobytes()
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert shot(page, 0).tobytes() != before, "control: it moved"
    assert same(page)
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"] - 60, "height": size["height"] - 20})
    assert same(page), "the window is another one"
    page.get_by_role("button", name="Linked").click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert not same(page), "control: each by itself"
    page.keyboard.press("0")
    page.get_by_role("button", name="The other one").click()
    page.keyboard.press("0")
    assert same(page)


def test_what_is_turned_is_moved_as_it_is_seen(desk: Page, three: Sent) -> None:
    compare(desk, three)
    desk.keyboard.press("r")
    assert colours(desk, 1) != UPRIGHT == colours(desk, 0)
    for key in ("+", "+", "+", "+", "ArrowRight"):
        desk.keyboard.press(key)
    assert set(colours(desk, 0)) == {"green", "grey"} and set(colours(desk, 1)) == {"red", "green"}


def test_buttons_and_small_pictures_are_for_the_one_at_hand(desk: Page, three: Sent) -> None:
    compare(desk, three)
    desk.get_by_role("button", name="Photo 3 of 3").click()
    expect(desk.locator("figcaption").nth(1)).to_contain_text("Photo 3 of 3")
    desk.locator(".frame").first.click()
    desk.keyboard.press("m")
    expect(desk.locator(".marks").first).to_have_text("Mirrored")
    expect(desk.locator(".marks").nth(1)).to_be_hidden()
    desk.keyboard.press("c")
    expect(desk.locator(".frame")).to_have_count(1)
    expect(desk.locator("[data-fill=count]")).to_have_text("1 of 3")


@pytest.fixture
def earlier(installation: Installation, people: Path, tmp_path: Path) -> Sent:
    """Another report of the same patient."""
    return give(installation, people, [write(tmp_path, "2026-01-20", 30)])


def bring(page: Page, link: str) -> None:
    page.get_by_text("Compare with other photos").click()
    page.get_by_label("Link of another report of this patient").fill(f"Photos: {link}.")
    page.get_by_role("button", name="Bring its photos here").click()


def test_a_further_report_of_the_same_patient(
    desk: Page, three: Sent, earlier: Sent, installation: Installation
) -> None:
    look(desk, three)
    bring(desk, earlier.link)
    expect(desk.locator("button.thumb img[src]")).to_have_count(4, timeout=60_000)
    expect(desk.locator(".day")).to_have_text(
        ["Jan 20, 2026 ", "May 3, 2026 3 months later", "May 20, 2026 2 weeks later"]
    )
    expect(desk.locator("#further-news")).to_have_text("The photos are here, in order of their dates.")
    expect(desk.locator("[data-fill=count]")).to_have_text("2 of 4")
    assert openings(installation.settings, earlier.report) == 1, "logged as any other"
    desk.get_by_role("button", name="Photo 1 of 4").click()
    ready(desk)
    desk.get_by_role("button", name="Compare", exact=True).click()
    ready(desk, 2)
    expect(desk.locator("figcaption").nth(1)).to_have_text("Photo 2 of 4 · May 3, 2026 · 3 months later")
    bring_again = desk.get_by_label("Link of another report of this patient")
    bring_again.fill(earlier.link)
    bring_again.press("Enter")
    expect(desk.locator("#further-news")).to_have_text("These photos are here already.")


def test_photos_of_somebody_else_are_not_mixed_in(
    desk: Page, three: Sent, installation: Installation, people: Path, tmp_path: Path
) -> None:
    stranger = give(installation, people, [write(tmp_path, "2026-01-20")], "MRN 0042-18")
    look(desk, three)
    bring(desk, stranger.link)
    expect(desk.locator("#further-news")).to_have_text("Those photos are of another patient.", timeout=60_000)
    expect(desk.locator("button.thumb")).to_have_count(3)
    bring_again = desk.get_by_label("Link of another report of this patient")
    bring_again.fill("no link")
    bring_again.press("Enter")
    expect(desk.locator("#further-news")).to_contain_text("This is not a link to photos here.")
