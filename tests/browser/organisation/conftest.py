"""An organisation, its administrator's browser, and somebody who is to be invited."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watched, browsing
from tests.browser.steps import sign_in, state
from tests.conftest import Installation
from viewer.database import Database
from viewer.portal import invitations, organisations

BOSS = "matron@example.org"
PHONE: Any = {"width": 360, "height": 740}


def enter(page: Page, installation: Installation, contact: str) -> None:
    """Sign in on the page of organisations."""
    page.goto(f"{installation.url}/organisation")
    sign_in(page, installation, contact)


def invite(page: Page, name: str, contact: str, role: str = "Sender") -> None:
    page.get_by_label("Their name").fill(name)
    page.get_by_label("Their e-mail or mobile number").fill(contact)
    page.get_by_role("group", name="What they are here").get_by_label(role).check()
    page.get_by_role("button", name="Invite", exact=True).click()


def person(page: Page, name: str) -> Locator:
    return page.locator(".person").filter(has=page.get_by_role("heading", name=name))


def look(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}/organisation")
    state(page, "organisation")
    expect(person(page, BOSS)).to_be_visible(timeout=60_000)


@pytest.fixture(scope="module")
def cookies(installation: Installation, chromium: Browser) -> Any:
    """The administrator's."""
    settings = installation.settings
    with Database(settings, "portal").write() as session:
        organisations.add(session, "St Vincent, Ward 7", invitations.account_of(session, settings, BOSS))
    with closing(chromium.new_context()) as context:
        page = context.new_page()
        enter(page, installation, BOSS)
        page.locator('main[data-state="organisation"]').wait_for(timeout=60_000)
        return context.storage_state()


@pytest.fixture
def watched(chromium: Browser, cookies: Any) -> Iterator[Watched]:
    """The administrator's phone, and all it asks for and complains of."""
    with browsing(chromium, cookies) as seen:
        yield seen


@pytest.fixture
def theirs(chromium: Browser) -> Iterator[Page]:
    """The browser of somebody else."""
    with closing(chromium.new_context(viewport=PHONE)) as context:
        yield context.new_page()
