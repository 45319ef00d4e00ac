"""What senders see: how everything stands, and what happened; of their own, while they look."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched
from tests.browser.sent.steps import NOBODY, PHONE, READER, STRANGER, cookies, entry, look, refresh
from tests.browser.steps import open_photos, see_photos, sign_in, state
from tests.conftest import RECIPIENT, SENDER, Installation
from viewer.sender.client import Client


def test_the_list_tells_how_everything_stands(
    installation: Installation, watched: Watched, letter: Any, opens: Any, reader: Client
) -> None:
    opened, untouched = letter(), letter("not.yet.here@example.org")
    assert opens(reader, opened) == "granted"
    page = watched.page
    page.goto(f"{installation.url}/sent")
    line = page.locator(f'[data-key="{opened.report}"]')
    expect(line).to_contain_text(f"To {READER}", timeout=60_000)
    expect(line).to_contain_text("Opened once.", timeout=60_000)
    other = page.locator(f'[data-key="{untouched.report}"]')
    expect(other).to_contain_text("To somebody who has not signed in yet")
    expect(other).to_contain_text("Not opened yet.")
    line.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"To {READER}")
    assert page.url == f"{installation.url}/sent/{opened.report}"
    page.go_back()
    state(page, "list")
    assert {request.url.partition("/")[0] for request in watched.requests} <= {"http:", "blob:"}
    assert [
        r.url for r in watched.requests if not r.url.startswith((installation.url, f"blob:{installation.url}"))
    ] == []
    assert watched.complaints == []


def test_what_happened_is_told_in_words(
    installation: Installation, people: Path, chromium: Browser, watched: Watched, letter: Any, opens: Any
) -> None:
    sent = letter()
    assert opens(installation.client(STRANGER, people), sent) == "not_available"
    with closing(chromium.new_context(viewport=PHONE)) as context:
        theirs = context.new_page()
        theirs.goto(sent.link)
        sign_in(theirs, installation, READER)
        open_photos(theirs)
        see_photos(theirs)
    page = watched.page
    look(page, installation, sent)
    expect(page.locator(".lead.state")).to_have_text("Opened once.")
    titles = [text for text in page.locator(".entry h3").all_inner_texts() if "reached" not in text]
    assert titles == [
        f"Opened by {READER}",
        "Somebody unknown was refused",
        "You sent the photos",
        "You began to send the photos",
    ]
    opened = entry(page, f"Opened by {READER}")
    assert [one.inner_text() for one in opened.locator("dd").all()] == ["not stated", "127.0.0.1", "Chrome on Linux"]
    expect(opened.locator(".when")).to_have_text(re.compile(r"^Today at \d"))
    expect(entry(page, "Somebody unknown was refused")).to_contain_text("You did not send them to this person.")
    entry_of_reached = entry(page, f"The photos reached the screen of {READER}")
    expect(entry_of_reached).to_have_count(1)
    assert sent.link.partition("#")[2] not in page.content() and "MRN 77" not in page.content()
    assert not [r for r in watched.requests if sent.link.partition("#")[2] in f"{r.url}{r.post_data or ''}"]


@pytest.mark.parametrize("whose", ["another sender's", "nobody's"])
def test_what_is_not_ones_own_is_not_there(
    installation: Installation, people: Path, page: Page, request: pytest.FixtureRequest, whose: str
) -> None:
    report = request.getfixturevalue("sent").report if whose == "another sender's" else "0" * 26
    page.goto(f"{installation.url}/sent/{report}")
    state(page, "problem")
    expect(page.get_by_role("heading")).to_have_text("There is no such report of yours")
    assert RECIPIENT not in page.content() and SENDER not in page.content()
    page.get_by_role("link", name="All that you have sent").click()
    page.locator('main:is([data-state="list"], [data-state="empty"])').wait_for()


def test_who_has_sent_nothing_is_told_so(installation: Installation, chromium: Browser) -> None:
    with closing(chromium.new_context(storage_state=cookies(installation, chromium, NOBODY))) as context:
        page = context.new_page()
        page.goto(f"{installation.url}/sent")
        expect(page.get_by_role("heading")).to_have_text("You have sent nothing yet", timeout=60_000)


def test_a_page_that_nobody_sees_asks_nothing(
    installation: Installation, watched: Watched, letter: Any, opens: Any, reader: Client
) -> None:
    sent, page = letter(), watched.page
    page.clock.install()
    look(page, installation, sent)

    def asked() -> int:
        return len([one for one in watched.requests if one.url.endswith("/api/reports")])

    def see(how: str) -> None:
        page.evaluate(
            "how => Object.defineProperty(document, 'visibilityState', {value: how, configurable: true})", how
        )
        refresh(page)

    see("hidden")
    before = asked()
    page.clock.run_for(60_000)
    assert asked() == before
    with page.expect_request("**/api/reports"):
        see("visible")
    expect(page.locator(".entry")).to_have_count(2)
    assert opens(reader, sent) == "granted"
    with page.expect_request("**/api/reports"):
        page.clock.run_for(11_000)
    expect(entry(page, f"Opened by {READER}")).to_have_count(1, timeout=60_000)


def test_a_server_that_is_away_leaves_what_is_shown(installation: Installation, page: Page, letter: Any) -> None:
    look(page, installation, letter())
    page.route("**/api/reports", lambda route: route.abort())
    refresh(page)
    expect(page.locator(".stale")).to_contain_text("the server cannot be reached right now")
    expect(page.locator(".entry")).to_have_count(2)
    page.unroute("**/api/reports")
    refresh(page)
    expect(page.locator(".stale")).to_be_hidden(timeout=60_000)
