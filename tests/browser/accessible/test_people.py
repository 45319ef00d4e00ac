"""The start page, a person's own, an organisation's, and what a hospital sends people back to."""

from playwright.sync_api import Page, expect

from tests.browser import judged
from tests.browser.steps import sign_in, state
from tests.conftest import Installation
from viewer.database import Database
from viewer.portal import invitations, organisations


def test_start_page_and_what_is_not_there(installation: Installation, page: Page) -> None:
    page.goto(installation.url)
    assert judged.wrong(page) == []
    page.get_by_label("Link from your message").fill("what?")
    page.get_by_role("button", name="Open the link").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert judged.wrong(page) == []
    page.goto(f"{installation.url}/nowhere")
    assert judged.wrong(page) == []


def test_persons_own_page(installation: Installation, page: Page) -> None:
    page.goto(f"{installation.url}/account")
    sign_in(page, installation, "own.eyes@example.org")
    state(page, "account")
    expect(page.get_by_role("heading", name="Chrome on Linux")).to_be_visible()
    assert judged.wrong(page) == []
    page.get_by_label("Add another one").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible(timeout=60_000)
    assert judged.wrong(page) == []
    page.get_by_label("Add another one").fill("second.eyes@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_visible(timeout=60_000)
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Erase the account").click()
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Erase it").click()
    state(page, "erased")
    assert judged.wrong(page) == []


def test_pages_of_an_organisation(installation: Installation, page: Page) -> None:
    boss = "wide.open@example.org"
    page.goto(f"{installation.url}/organisation")
    sign_in(page, installation, boss)
    state(page, "alone")
    assert judged.wrong(page) == []
    with Database(installation.settings, "portal").write() as session:
        account = invitations.account_of(session, installation.settings, boss)
        organisations.add(session, "Ward with a view", account)
    page.reload()
    state(page, "organisation")
    page.get_by_label("Their name").fill("Dr Intern")
    page.get_by_label("Their e-mail or mobile number").fill("intern.with.a.view@example.org")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator(".person")).to_have_count(2, timeout=60_000)
    assert judged.wrong(page) == []
    page.goto(f"{installation.url}/audit")
    state(page, "log")
    page.locator(".entry").first.wait_for(timeout=60_000)
    assert judged.wrong(page) == []


def test_where_a_hospital_sends_people_back(installation: Installation, page: Page) -> None:
    page.goto(f"{installation.url}/signed-in/nowhere?code=c&state=s")
    state(page, "problem")
    assert judged.wrong(page) == []
    page.route("**/api/sessions/hospital", lambda route: route.fulfill(json={"account": {}}))
    page.goto(f"{installation.url}/signed-in/nowhere?code=c&state=s")
    state(page, "lost")
    assert judged.wrong(page) == []
