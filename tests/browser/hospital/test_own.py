"""A person sees which hospitals sign them in, removes one on their page, and allows it again, at a real provider."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.hospital.conftest import Watched
from tests.browser.hospital.test_hospital import BUTTON
from tests.browser.judged import wrong
from tests.browser.steps import state
from tests.conftest import Installation
from tests.oidc import NAME, be


def section(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("Your hospital.s sign-in"))


def come(phone: Watched, hospital: Installation, contact: str = "") -> None:
    """Sign in by the hospital, on the way to one's own page; as somebody whom its provider does not know yet."""
    phone.page.goto(f"{hospital.url}/account")
    phone.tap(BUTTON)
    if contact:
        be(phone.page, contact)


def refused(phone: Watched) -> None:
    expect(phone.page.get_by_role("heading", name="You are not signed in")).to_be_visible(timeout=60_000)


def test_removed_and_allowed_again(hospital: Installation, phones: Callable[..., Watched]) -> None:
    phone, other, contact = phones(), phones(), "leaves@example.org"
    for one in (phone, other):
        come(one, hospital, contact)
        state(one.page, "account")
    page, mine = phone.page, section(phone.page)
    expect(mine.get_by_role("heading", name=NAME)).to_be_visible()
    expect(mine).to_contain_text("It signs you in. First used today")
    mine.get_by_role("button", name=f"Remove {NAME}").tap()
    expect(page.get_by_role("dialog")).to_contain_text("a code that is sent there still signs you in")
    assert wrong(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Remove it").tap()
    expect(page.get_by_text("To be sure that it is you")).to_be_visible(timeout=60_000)
    before = len(hospital.inbox.messages)
    page.keyboard.press("Enter")
    state(page, "code")
    page.get_by_label("Six-digit code").fill(hospital.inbox.code_for(contact, before))
    expect(mine).to_contain_text("It does not sign you in here.", timeout=60_000)
    assert wrong(page) == []
    expect(page.get_by_role("region", name="Where you are signed in").get_by_role("listitem")).to_have_count(1)
    other.page.reload()
    state(other.page, "sign-in")
    other.tap(BUTTON)
    refused(other)
    mine.get_by_role("button", name=f"Allow it again {NAME}").tap()
    expect(mine).to_be_hidden(timeout=60_000)
    come(other, hospital)
    state(other.page, "account")
    expect(section(other.page).get_by_role("heading", name=NAME)).to_be_visible()
    assert [one for one in phone.complaints if not one.startswith("Failed to load resource")] == []


def test_who_has_none_sees_nothing_of_it(hospital: Installation, phone: Watched) -> None:
    page = phone.page
    page.goto(f"{hospital.url}/account")
    phone.type("Your e-mail or mobile number", "none@private.example")
    phone.type("Six-digit code", phone.code("none@private.example", lambda: phone.tap("Send me a code")))
    state(page, "account")
    expect(section(page)).to_be_hidden()
    expect(page.get_by_role("region", name="Passkeys")).to_be_visible()  # control
