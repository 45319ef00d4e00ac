"""The photos taken: put in another order, taken again, taken away; and a warning before they would be lost."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.send.steps import begin, choose, shoot, there
from tests.browser.steps import state
from tests.conftest import Installation


def thumbs(page: Page) -> list[str]:
    """The small pictures, in order."""
    found: list[str] = page.locator(".shot img").evaluate_all("(images) => images.map(({ src }) => src)")
    return found


def test_order_by_buttons(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    choose(page, 3)
    one, two, three = thumbs(page)
    page.get_by_role("button", name="Photo 1: later").click()
    assert thumbs(page) == [two, one, three]
    expect(page.get_by_role("button", name="Photo 2: later")).to_be_focused()
    page.keyboard.press("Enter")
    assert thumbs(page) == [two, three, one]
    page.get_by_role("button", name="Photo 3: later").focus()
    page.keyboard.press("Enter")
    assert thumbs(page) == [two, three, one], "the last one stays"
    page.get_by_role("button", name="Photo 2: earlier").click()
    assert thumbs(page) == [three, two, one]


def test_order_by_dragging(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    choose(page, 3)
    one, two, three = thumbs(page)
    page.locator(".shot").nth(2).drag_to(page.locator(".shot").nth(0))
    assert thumbs(page) == [three, one, two]


def test_taken_again_and_away(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    choose(page, 2)
    page.get_by_label("Patient ID").fill("MRN 7")
    one, two = thumbs(page)
    page.get_by_role("button", name="Photo 1", exact=True).click()
    page.get_by_role("button", name="Take again").click()
    page.locator(".camera[data-ready]").wait_for()
    page.get_by_role("button", name="Take a photo").click()
    there(page, 2)
    again, left = thumbs(page)
    assert left == two and again != one
    page.get_by_role("button", name="Photo 2", exact=True).click()
    page.get_by_role("button", name="Remove").click()
    assert thumbs(page) == [again]
    page.get_by_role("button", name="Photo 1", exact=True).click()
    page.get_by_role("button", name="Remove").click()
    state(page, "start")
    page.get_by_role("button", name="Take photos").click()
    shoot(page)
    expect(page.get_by_label("Patient ID")).to_have_value("MRN 7")


def test_a_warning_before_photos_would_be_lost(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    asked = []

    def hear(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", hear)
    begin(page, installation)
    page.get_by_role("button", name="Take photos").click()
    page.get_by_role("button", name="Back").click()
    page.reload()
    assert asked == [], "control: there is nothing to lose"
    choose(page)
    page.reload()
    assert asked == ["beforeunload"]
    state(page, "start")
