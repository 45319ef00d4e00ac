"""What senders and their tests do on the sender's page."""

from contextlib import closing
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.browser.steps import sign_in, state
from tests.conftest import Installation
from viewer.sender.sending import Sent

GRACE, READER, STRANGER, NOBODY = "grace@example.org", "ward@example.org", "passer.by@example.org", "new@example.org"
PATIENT = "MRN 77-kept"
PHONE: Any = {"width": 360, "height": 740}

KEEP = """async ([report, fragment, patient]) => {
  const {account} = await (await fetch("/api/account")).json();
  const module = [...document.querySelectorAll("link[rel=modulepreload]")].find(({href}) => href.endsWith("/shelf.js"));
  const shelf = await import(module.href);
  const until = Date.now() + 86400000;
  const kept = {report, use: "sent", until, fragment, patient, sender: "", sent: "2026-11-20T10:00:00Z"};
  await shelf.put(account.id, kept);
}"""


def cookies(installation: Installation, chromium: Browser, contact: str) -> Any:
    with closing(chromium.new_context()) as context:
        page = context.new_page()
        page.goto(f"{installation.url}/sent")
        sign_in(page, installation, contact)
        page.locator('main:is([data-state="list"], [data-state="empty"])').wait_for(timeout=60_000)
        return context.storage_state()


def look(page: Page, installation: Installation, sent: Sent) -> None:
    """Open the page of one report, and wait until it says what happened."""
    page.goto(f"{installation.url}/sent/{sent.report}")
    state(page, "report")
    page.locator(".entry").first.wait_for(timeout=60_000)


def refresh(page: Page) -> None:
    """Come back to the page, as from another tab."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def entry(page: Page, title: str) -> Locator:
    return page.locator(".entry").filter(has=page.get_by_role("heading", name=title))


def keep(page: Page, installation: Installation, sent: Sent, reload: bool = True) -> None:
    """Let this browser keep the link, as it does of what was sent by its own page."""
    if reload:
        page.goto(f"{installation.url}/sent")
    page.evaluate(KEEP, [sent.report, sent.link.partition("#")[2], PATIENT])
