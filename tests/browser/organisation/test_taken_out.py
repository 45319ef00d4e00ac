"""Somebody is taken out of an organisation, by keyboard, on a phone; and comes back."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.organisation.conftest import BOSS, enter, invite, look, person
from tests.browser.sent.steps import refresh
from tests.browser.steps import state
from tests.conftest import Installation

LEAVER = "moves.on@example.org"


def join(page: Page) -> None:
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading")).to_have_text("You belong to St Vincent, Ward 7", timeout=60_000)


def reports(page: Page) -> list[int]:
    """Whether somebody may list what they have sent, and whether they may send."""
    begin = "method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{\"recipients\": []}'"
    asked = f"[fetch('/api/reports'), fetch('/api/reports', {{ {begin} }})]"
    found: list[int] = page.evaluate(f"async () => (await Promise.all({asked})).map(({{ status }}) => status)")
    return found


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def ask_by_keyboard(page: Page, name: str) -> None:
    person(page, name).get_by_role("button", name="Take out").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text(f"Take {name} out of your organisation?")
    assert focused(page) == "Leave it as it is", "the safe answer has the focus"


def test_they_go_and_come_back(installation: Installation, watched: Watched, theirs: Page) -> None:
    page = watched.page
    look(page, installation)
    invite(page, "Dr Mover", LEAVER)
    line = person(page, "Dr Mover")
    expect(line).to_contain_text("has not joined yet", timeout=60_000)
    expect(line.get_by_role("button", name="Take out")).to_be_hidden()
    enter(theirs, installation, LEAVER)
    join(theirs)
    assert reports(theirs) == [200, 201], "control"
    refresh(page)
    expect(line).to_contain_text("Last signed in", timeout=60_000)

    ask_by_keyboard(page, "Dr Mover")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused(page).startswith("Take out"), "nothing has happened, and the focus is where it was"
    ask_by_keyboard(page, "Dr Mover")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360, "nothing reaches beyond a phone"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(line).to_have_count(0, timeout=60_000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("heading", name="People")).to_be_focused()
    expect(page.locator("#live")).to_have_text("Dr Mover is taken out.")
    expect(page.locator("[data-part=changes]")).to_contain_text("took Dr Mover out", timeout=60_000)

    assert reports(theirs) == [200, 403], "they are signed in, and send no more"
    theirs.reload()
    expect(theirs.get_by_role("heading")).to_have_text("You do not belong to an organisation", timeout=60_000)
    invite(page, "Dr Mover", LEAVER)
    expect(line).to_contain_text("has not joined yet", timeout=60_000)
    theirs.reload()
    join(theirs)
    assert reports(theirs) == [200, 201]
    assert watched.complaints == []


def test_of_who_is_disabled_it_is_said_what_comes_first(
    installation: Installation, watched: Watched, theirs: Page
) -> None:
    page, contact = watched.page, "disabled.first@example.org"
    look(page, installation)
    invite(page, "Dr Stays", contact)
    line = person(page, "Dr Stays")
    expect(line).to_be_visible(timeout=60_000)
    enter(theirs, installation, contact)
    join(theirs)
    refresh(page)
    expect(line.get_by_role("button", name="Take out")).to_be_visible(timeout=60_000)
    line.get_by_role("button", name="Disable").click()
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(line).to_contain_text("Disabled here", timeout=60_000)
    expect(line.get_by_role("button", name="Take out")).to_be_hidden()
    line.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("dialog")).to_contain_text("After that you can take them out")


def test_an_administrator_who_is_taken_out_is_out_of_the_page_too(
    installation: Installation, watched: Watched, theirs: Page
) -> None:
    page, contact = watched.page, "second.boss@example.org"
    look(page, installation)
    person(page, BOSS).get_by_role("button", name="Take out").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Take out").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This is the last administrator", timeout=60_000)
    page.keyboard.press("Escape")
    invite(page, "Dr Second", contact, "Administrator")
    expect(person(page, "Dr Second")).to_be_visible(timeout=60_000)
    enter(theirs, installation, contact)
    theirs.get_by_role("button", name="Join").click()
    state(theirs, "organisation")
    person(theirs, BOSS).get_by_role("button", name="Disable").click(timeout=60_000)
    refresh(page)
    person(page, "Dr Second").get_by_role("button", name="Take out").click(timeout=60_000)
    dialog.get_by_role("button", name="Take out").click()
    expect(person(page, "Dr Second")).to_have_count(0, timeout=60_000)
    refresh(theirs)  # with a question open
    alone = theirs.get_by_role("heading", level=1, name="You do not belong to an organisation")
    expect(alone).to_be_focused(timeout=60_000)
