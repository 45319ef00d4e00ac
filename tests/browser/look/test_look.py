"""One photo, looked at closely: every gesture has a button and a key, and none leaves a trace."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.look.views import UPRIGHT, colours, look, ready, share, shot
from tests.browser.steps import open_photos, see_photos, state
from viewer.sender.sending import Sent

TURNED = ("blue", "red", "green", "grey")  # as views.UPRIGHT, a quarter to the right


def press(page: Page, name: str) -> None:
    """Press a button of a photo's, which a phone may keep under More."""
    button = page.get_by_role("button", name=name, exact=True)
    if not button.is_visible():
        page.get_by_role("button", name="More").click()
    button.click()


def test_zoom_in_and_out_and_fit(page: Page, three: Sent) -> None:
    look(page, three)
    assert share(page) > 0.5
    page.set_viewport_size({"width": 1300, "height": 500})  # room beside the photo
    ready(page)
    fitted = share(page)
    assert fitted < 0.9, "all of it is seen, whatever the window"
    press(page, "Zoom in")
    assert share(page) == pytest.approx(min(1, fitted * 1.5), rel=0.03)
    press(page, "Zoom out")
    assert share(page) == pytest.approx(fitted, rel=0.03)
    press(page, "Zoom in")
    press(page, "Zoom in")
    press(page, "Fit")
    assert share(page) == pytest.approx(fitted, rel=0.01)


def test_turn_and_mirror(page: Page, three: Sent) -> None:
    look(page, three)
    assert colours(page) == tuple(UPRIGHT)
    press(page, "Turn right")
    assert colours(page) == TURNED
    press(page, "Turn left")
    assert colours(page) == UPRIGHT
    press(page, "Mirror")
    expect(page.locator(".marks")).to_have_text("Mirrored")
    assert colours(page) == ("green", "red", "blue", "grey")
    press(page, "Turn right")
    assert colours(page) == ("grey", "green", "red", "blue"), "to the right, as it is seen"
    page.get_by_role("button", name="Next").click()
    ready(page)
    assert colours(page) == UPRIGHT, "another photo lies as it was sent"
    expect(page.locator(".marks")).to_be_hidden()


def test_light_is_changed_on_the_screen_only(page: Page, three: Sent) -> None:
    look(page, three)
    plain = shot(page).getpixel((180, 180))
    expect(page.locator(".marks")).to_be_hidden()
    press(page, "Light")
    press(page, "Invert")
    expect(page.locator(".marks")).to_have_text("Inverted")
    inverted = shot(page).getpixel((180, 180))
    assert inverted == pytest.approx([255 - part for part in plain], abs=3)  # type: ignore[union-attr]
    page.get_by_label("Brightness").focus()
    page.keyboard.press("End")
    expect(page.locator(".marks")).to_have_text("Brightness and contrast changed · Inverted")
    press(page, "Reset")
    assert shot(page).getpixel((180, 180)) == plain
    expect(page.locator(".marks")).to_be_hidden()
    press(page, "Invert")
    page.get_by_role("button", name="Next").click()
    ready(page)
    expect(page.locator(".marks")).to_be_hidden()
    expect(page.get_by_role("button", name="Invert")).to_have_attribute("aria-pressed", "false")


def test_all_of_it_by_keyboard(desk: Page, three: Sent) -> None:
    look(desk, three)
    fitted = shot(desk)
    desk.keyboard.press("1")
    assert colours(desk) == UPRIGHT
    assert shot(desk) != fitted, "control: one point of the photo on each of the screen"
    desk.keyboard.press("ArrowRight")
    assert set(colours(desk)) == {"green", "grey"}, "the window went to the right half"
    desk.keyboard.press("Escape")
    assert shot(desk) == fitted
    expect(desk.locator("[data-fill=count]")).to_have_text("1 of 3")
    desk.keyboard.press("ArrowRight")
    expect(desk.locator("[data-fill=count]")).to_have_text("2 of 3")
    ready(desk)
    desk.keyboard.press("+")
    assert not desk.locator(".moves").is_hidden()
    desk.keyboard.press("PageDown")
    expect(desk.locator("[data-fill=count]")).to_have_text("3 of 3")
    ready(desk)
    desk.keyboard.press("r")
    assert colours(desk) == TURNED
    desk.keyboard.press("R")
    desk.keyboard.press("m")
    assert colours(desk) == ("green", "red", "blue", "grey")


def test_keys_are_listed_and_can_be_switched_off(desk: Page, three: Sent) -> None:
    look(desk, three)
    desk.keyboard.press("?")
    keys = desk.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    keys.get_by_label("Use these keys").uncheck()
    keys.get_by_role("button", name="Done").click()
    expect(keys).to_be_hidden()
    desk.keyboard.press("r")
    assert colours(desk) == UPRIGHT
    press(desk, "Keys")
    keys.get_by_label("Use these keys").check()
    desk.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    desk.keyboard.press("r")
    assert colours(desk) == TURNED


def test_days_and_the_time_between_them(page: Page, three: Sent) -> None:
    page.goto(three.link)
    open_photos(page)
    see_photos(page)
    days = page.locator(".day")
    expect(days).to_have_text(["May 3, 2026 ", "May 20, 2026 2 weeks later"])
    expect(page.locator("button.thumb img[alt='Photo 1 of 3']")).to_be_visible()
    page.get_by_role("button", name="Photo 1 of 3").click()
    photo = page.locator('.frame img[data-photo="photos/003.jpg"]')
    photo.wait_for(state="attached")
    expect(page.locator("figcaption")).to_have_text("May 3, 2026")


def test_a_finger_pages_and_the_whole_window_is_used(page: Page, three: Sent) -> None:
    look(page, three)
    box = page.locator(".frame").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)
    for kind, at in (("touchStart", 0.8), ("touchMove", 0.6), ("touchMove", 0.3), ("touchEnd", None)):
        points = [] if at is None else [{"x": box["x"] + box["width"] * at, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(page.locator("[data-fill=count]")).to_have_text("2 of 3")
    press(page, "Full screen")
    viewport = page.viewport_size
    large = page.locator(".viewer").bounding_box()
    assert viewport is not None and large is not None
    assert (large["width"], large["height"]) == (viewport["width"], viewport["height"])
    expect(page.get_by_role("heading", name="Patient")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".viewer[data-full]")).to_have_count(0)
    press(page, "Full screen")
    expect(page.get_by_role("button", name="Close", exact=True)).to_be_hidden()
    press(page, "Leave full screen")
    expect(page.locator(".viewer[data-full]")).to_have_count(0)
    expect(page.locator(".frame")).to_be_focused()


def test_what_zooms_comes_after_the_first_photo_and_goes_with_the_last(desk: Page, three: Sent) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    look(desk, three)
    drawn = next(at for at, url in enumerate(asked) if url.startswith("blob:"))
    tools = [at for at, url in enumerate(asked) if url.endswith(("/tools.js", "/look.js", "/openseadragon.js"))]
    assert len(tools) == 3 and min(tools) > drawn
    assert desk.locator("canvas").count() > 0, "control"
    desk.get_by_role("button", name="Close", exact=True).click()
    state(desk, "closed")
    assert desk.locator("canvas").count() == 0


def test_the_patients_id_is_copied(desk: Page, three: Sent) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    look(desk, three)
    desk.get_by_role("button", name="Copy ID").click()
    expect(desk.get_by_role("button", name="Copied")).to_be_visible()
    assert desk.evaluate("navigator.clipboard.readText()") == "MRN 0042-17"
