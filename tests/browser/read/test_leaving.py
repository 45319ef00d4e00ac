"""Photos do not stay where nobody looks at them: each way of leaving takes them off for good, and has its control."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.read.conftest import DESK
from tests.browser.read.steps import PATIENT, ended, is_blank, is_closed, read, send
from tests.browser.steps import cookies_of, open_photos, see_photos, state
from tests.browser.test_arrival import ALIVE, NOTED
from tests.conftest import CHROMIUM_FLAGS, Installation
from viewer.sender.client import Client

HIDDEN = "() => dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))"
SECOND = "signs.out.often@example.org"


def weaken(page: Page, old: str, new: str) -> None:
    """Let the page do otherwise when it is left."""

    def change(route: Route) -> None:
        response = route.fetch()
        changed = response.text().replace(old, new)
        assert changed != response.text()
        route.fulfill(response=response, body=changed)

    page.route("**/leaving.js", change)


def is_open(page: Page) -> None:
    state(page, "photos")
    assert page.evaluate(ALIVE) > 0 and PATIENT in page.content()


def is_said(page: Page) -> None:
    expect(page.get_by_role("alertdialog")).to_contain_text("In a minute the photos are closed.")


def test_nobody_touches_the_page(page: Page, sender: Client) -> None:
    page.clock.install()
    read(page, send(sender).link)
    page.clock.run_for("08:50")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    page.clock.run_for("00:20")
    is_said(page)
    page.get_by_role("button", name="Keep them open").click()
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    page.clock.run_for("09:10")
    is_said(page)
    page.mouse.move(10, 10)
    page.keyboard.press("Shift")
    page.clock.run_for("00:06")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    is_open(page)
    page.clock.run_for("10:10")
    is_closed(page)
    expect(page.locator("[data-fill=news]")).to_have_text("Nobody has touched this page for 10 minutes.")
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_control_a_page_that_waits_for_longer(page: Page, sender: Client) -> None:
    weaken(page, "MINUTES = 10;", "MINUTES = 1000;")
    page.clock.install()
    read(page, send(sender).link)
    page.clock.run_for("10:10")
    is_open(page)


def test_a_screen_that_has_slept_shows_nothing_when_it_wakes(page: Page, sender: Client) -> None:
    weaken(page, "setInterval(look, TICK);", "")  # as in a sleep, in which no timer runs
    page.clock.install()
    read(page, send(sender).link)
    page.clock.pause_at(page.evaluate("Date.now() + 3_600_000"))
    is_open(page)
    page.mouse.move(10, 10)
    page.mouse.move(20, 20)
    is_closed(page)


@pytest.mark.parametrize("weakened", [False, True], ids=["left", "control"])
def test_the_page_is_left(page: Page, sender: Client, weakened: bool) -> None:
    if weakened:
        weaken(page, '"pagehide"', '"never"')
    read(page, send(sender).link)
    page.evaluate(HIDDEN)
    (is_open if weakened else is_closed)(page)


@pytest.mark.parametrize("weakened", [False, True], ids=["left", "control"])
def test_the_page_is_left_while_photos_are_opened(page: Page, sender: Client, weakened: bool) -> None:
    if weakened:
        weaken(page, '"pagehide"', '"never"')
    page.route("**/release", lambda route: None)  # for ever
    page.goto(send(sender).link)
    with page.expect_request("**/release"):
        open_photos(page)
    page.evaluate(HIDDEN)
    if weakened:
        assert page.workers
        return
    ended(page)
    page.unroute("**/release")
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    state(page, "card")
    open_photos(page)
    see_photos(page)


@pytest.fixture
def keeping(signed_in: Any, chromium: Browser) -> Iterator[Page]:
    """A browser that keeps pages as they are, to come back to."""
    launch = chromium.browser_type.launch
    left_out = ["--disable-back-forward-cache"]
    with (
        closing(
            launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS, ignore_default_args=left_out)
        ) as other,
        closing(other.new_context(viewport=DESK, storage_state=signed_in)) as context,
    ):
        context.add_init_script(NOTED)
        yield context.new_page()


def test_the_back_button_brings_nothing_back(keeping: Page, installation: Installation, sender: Client) -> None:
    page, link = keeping, send(sender).link
    read(page, link)
    page.goto(f"{installation.url}/")
    page.go_back()
    page.wait_for_url("**/r/**")
    page.locator('main:is([data-state="closed"], [data-state="problem"])').wait_for()
    assert PATIENT not in page.content()
    expect(page.locator("main img")).to_have_count(0)
    assert page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('link '))") == []


@pytest.fixture
def two(chromium: Browser, installation: Installation) -> Iterator[Callable[[], Page]]:
    """Tabs of somebody else's: who signs out is signed out in all."""
    cookies = cookies_of(SECOND, installation, chromium)
    with closing(chromium.new_context(viewport=DESK, storage_state=cookies)) as context:
        context.add_init_script(NOTED)
        yield context.new_page


def test_signing_out(two: Callable[[], Page], sender: Client) -> None:
    page = two()
    read(page, send(sender, to=SECOND).link)
    page.get_by_role("button", name="Close and sign out").click()
    is_closed(page)
    expect(page.locator("[data-fill=news]")).to_have_text("You are signed out.")


@pytest.mark.parametrize("way", ["Sign out", "Sign out everywhere"])
def test_signing_out_in_another_tab(
    two: Callable[[], Page], installation: Installation, sender: Client, way: str
) -> None:
    page, other = two(), two()
    read(page, send(sender, to=SECOND).link)
    other.goto(f"{installation.url}/account")
    state(other, "account")
    is_open(page)
    other.get_by_role("button", name=way, exact=True).click()
    is_closed(page)
    expect(page.locator("[data-fill=news]")).to_have_text("You have signed out in another tab.")


def test_control_a_page_that_does_not_hear_of_it(
    two: Callable[[], Page], installation: Installation, sender: Client
) -> None:
    page, other = two(), two()
    weaken(page, 'addEventListener("message"', 'addEventListener("never"')
    read(page, send(sender, to=SECOND).link)
    other.goto(f"{installation.url}/account")
    other.get_by_role("button", name="Sign out", exact=True).click()
    state(other, "sign-in")
    is_open(page)


def test_nothing_is_printed(page: Page, sender: Client) -> None:
    read(page, send(sender).link)
    page.emulate_media(media="print")
    expect(page.locator(".viewer")).to_be_hidden()
    page.emulate_media(media="screen")
    expect(page.locator(".viewer")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    is_blank(page)
    assert re.search(r"/r/[0-9A-Z]{26}$", page.url)
