"""The page of an organisation, as an administrator and the people whom they invite and disable live through it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.organisation.conftest import BOSS, enter, invite, look, person
from tests.browser.sent.steps import refresh
from tests.browser.steps import sign_in, state
from tests.conftest import Installation


def test_from_the_invitation_to_the_last_day(installation: Installation, watched: Watched, theirs: Page) -> None:
    page, contact = watched.page, "intern@example.org"
    look(page, installation)
    before = len(installation.inbox.messages)
    invite(page, "Dr Intern", contact)
    line = person(page, "Dr Intern")
    expect(line).to_contain_text("has not joined yet", timeout=60_000)
    expect(page.get_by_label("Their name")).to_have_value("")
    [message] = [one for one in installation.inbox.messages[before:] if one.to == contact]
    assert f"{installation.url}/organisation" in message.text and "#" not in message.text
    enter(theirs, installation, contact)
    expect(theirs.get_by_role("heading")).to_have_text("St Vincent, Ward 7 invites you", timeout=60_000)
    theirs.get_by_role("button", name="Join").click()
    expect(theirs.get_by_role("heading")).to_have_text("You belong to St Vincent, Ward 7", timeout=60_000)
    account = theirs.evaluate("async () => (await (await fetch('/api/account')).json()).account")
    assert account["may_send"] and account["name"] == "Dr Intern"
    theirs.get_by_role("link", name="Photos you have sent").click()
    state(theirs, "empty")
    refresh(page)
    expect(line).to_contain_text("Last signed in today", timeout=60_000)

    line.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("dialog")).to_contain_text("Disable Dr Intern?")
    assert page.evaluate("document.activeElement.textContent") == "Leave it as it is", "the safe answer has the focus"
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(line).to_contain_text("Told 2 of 2 servers", timeout=60_000)
    expect(page.locator("[data-part=changes]")).to_contain_text("disabled Dr Intern", timeout=60_000)
    theirs.reload()
    state(theirs, "sign-in")
    sign_in(theirs, installation, contact)
    expect(theirs.get_by_role("alert")).to_contain_text("That code is not right", timeout=60_000)

    line.get_by_role("button", name="Enable").click()
    page.get_by_role("dialog").get_by_role("button", name="Enable").click()
    expect(line).to_contain_text("Last signed in", timeout=60_000)
    assert watched.complaints == []
    assert [one.url for one in watched.requests if not one.url.startswith(installation.url)] == []


def test_an_open_page_gets_nothing_more(
    installation: Installation, watched: Watched, theirs: Page, people: Path
) -> None:
    page, contact = watched.page, "open.page@example.org"
    look(page, installation)
    invite(page, "Dr Open", contact)
    expect(person(page, "Dr Open")).to_be_visible(timeout=60_000)
    enter(theirs, installation, contact)
    theirs.get_by_role("button", name="Join").click()
    expect(theirs.get_by_role("heading")).to_have_text("You belong to St Vincent, Ward 7", timeout=60_000)
    told = theirs.evaluate("async () => (await fetch('/api/reports')).status")
    assert told == 200, "control"
    refresh(page)
    expect(person(page, "Dr Open")).to_contain_text("Last signed in", timeout=60_000)
    person(page, "Dr Open").get_by_role("button", name="Disable").click()
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(person(page, "Dr Open")).to_contain_text("Disabled here", timeout=60_000)
    assert theirs.evaluate("async () => (await fetch('/api/reports')).status") == 401


def test_roles_by_keyboard_and_the_last_administrator(installation: Installation, watched: Watched) -> None:
    page = watched.page
    look(page, installation)
    invite(page, "Dr Auditor", "reads@example.org", "Auditor")
    line = person(page, "Dr Auditor")
    expect(line).to_contain_text("Auditor", timeout=60_000)
    line.get_by_role("button", name="Change role").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Auditor")).to_be_checked()
    page.get_by_role("dialog").get_by_label("Auditor").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(line).to_contain_text("Administrator", timeout=60_000)
    person(page, BOSS).get_by_role("button", name="Disable").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Disable").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This is the last administrator", timeout=60_000)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    line.get_by_role("button", name="Withdraw").click()
    dialog.get_by_role("button", name="Withdraw it").click()
    expect(line).to_have_count(0, timeout=60_000)


def test_defaults_and_what_is_typed_wrongly(installation: Installation, watched: Watched) -> None:
    page = watched.page
    look(page, installation)
    for typed, word in (("0", "for 1 to 90 days"), ("many", "for 1 to 90 days"), ("14", "")):
        page.get_by_label("Photos open for how many days").fill(typed)
        page.get_by_label("Recipients may save the photos").check()
        with page.expect_response(lambda answer: answer.request.method == "PUT"):  # one at a time
            page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("main > [aria-busy=true]")).to_have_count(0, timeout=60_000)
        if word:
            expect(page.get_by_role("alert").filter(has_text=word)).to_be_visible(timeout=60_000)
    expect(page.locator("[data-part=changes]")).to_contain_text("open for 14 days, and can be saved", timeout=60_000)
    look(page, installation)
    expect(page.get_by_label("Photos open for how many days")).to_have_value("14", timeout=60_000)
    invite(page, "Dr Nobody", "nobody")
    expect(page.get_by_role("alert").filter(has_text="Type your e-mail address")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Their name")).to_have_value("Dr Nobody")


def test_who_belongs_nowhere_is_told_so(installation: Installation, theirs: Page) -> None:
    enter(theirs, installation, "no.organisation@example.org")
    expect(theirs.get_by_role("heading")).to_have_text("You do not belong to an organisation", timeout=60_000)
