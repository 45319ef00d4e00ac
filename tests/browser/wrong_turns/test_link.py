"""Wrong turns of the link: cut off, mistyped, changed on its way, let go of; each has its sentence and a way on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from sealed import hints
from tests.browser.steps import open_photos, see_photos, state
from tests.browser.wrong_turns.conftest import PASTE, problem
from tests.conftest import Installation
from viewer.sender.sending import Sent


def test_control_without_a_wrong_turn_the_photo_is_seen(page: Page, letter: Sent) -> None:
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)


def share(link: str) -> str:
    """The link without what it says of whom it is for: that may be cut off, and it is whole."""
    address, _, fragment = link.partition("#")
    return f"{address}#{hints.split(fragment)[0]}"


def test_without_its_last_letters_it_only_knows_nobody(page: Page, letter: Sent) -> None:
    assert letter.link != share(letter.link)
    page.goto(letter.link[:-3])
    open_photos(page)
    see_photos(page)


@pytest.mark.parametrize(
    ("change", "title", "words"),
    [
        (lambda link: share(link)[:-3], "The link is not complete", "ask the sender for the whole link"),
        (lambda link: share(link)[:-3] + "000", "The link is not right", "Open it again from the message"),
        (lambda link: link.partition("#")[0], "The link is not complete", "Open it again from the message"),
        (lambda link: link.replace("#", "Z#"), "The link is not right", "ask the sender for the whole link"),
        (lambda link: link.replace("/r/", "/r/_"), "The link is not right", "Open it again from the message"),
    ],
    ids=["cut off", "mistyped", "fragment lost", "id too long", "id mistyped"],
)
def test_a_broken_link(page: Page, letter: Sent, change: Callable[[str], str], title: str, words: str) -> None:
    page.goto(change(letter.link))
    problem(page, title, words, PASTE)
    assert "#" not in page.url
    page.get_by_role("link", name=PASTE).click()
    page.get_by_label("Link from your message").fill(f"Photos for you: {letter.link}.")
    page.keyboard.press("Enter")
    open_photos(page)
    see_photos(page)


@pytest.mark.parametrize("script", ["on its way", "broken"])
def test_a_link_that_is_pasted_before_the_page_is_ready(
    page: Page, installation: Installation, letter: Sent, script: str
) -> None:
    """The control is a script that never comes: what is typed then goes nowhere."""
    held: list[Route] = []
    page.route("**/home.js", lambda route: held.append(route))
    page.goto(installation.url, wait_until="commit")
    page.get_by_label("Link from your message").fill(letter.link)
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.url == f"{installation.url}/"
    [route] = held
    if script == "broken":
        route.abort()
        page.wait_for_timeout(500)
        assert page.url == f"{installation.url}/"
    else:
        route.continue_()
        open_photos(page)
        see_photos(page)


def test_a_link_that_is_none(page: Page, installation: Installation, letter: Sent) -> None:
    page.goto(installation.url)
    box = page.get_by_label("Link from your message")
    box.fill("https://elsewhere.example/r/1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(f"starts with {installation.url}/r/")
    box.fill(letter.link)
    page.get_by_role("button", name="Open the link").click()
    state(page, "card")


@pytest.mark.parametrize("hash_sign", ["%23", "%2523", "/#"])
def test_a_link_whose_hash_sign_was_changed_still_opens(page: Page, letter: Sent, hash_sign: str) -> None:
    page.goto(letter.link.replace("#", hash_sign))
    open_photos(page)
    see_photos(page)
    assert page.url == letter.link.partition("#")[0]


def test_a_link_that_this_page_has_let_go_of(page: Page, letter: Sent) -> None:
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)
    page.reload()
    problem(page, "Tap the link once more", "Go back to your message", PASTE)
    page.goto("about:blank")
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)


def test_an_address_that_leads_nowhere(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}/reports")
    problem(page, "Nothing here", "tap the link in it again", "Go to the start page")
    page.get_by_role("link", name="Go to the start page").click()
    state(page, "home")
