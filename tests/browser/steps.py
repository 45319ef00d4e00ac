"""What a person does in the browser, step by step."""

from contextlib import closing
from typing import Any

from playwright.sync_api import Browser, Page, expect

from sealed.base32 import link_text
from tests.conftest import Installation


def type_instead(page: Page) -> None:
    """Go to where the contact is typed, also where the link says whom it is for."""
    page.locator('main:is([data-state="sign-in"], [data-state="named"])').wait_for(timeout=60_000)
    if page.locator('main[data-state="named"]').count():
        page.get_by_role("button", name="Use another address or number").click()
    state(page, "sign-in")


def sign_in(page: Page, installation: Installation, contact: str) -> None:
    """Type contact and code, as a recipient does."""
    before = len(installation.inbox.messages)
    type_instead(page)
    page.get_by_label("Your e-mail or mobile number").fill(contact)
    page.keyboard.press("Enter")
    state(page, "code")
    page.get_by_label("Six-digit code").fill(installation.inbox.code_for(contact, before))


def cookies_of(contact: str, installation: Installation, chromium: Browser) -> Any:
    """Sign somebody in; return their cookies for new contexts: the number of codes in an hour is limited."""
    with closing(chromium.new_context()) as context:
        page = context.new_page()
        page.goto(f"{installation.url}/r/{'0' * 26}#{link_text(bytes(20))}")
        sign_in(page, installation, contact)
        state(page, "card")
        return context.storage_state()


def state(page: Page, name: str) -> None:
    """Wait until the page shows this state."""
    page.locator(f'main[data-state="{name}"]').wait_for(timeout=60_000)


def open_photos(page: Page) -> None:
    """Press the one button of the card, once it is there."""
    state(page, "card")
    page.get_by_role("button", name="Open photos").click()


def see_photos(page: Page) -> None:
    """Wait until all photos have arrived and been checked, and one is drawn."""
    page.locator('.viewer[data-arrival="complete"]').wait_for(timeout=60_000)
    # Not wait_for_function: where the first look is too early it needs eval, which the page forbids.
    expect(page.locator("img[data-photo]").first).not_to_have_js_property("naturalWidth", 0, timeout=60_000)
