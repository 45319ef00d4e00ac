"""What is asked after the first photos: name and country, once, and nothing that anybody has to answer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.conftest import Phone, wait_until_fetched
from tests.browser.steps import state
from tests.conftest import SENDER, Installation
from tests.keyserver.steps import in_days
from viewer.sender.sending import Sent

Letters = Callable[..., Sent]
ASKED = "Who are you?"


@pytest.fixture
def closed(phone: Phone, letter: Letters, contact: str) -> Phone:
    """A phone on which a new recipient has just closed their first photos."""
    phone.page.goto(letter(contact).link)
    phone.type("Six-digit code", phone.code(contact, lambda: phone.page.locator("form .button").first.tap()))
    phone.open()
    assert phone.page.get_by_text(ASKED).count() == 0, "never over the photos"
    phone.close()
    expect(phone.page.get_by_role("heading", name=ASKED)).to_be_visible()
    return phone


def account(phone: Phone) -> dict[str, str]:
    found: dict[str, str] = phone.page.evaluate("fetch('/api/account').then(one => one.json())")["account"]
    return found


def look_again(phone: Phone, letter: Letters) -> None:
    """Open and close photos once more."""
    phone.page.goto(letter(account(phone)["contact"]).link)
    phone.open()
    phone.close()


def test_name_and_country_are_said(closed: Phone, letter: Letters, contact: str) -> None:
    assert closed.page.get_by_label("Country you work in").input_value() == "AU", "offered, not said"
    assert account(closed)["jurisdiction"] == ""
    closed.type("Your name", "Dr Grace Hopper")
    closed.page.get_by_label("Country you work in").select_option(label="New Zealand")
    closed.tap("Save")
    expect(closed.page.locator("main [data-fill=news]")).to_have_text("Thank you. This has been saved.")
    found = account(closed)
    assert (found["name"], found["jurisdiction"]) == ("Dr Grace Hopper", "NZ")
    look_again(closed, letter)
    expect(closed.page.get_by_text(f"Dr Grace Hopper, {contact}")).to_be_visible()
    expect(closed.page.get_by_role("heading", name=ASKED)).to_have_count(0)


def test_one_tap_leaves_it_out_for_good(closed: Phone, letter: Letters) -> None:
    closed.tap("Not now")
    expect(closed.page.get_by_role("heading", name=ASKED)).to_have_count(0)
    assert closed.page.evaluate("document.activeElement.textContent") == "The photos are closed"
    look_again(closed, letter)
    # What comes after the closing is fetched first: then there would be the question.
    wait_until_fetched(closed.page, "after.js")
    closed.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(closed.page.get_by_role("heading", name=ASKED)).to_have_count(0)
    found = account(closed)
    assert (found["name"], found["jurisdiction"]) == ("", "")


def test_control_who_says_nothing_is_asked_again(closed: Phone, letter: Letters) -> None:
    look_again(closed, letter)
    expect(closed.page.get_by_role("heading", name=ASKED)).to_be_visible()


def test_what_goes_wrong_is_said_and_nothing_typed_is_lost(closed: Phone) -> None:
    closed.page.route("**/api/account", lambda route: route.abort("internetdisconnected"))
    closed.type("Your name", "Dr Grace Hopper")
    closed.tap("Save")
    expect(closed.page.get_by_role("alert")).to_contain_text("Check that you are connected")
    assert closed.page.get_by_label("Your name").input_value() == "Dr Grace Hopper"
    closed.page.unroute("**/api/account")
    closed.tap("Save")
    expect(closed.page.locator("main [data-fill=news]")).to_have_text("Thank you. This has been saved.")
    state(closed.page, "closed")


def test_photos_for_certain_countries_ask_where_somebody_works(
    phone: Phone, letter: Letters, installation: Installation, people: Path, contact: str
) -> None:
    """Nobody is asked before the first photo, so nobody new has said it: the way out is there, and works."""
    sent, sender = letter(contact), installation.client(SENDER, people)
    body = {"not_after": in_days(2), "jurisdictions": ["NZ"]}
    sender.with_pass("PUT", f"{sender.portal}/v1/keys/{sent.report}/policy", sent.report, "policy:write", json=body)
    phone.page.goto(sent.link)
    phone.type("Six-digit code", phone.code(contact, lambda: phone.page.locator("form .button").first.tap()))
    state(phone.page, "card")
    phone.tap("Open photos")
    expect(phone.page.locator("main .lead")).to_contain_text("you have not said yet where you work")
    phone.page.get_by_role("link", name="Say where you work").tap()
    phone.page.get_by_label("Country you work in").select_option(label="New Zealand")
    with phone.page.expect_response(lambda answer: answer.request.method == "PUT"):
        phone.page.locator("form", has=phone.page.get_by_label("Country you work in")).locator("button").first.tap()
    phone.page.goto(sent.link)
    phone.open()
