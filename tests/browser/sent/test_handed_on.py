"""The link of what was sent from here: handed on again, or forgotten; and recipients who are told that photos wait."""

import re
from typing import Any
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.sent.steps import PATIENT, READER, keep, look
from tests.browser.test_received import rows
from tests.conftest import Installation

AGAIN, FORGET = "Send the link again", "Forget the link on this device"


def test_the_link_is_handed_on_again_for_those_who_are_named_now(
    installation: Installation, watched: Watched, letter: Any
) -> None:
    sent, page = letter(), watched.page
    keep(page, installation, sent)
    page.reload()
    line = page.locator(f'[data-key="{sent.report}"]')
    expect(line).to_contain_text(f"Patient {PATIENT}")
    look(page, installation, sent)
    expect(page.get_by_text(f"Patient {PATIENT}")).to_be_visible()
    page.get_by_role("button", name=AGAIN).focus()
    page.keyboard.press("Enter")
    mails = page.get_by_role("link", name="E-mail")
    expect(mails).to_have_attribute(
        "href", re.compile(f"^mailto:{quote(READER, safe='')}.*{quote(sent.link, safe='')}$")
    )
    expect(page.get_by_role("link", name="SMS")).to_be_focused()
    share = sent.link.partition("#")[2].partition(".")[0]
    assert not [r for r in watched.requests if share in f"{r.url}{r.post_data or ''}" or PATIENT in (r.post_data or "")]
    page.get_by_text("Change this").click()
    expect(page.get_by_label("For whom")).to_be_editable(timeout=60_000)
    page.get_by_label("For whom").fill(f"{READER}\n+61491570678")
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator("[data-fill=rule]")).to_contain_text("2 people", timeout=60_000)
    page.reload()
    page.get_by_role("button", name=AGAIN).click()
    expect(page.locator(".person h2")).to_have_text(["+61491570678", READER], timeout=60_000)
    own = [one.get_attribute("href") or "" for one in mails.all()]
    assert [unquote(one).endswith(f"{share}.{hint}") for one, hint in zip(own, ("678", "exaw"), strict=True)] == [
        True,
        True,
    ]


def test_what_is_not_kept_here_is_not_here(installation: Installation, page: Page, letter: Any) -> None:
    look(page, installation, letter())
    expect(page.get_by_text("This device does not keep the link")).to_be_visible()
    expect(page.get_by_role("button", name=AGAIN)).to_be_hidden()


def test_it_is_forgotten_at_a_press(installation: Installation, page: Page, letter: Any) -> None:
    sent = letter()
    keep(page, installation, sent)
    look(page, installation, sent)
    assert [one for one in rows(page) if sent.report in one], "control"
    page.get_by_role("button", name=FORGET).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This device does not keep the link")).to_be_visible()
    expect(page.get_by_role("heading", name="Their link")).to_be_focused()
    expect(page.get_by_text(PATIENT)).to_have_count(0)
    assert [one for one in rows(page) if sent.report in one] == []


@pytest.mark.parametrize(
    ("what", "yes"), [("Withdraw", "Withdraw them"), ("Delete everywhere", "Delete them everywhere")]
)
def test_with_the_photos_the_link_is_forgotten(
    installation: Installation, page: Page, letter: Any, what: str, yes: str
) -> None:
    sent, other = letter(), letter()
    keep(page, installation, sent)
    keep(page, installation, other)
    look(page, installation, sent)
    page.get_by_role("button", name=what, exact=True).click()
    page.get_by_role("dialog").get_by_role("button").first.click()
    expect(page.get_by_role("dialog")).to_be_hidden(timeout=60_000)
    expect(page.get_by_role("heading", name="Their link")).to_be_hidden()
    assert [one for one in rows(page) if sent.report in one] == []
    assert [one for one in rows(page) if other.report in one], "control: of other photos it stays"
    expect(page.get_by_text(PATIENT)).to_have_count(0)


def test_recipients_are_told_that_photos_wait(installation: Installation, page: Page, letter: Any) -> None:
    reader, sent = "waits.for.news@example.org", letter("waits.for.news@example.org")
    look(page, installation, sent)
    tell = page.get_by_role("button", name="Tell them that photos are waiting")
    tell.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="One person has been told.")).to_be_visible(timeout=60_000)
    [message] = [one for one in installation.inbox.messages if one.to == reader]
    assert "has photos for you" in message.text and "://" not in message.text and sent.report not in message.text
    tell.click()
    expect(page.get_by_role("status").filter(has_text="within this hour already")).to_be_visible(timeout=60_000)
    assert len([one for one in installation.inbox.messages if one.to == reader]) == 1


def test_where_nobody_is_named_there_is_nobody_to_tell(
    installation: Installation, page: Page, grace: Any, letter: Any
) -> None:
    sent = letter("soon.nobody@example.org")
    look(page, installation, sent)
    tell = page.get_by_role("button", name="Tell them that photos are waiting")
    expect(tell).to_be_visible(), "control"
    page.get_by_text("Change this").click()
    expect(page.get_by_label("For whom")).to_be_editable(timeout=60_000)
    page.get_by_label("For whom").fill("")
    page.get_by_role("button", name="Save the change").click()
    expect(tell).to_be_hidden(timeout=60_000)
