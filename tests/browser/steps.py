"""What a person does in the browser, step by step."""

from playwright.sync_api import Page

from tests.conftest import Installation


def sign_in(page: Page, installation: Installation, contact: str) -> None:
    """Type contact and code, as a recipient does."""
    before = len(installation.inbox.messages)
    page.get_by_label("Your e-mail or mobile number").fill(contact)
    page.keyboard.press("Enter")
    state(page, "code")
    page.get_by_label("Six-digit code").fill(installation.inbox.code_for(contact, before))


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
    page.wait_for_function("() => document.querySelector('img[data-photo]').naturalWidth > 0")
