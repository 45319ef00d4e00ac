"""What is said about the photos, by keyboard alone; the rules in words; what the device remembers, and what not."""

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.send.steps import begin, choose
from tests.conftest import Installation

STORED = "() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"


def terms(page: Page) -> str:
    return page.locator('.terms [data-fill="terms"]').inner_text()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    wanted = page.locator(name)
    for _ in range(60):
        if wanted.evaluate("(node) => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached")


def test_all_of_it_by_keyboard(installation: Installation, phone: Watched) -> None:
    page = phone.page
    begin(page, installation)
    choose(page)
    expect(page.get_by_label("Patient ID")).to_be_focused()
    page.keyboard.type("MRN 7")
    page.keyboard.press("Tab")
    page.keyboard.type("Excise?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(page, "[role=radio][tabindex='0']")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Where on the body")).to_have_value("Face")
    page.keyboard.press("Tab")
    page.keyboard.type("Left of the nose.")
    tab_to(page, "#consent-by")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_label("How", exact=True)).to_have_value("spoken")
    tab_to(page, ".terms summary")
    page.keyboard.press("Enter")
    tab_to(page, "#to")
    page.keyboard.type("boss@example.org")
    tab_to(page, "#mark")
    page.keyboard.press("Space")
    assert terms(page) == (
        "Only boss@example.org can see the photos, for 7 days. They can be looked at, not saved. "
        "The reader\N{RIGHT SINGLE QUOTATION MARK}s name stands over them."
    )
    page.keyboard.press("Tab")
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/api/reports")):
        page.keyboard.press("Enter")


def test_figure_and_list_say_the_same(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    choose(page)
    page.get_by_text("More about it").click()
    page.get_by_role("radio", name="Right knee").click()
    expect(page.get_by_label("Where on the body")).to_have_value("Right knee")
    page.get_by_label("Where on the body").select_option("Left calf")
    expect(page.get_by_role("radio", name="Left calf")).to_be_checked()
    expect(page.get_by_role("radio", name="Back", exact=True)).to_be_checked()
    page.get_by_role("radio", name="Left calf").click()
    expect(page.get_by_label("Where on the body")).to_have_value("")
    for side in ("Front", "Back"):
        page.get_by_role("radio", name=side, exact=True).check()
        told = page.locator(".figure path").evaluate_all("(paths) => paths.map(({ ariaLabel }) => ariaLabel)")
        listed = page.locator("#site optgroup").nth(int(side == "Back")).locator("option").all_text_contents()
        assert told == listed and len(set(told)) == len(told)
    # On the patient's own side: whoever is seen from the front has the right at the left of the picture.
    page.get_by_role("radio", name="Front", exact=True).check()
    right, left = (page.get_by_role("radio", name=name).bounding_box() for name in ("Right knee", "Left knee"))
    assert right and left and right["x"] < left["x"]


def test_what_is_wanting_is_said(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    choose(page)
    send = page.get_by_role("button", name="Send", exact=True)
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Type the patient")
    expect(page.get_by_label("Patient ID")).to_be_focused()
    page.get_by_label("Patient ID").fill("MRN 7")
    page.get_by_text("More about it").click()
    page.get_by_label("Consent to the photos").select_option("patient")
    page.get_by_label("How", exact=True).select_option("signed")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("signature is missing")
    expect(page.get_by_label("How", exact=True)).to_be_focused()
    sign(page)
    send.click()
    expect(page.locator('main[data-state="sign-in"]')).to_be_visible()


def sign(page: Page) -> None:
    """Draw a line on the canvas."""
    box: Any = page.locator(".signature").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    page.mouse.up()


def test_choices_are_remembered_and_people_are_not(installation: Installation, phone: Watched) -> None:
    page = phone.page
    begin(page, installation)
    choose(page)
    page.locator(".terms summary").click()
    page.get_by_label("Until when").select_option("3")
    page.get_by_label("How often each person").select_option("2")
    page.get_by_label("They may save the photos").check()
    page.get_by_label("For whom").fill("boss@example.org")
    page.get_by_label("Patient ID").fill("MRN 0042-17")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator('main[data-state="share"]').wait_for(timeout=60_000)
    page.get_by_role("button", name="Send more photos").click()
    choose(page)
    assert terms(page) == (
        "Whoever opens the link first can see the photos, for 3 days. Each person can open them twice. "
        "They may be saved."
    )
    stored = json.loads(page.evaluate(STORED))
    assert json.loads(stored[0]["choices"]) == {"days": 3, "each": 2, "download": True}
    assert "boss" not in str(stored) and "0042" not in str(stored)


def test_a_day_is_told_as_it_will_be(installation: Installation, stranger: Watched) -> None:
    page = stranger.page
    begin(page, installation)
    choose(page)
    page.locator(".terms summary").click()
    page.get_by_label("Until when").select_option("Until a day …")
    assert "until tomorrow at 23:59" in terms(page) or "until tomorrow at 11:59" in terms(page)
