"""A person's own page, as they live through it: with a second address, on two devices, and until the account's end."""

import itertools
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.journeys.test_passkeys import Finger, suggest_nothing
from tests.browser.judged import wrong
from tests.browser.steps import sign_in, state
from tests.conftest import Installation
from tests.databases import change
from viewer.portal import sessions

_numbers = itertools.count(1)  # of people: what one contact is sent is limited


@pytest.fixture
def contact() -> str:
    return f"person{next(_numbers)}@account.example.org"


@pytest.fixture
def theirs(chromium: Browser) -> Iterator[Page]:
    """Another device."""
    with closing(chromium.new_context(user_agent="Mozilla/5.0 (iPhone) Version/18.5 Safari/604.1")) as context:
        yield context.new_page()


def enter(page: Page, installation: Installation, contact: str) -> None:
    page.goto(f"{installation.url}/account")
    sign_in(page, installation, contact)
    state(page, "account")


def section(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=heading)


def contacts(page: Page) -> Locator:
    return section(page, "E-mail addresses and mobile numbers")


def add(page: Page, installation: Installation, contact: str) -> None:
    before = len(installation.inbox.messages)
    contacts(page).get_by_label("Add another one").fill(contact)
    contacts(page).get_by_role("button", name="Send the code").click()
    expect(contacts(page)).to_contain_text("We sent a code to", timeout=60_000)
    contacts(page).get_by_label("Code").fill(installation.inbox.code_for(contact, before))
    contacts(page).get_by_role("button", name="Add it").click()
    expect(contacts(page).get_by_role("heading", name=contact)).to_be_visible(timeout=60_000)


def sure(page: Page, answer: str) -> None:
    dialog = page.get_by_role("dialog")
    assert page.evaluate("document.activeElement.textContent") == "Leave it as it is", "the safe answer has the focus"
    dialog.get_by_role("button", name=answer).click()


def test_contacts_come_and_go(installation: Installation, watched: Watched, contact: str) -> None:
    page, second = watched.page, f"second.{contact}"
    enter(page, installation, contact)
    expect(contacts(page).get_by_role("button", name="Remove")).to_have_count(0)
    add(page, installation, second)
    contacts(page).get_by_role("button", name=f"Send messages here {second}").click()
    expect(contacts(page).get_by_role("listitem").first).to_contain_text(second, timeout=60_000)
    contacts(page).get_by_role("button", name=f"Remove {second}").click()
    sure(page, "Leave it as it is")
    expect(contacts(page).get_by_role("listitem")).to_have_count(2)
    contacts(page).get_by_role("button", name=f"Remove {second}").click()
    sure(page, "Remove it")
    expect(contacts(page).get_by_role("listitem")).to_have_count(1, timeout=60_000)
    assert watched.complaints == []
    assert [one.url for one in watched.requests if not one.url.startswith(installation.url)] == []


def test_what_is_typed_wrongly_is_said_where_it_was_typed(installation: Installation, page: Page, contact: str) -> None:
    enter(page, installation, contact)
    contacts(page).get_by_label("Add another one").fill("nobody")
    page.keyboard.press("Enter")
    expect(contacts(page).get_by_role("alert")).to_contain_text("Type your e-mail address", timeout=60_000)
    assert contacts(page).get_by_label("Add another one").input_value() == "nobody"
    contacts(page).get_by_label("Add another one").fill(f"second.{contact}")
    page.keyboard.press("Enter")
    contacts(page).get_by_label("Code").fill("000000")
    page.keyboard.press("Enter")
    expect(contacts(page).get_by_role("alert")).to_contain_text("That code is not right", timeout=60_000)


def test_after_a_while_one_proves_again_and_it_goes_on(installation: Installation, page: Page, contact: str) -> None:
    enter(page, installation, contact)
    long_ago = "UPDATE session SET created_at = created_at - :ago WHERE contact = :contact"
    change(installation.settings, "portal", long_ago, ago=sessions.FRESH + 1, contact=contact)
    contacts(page).get_by_label("Add another one").fill(f"second.{contact}")
    page.keyboard.press("Enter")
    state(page, "sign-in")
    expect(page.get_by_text("To be sure that it is you")).to_be_visible()
    assert page.get_by_label("Your e-mail or mobile number").input_value() == contact, "nothing is typed twice"
    before = len(installation.inbox.messages)
    page.keyboard.press("Enter")
    state(page, "code")
    page.get_by_label("Six-digit code").fill(installation.inbox.code_for(contact, before))
    state(page, "account")
    expect(contacts(page)).to_contain_text("We sent a code to", timeout=60_000)


def test_devices(installation: Installation, page: Page, theirs: Page, contact: str) -> None:
    enter(theirs, installation, contact)
    enter(page, installation, contact)
    devices = section(page, "Where you are signed in")
    line = devices.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Safari on iPhone"))
    expect(line).to_contain_text("Signed in with a code today", timeout=60_000)
    expect(devices.get_by_role("listitem").first).to_contain_text("This is the one that you use now.")
    line.get_by_role("button", name="Sign out there").click()
    expect(devices.get_by_role("listitem")).to_have_count(1, timeout=60_000)
    theirs.reload()
    state(theirs, "sign-in")
    sign_in(theirs, installation, contact)
    state(theirs, "account")
    section(theirs, "Where you are signed in").get_by_role("button", name="Sign out everywhere", exact=True).click()
    state(theirs, "sign-in")
    page.reload()
    state(page, "sign-in")


def test_passkeys(installation: Installation, page: Page, contact: str) -> None:
    finger = Finger(page)
    suggest_nothing(page)
    enter(page, installation, contact)
    passkeys = section(page, "Passkeys")
    passkeys.get_by_role("button", name="Make a passkey on this device").click()
    expect(passkeys.get_by_role("listitem")).to_have_count(1, timeout=60_000)
    assert len(finger.passkeys) == 1
    page.get_by_role("article").get_by_role("button", name="Sign out", exact=True).click()
    state(page, "sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    state(page, "account")
    expect(section(page, "Where you are signed in")).to_contain_text("Signed in with a passkey today")
    passkeys.get_by_role("button", name="Remove").click()
    sure(page, "Remove it")
    expect(passkeys.get_by_role("listitem")).to_have_count(0, timeout=60_000)


def test_a_passkey_gets_another_name(installation: Installation, page: Page, contact: str) -> None:
    """By keyboard alone."""
    Finger(page)
    enter(page, installation, contact)
    passkeys = section(page, "Passkeys")
    passkeys.get_by_role("button", name="Make a passkey on this device").press("Enter")
    rename = passkeys.get_by_role("button", name="Rename")
    rename.press("Enter", timeout=60_000)
    field = page.get_by_role("dialog").get_by_label("A name for this passkey")
    expect(field).to_be_focused()
    old = field.input_value()
    expect(passkeys.get_by_role("heading", name=old)).to_be_visible()
    field.press("Escape")
    expect(passkeys.get_by_role("heading", name=old)).to_be_visible()
    expect(rename).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("  Ward   phone ")  # in place of the old one, which is selected
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert wrong(page) == []
    page.keyboard.press("Enter")
    expect(passkeys.get_by_role("heading", name="Ward phone")).to_be_visible(timeout=60_000)
    expect(passkeys.get_by_role("button", name="Rename Ward phone")).to_be_focused()
    passkeys.get_by_role("button", name="Remove Ward phone").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Remove the passkey Ward phone?")
    page.keyboard.press("Enter")
    page.reload()
    state(page, "account")
    expect(passkeys.get_by_role("heading")).to_have_text(["Passkeys", "Ward phone"])


def test_name_and_country_are_said_here_too(installation: Installation, page: Page, contact: str) -> None:
    enter(page, installation, contact)
    page.get_by_label("Your name").fill("Dr Own Page")
    page.get_by_label("Country you work in").select_option("AU")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"You are signed in as Dr Own Page, {contact}.")).to_be_visible(timeout=60_000)
    page.reload()
    state(page, "account")
    expect(page.get_by_label("Country you work in")).to_have_value("AU")
    expect(page.get_by_label("Your name")).to_have_value("Dr Own Page")


def test_a_copy_of_it_all_and_the_end(installation: Installation, page: Page, contact: str, tmp_path: Path) -> None:
    enter(page, installation, contact)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save a copy").click()
    download.value.save_as(tmp_path / "copy.json")
    held = json.loads((tmp_path / "copy.json").read_text())["held"]
    assert [one["value"] for one in held["contact"]["rows"]] == [contact]
    page.get_by_role("button", name="Erase the account").click()
    expect(page.get_by_role("dialog")).to_contain_text("Photos that you have sent are withdrawn")
    page.keyboard.press("Escape")
    state(page, "account")
    page.get_by_role("button", name="Erase the account").click()
    sure(page, "Erase it")
    state(page, "erased")
    page.goto(f"{installation.url}/account")
    state(page, "sign-in")


def test_a_link_to_it_for_whoever_is_signed_in(installation: Installation, page: Page, contact: str) -> None:
    link = page.get_by_role("banner").get_by_role("link", name="Your account")
    page.goto(f"{installation.url}/organisation")
    state(page, "sign-in")
    expect(link).to_have_count(0)
    sign_in(page, installation, contact)
    state(page, "alone")
    for path in ("/organisation", "/sent", "/audit"):
        page.goto(installation.url + path)
        expect(link).to_be_visible(timeout=60_000)
    link.focus()
    page.keyboard.press("Enter")
    state(page, "account")
    page.get_by_role("article").get_by_role("button", name="Sign out", exact=True).click()
    state(page, "sign-in")
    expect(link).to_have_count(0)


def test_all_of_it_by_keyboard(installation: Installation, page: Page, contact: str) -> None:
    """Whatever can be pressed or filled in is reached by Tab, in the order of the page."""
    enter(page, installation, contact)
    reached = []
    while True:
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement === document.body ? '' : document.activeElement.outerHTML")
        if not name or name in reached:
            break
        reached.append(name)
    on_page = "[...document.querySelectorAll('main :is(button, input, select, a)')].filter((one) => one.offsetParent)"
    there = page.evaluate(f"{on_page}.map((one) => one.outerHTML)")
    assert [one for one in reached if one in there] == there and len(there) >= 10


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with closing(chromium.new_context(viewport={"width": 360, "height": 740})) as context:
        yield context.new_page()
