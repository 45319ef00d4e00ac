"""Wrong turns of access: photos taken back or run out, somebody else, codes that do not work."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import open_photos, sign_in, state, type_instead
from tests.browser.wrong_turns.conftest import OTHER, READER, problem
from tests.conftest import SENDER, Installation
from tests.databases import change
from viewer.sender.sending import Sent


def test_expired(page: Page, installation: Installation, letter: Sent) -> None:
    page.goto(letter.link)
    state(page, "card")
    over = "UPDATE key SET not_after = :then WHERE id = :report"
    change(installation.settings, "keyserver", over, then=int(time.time()) - 60, report=letter.report)
    open_photos(page)
    problem(page, "These photos are no longer available", "Ask the sender to send", None)


def test_revoked(page: Page, installation: Installation, people: Path, letter: Sent) -> None:
    page.goto(letter.link)
    state(page, "card")
    sender = installation.client(SENDER, people)
    sender.with_pass("POST", f"{installation.url}/v1/keys/{letter.report}/revoke", letter.report, "policy:write")
    open_photos(page)
    problem(page, "The sender has taken these photos back", "Ask the sender if you still need", None)


@pytest.mark.parametrize("unknown", [False, True], ids=["not for you", "unknown report"])
def test_signed_in_as_somebody_else(
    stranger: Page, installation: Installation, letter: Sent, unknown: bool, request: pytest.FixtureRequest
) -> None:
    page, other = stranger, f"{request.node.callspec.id.replace(' ', '.')}@example.org"
    page.goto(letter.link.replace(letter.report, "7" + "Z" * 25) if unknown else letter.link)
    sign_in(page, installation, other)
    state(page, "card")
    expect(page.locator("main")).to_contain_text(f"You are signed in as {other}")
    open_photos(page)
    problem(page, "No photos here for you", "account", OTHER)
    expect(page.locator("main .note")).to_contain_text(f"You are signed in as {other}")
    page.get_by_role("button", name=OTHER).click()
    sign_in(page, installation, READER)
    state(page, "card")
    expect(page.get_by_role("heading")).to_have_text("Photos" if unknown else "Dr Ada Lovelace sent you photos")


def test_a_contact_that_is_none_and_a_wrong_code(stranger: Page, installation: Installation, letter: Sent) -> None:
    page, contact = stranger, "wrong.code@example.org"
    page.goto(letter.link)
    type_instead(page)
    box = page.get_by_label("Your e-mail or mobile number")
    box.fill("wrong.code")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("e-mail address")
    before = len(installation.inbox.messages)
    box.fill(contact)
    page.keyboard.press("Enter")
    state(page, "code")
    code = installation.inbox.code_for(contact, before)
    page.get_by_label("Six-digit code").fill(f"{(int(code) + 1) % 1_000_000:06}")
    expect(page.get_by_role("alert")).to_contain_text("ask for another one")
    before = len(installation.inbox.messages)
    page.get_by_role("button", name="Send another code").click()
    expect(page.locator("main .note")).to_contain_text("A new code is on its way")
    page.get_by_label("Six-digit code").fill(installation.inbox.code_for(contact, before))
    state(page, "card")


def test_too_many_codes(stranger: Page, installation: Installation, letter: Sent) -> None:
    page, contact = stranger, "too.many@example.org"
    page.goto(letter.link)
    before = len(installation.inbox.messages)
    type_instead(page)
    page.get_by_label("Your e-mail or mobile number").fill(contact)
    page.keyboard.press("Enter")
    state(page, "code")
    code = installation.inbox.code_for(contact, before)
    body = {"data": {"contact": contact}, "headers": {"Origin": installation.url}}
    sent = [page.request.post(f"{installation.url}/api/codes", **body).status for _ in range(6)]
    assert sent == [200] * 5 + [429], "control: it is the seventh that is too many"
    page.get_by_role("button", name="Send another code").click()
    expect(page.get_by_role("alert")).to_contain_text("Too many codes")
    page.get_by_label("Six-digit code").fill(code)
    state(page, "card")


def test_signed_out_in_another_tab(page: Page, installation: Installation, letter: Sent) -> None:
    contact = "two.tabs@example.org"
    page.context.clear_cookies()
    page.goto(letter.link)
    sign_in(page, installation, contact)
    state(page, "card")
    page.context.clear_cookies()
    open_photos(page)
    state(page, "named")
    sign_in(page, installation, contact)
    state(page, "card")
