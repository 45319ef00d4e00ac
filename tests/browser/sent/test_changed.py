"""Senders change for whom photos open, with what, and from where: at portal and key server, or at neither."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.sent.steps import READER, STRANGER, entry, look, refresh
from tests.conftest import Installation
from viewer.database import Database
from viewer.portal import naming
from viewer.sender import Client, Sent

RULE = "[data-fill=rule]"


def begin(page: Page) -> None:
    page.get_by_text("Change this").click()
    expect(page.get_by_label("For whom")).to_be_editable(timeout=60_000)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save the change").click()


def saved(page: Page) -> None:
    save(page)
    expect(page.get_by_role("button", name="Save the change")).to_be_hidden(timeout=60_000)


def known(installation: Installation, sent: Sent) -> list[str]:
    """Whom the portal names."""
    with Database(installation.settings, "portal").read() as session:
        return sorted(naming.named(session, installation.settings.portal_secret, sent.report))


def test_others_are_named_instead(
    installation: Installation, people: Path, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent, stranger = letter(), installation.client(STRANGER, people)
    look(page, installation, sent)
    begin(page)
    expect(page.get_by_label("For whom")).to_have_value(READER)
    assert [opens(reader, sent), opens(stranger, sent)] == ["granted", "not_available"], "control"
    page.get_by_label("For whom").fill(f"{STRANGER.upper()}\n second.opinion@example.org ")
    saved(page)
    expect(page.locator(RULE)).to_contain_text("for the 2 people you named", timeout=60_000)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY", "the focus is not lost with the form"
    assert known(installation, sent) == [STRANGER, "second.opinion@example.org"]
    assert [opens(reader, sent), opens(stranger, sent)] == ["not_available", "granted"]
    expect(page.get_by_role("heading", level=1)).to_contain_text(STRANGER)
    expect(entry(page, f"Opened by {READER}")).to_have_count(1)


def test_nobody_is_named_and_the_first_has_it(
    installation: Installation, people: Path, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent = letter("nobody.yet@example.org")
    look(page, installation, sent)
    begin(page)
    expect(page.get_by_text("If nobody is named, they are for whoever opens the link first.")).to_be_visible()
    page.get_by_label("For whom").fill("")
    saved(page)
    expect(page.locator(RULE)).to_contain_text("for whoever opens the link first", timeout=60_000)
    assert [opens(reader, sent), opens(installation.client(STRANGER, people), sent)] == ["granted", "claimed"]
    refresh(page)
    expect(page.locator(RULE)).to_contain_text(f"for {READER}, who opened the link first", timeout=60_000)
    begin(page)
    expect(page.get_by_text(f"If nobody is named, they stay with {READER}")).to_be_visible()


def test_what_the_portal_cannot_read_changes_nothing(installation: Installation, page: Page, letter: Any) -> None:
    sent = letter()
    look(page, installation, sent)
    begin(page)
    page.get_by_label("For whom").fill(f"{READER}\nthe registrar")
    page.get_by_label("How often each person can open them").fill("3")
    save(page)
    expect(page.get_by_role("alert").filter(has_text="A recipient cannot be reached.")).to_be_visible(timeout=60_000)
    assert known(installation, sent) == [READER]
    page.get_by_label("For whom").fill(READER)
    saved(page)
    expect(page.locator(RULE)).to_contain_text("3 times each", timeout=60_000)


def test_what_the_key_server_refuses_is_taken_back_at_the_portal(
    installation: Installation, page: Page, letter: Any
) -> None:
    sent = letter()
    look(page, installation, sent)
    begin(page)
    page.get_by_label("For whom").fill("other@example.org")
    page.get_by_label("Opens until").fill("2020-01-01T08:00")
    with page.expect_request(lambda one: one.url.endswith("/recipients") and "other@" in (one.post_data or "")):
        save(page)
    expect(page.get_by_role("alert").filter(has_text="The end must lie ahead")).to_be_visible(timeout=60_000)
    assert known(installation, sent) == [READER]
    expect(page.get_by_role("alert").filter(has_text="half made")).to_have_count(0)


def test_a_change_that_is_half_made_says_so_and_the_next_try_mends_it(
    installation: Installation, people: Path, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent, stranger = letter(), installation.client(STRANGER, people)
    look(page, installation, sent)
    begin(page)
    page.route("**/policy", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.get_by_label("For whom").fill(STRANGER)
    save(page)
    expect(page.get_by_role("alert").filter(has_text="The change is half made")).to_be_visible(timeout=60_000)
    assert known(installation, sent) == [STRANGER]
    assert opens(stranger, sent) == "not_available", "control: the key server decides, and has not heard of it"
    page.unroute("**/policy")
    saved(page)
    assert [opens(reader, sent), opens(stranger, sent)] == ["not_available", "granted"]


def test_a_passkey_is_needed(installation: Installation, page: Page, letter: Any, opens: Any, reader: Client) -> None:
    sent = letter()
    assert opens(reader, sent) == "granted", "control"
    look(page, installation, sent)
    begin(page)
    expect(page.get_by_label("They need a passkey")).not_to_be_checked()
    page.get_by_label("They need a passkey").check()
    saved(page)
    expect(page.locator(RULE)).to_contain_text("Only with a passkey.", timeout=60_000)
    assert opens(reader, sent) == "passkey_needed"
    begin(page)
    page.get_by_label("They need a passkey").uncheck()
    saved(page)
    assert opens(reader, sent) == "granted"
    assert known(installation, sent) == [READER], "all else stays"


def test_countries_are_chosen_and_taken_out(
    installation: Installation, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent = letter()
    look(page, installation, sent)
    begin(page)
    for name in ("New Zealand", "Australia"):
        page.get_by_label("One more country").select_option(name)
        if name == "New Zealand":  # the other one counts, too, where the button was not pressed
            page.get_by_role("button", name="Add the country").focus()
            page.keyboard.press("Enter")
            expect(page.get_by_label("One more country")).to_be_focused()
    saved(page)
    expect(page.locator(RULE)).to_contain_text(
        "Only for who says they work in Australia or New Zealand.", timeout=60_000
    )
    assert opens(reader, sent) == "elsewhere"
    begin(page)
    for name in ("Australia", "New Zealand"):
        page.get_by_role("button", name=f"Remove : {name}").click()
    expect(page.get_by_label("One more country")).to_be_focused()
    saved(page)
    expect(page.locator(RULE)).not_to_contain_text("work in", timeout=60_000)
    assert opens(reader, sent) == "granted"


def test_whom_they_are_for_stays_where_that_is_not_known(
    installation: Installation, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent = letter()
    look(page, installation, sent)
    page.route("**/recipients", lambda route: route.abort())
    page.get_by_text("Change this").click()
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("For whom")).not_to_be_editable()
    page.get_by_label("How often each person can open them").fill("1")
    saved(page)
    assert [opens(reader, sent) for _ in range(2)] == ["granted", "used_up"]
    assert known(installation, sent) == [READER]
