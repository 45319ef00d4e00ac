"""Senders delete photos everywhere: key, file, and whom they were for; nothing that opens is said to be deleted."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from tests.browser.sent.steps import READER, entry, look, refresh
from tests.conftest import Installation
from viewer.database import Database
from viewer.filehost.models import Blob
from viewer.keyserver.models import Key
from viewer.portal.models import Recipient, Report
from viewer.portal.person_models import Opened
from viewer.sender import Client, Sent

STATE = ".lead.state"
QUESTION = "Delete these photos everywhere?"


def ask(page: Page) -> None:
    page.get_by_role("button", name="Delete everywhere", exact=True).click()


def confirm(page: Page) -> None:
    page.get_by_role("dialog", name=QUESTION).get_by_role("button", name="Delete them everywhere").click()


def left(installation: Installation, sent: Sent) -> list[str]:
    """What there is of a report at the servers that opens it, or says whom it was for."""
    settings, found = installation.settings, []
    with Database(settings, "keyserver").read() as session:
        found += ["share"] * bool(session.get_one(Key, sent.report).wrapped_share)
    with Database(settings, "filehost").read() as session:
        found += ["blob"] * (session.get(Blob, sent.report) is not None)
    found += ["file"] * bool([path for path in settings.data.glob("blobs/**/*") if sent.report in path.name])
    with Database(settings, "portal").read() as session:
        named = select(Recipient).where(Recipient.report_id == sent.report)
        found += ["recipients"] * bool(session.scalars(named).all())
        found += ["not told"] * (session.get_one(Report, sent.report).deleted_at is None)
    return found


def heard(installation: Installation, sent: Sent) -> bool:
    """Tell whether the portal knows that somebody has opened it."""
    with Database(installation.settings, "portal").read() as session:
        return session.scalars(select(Opened).where(Opened.report_id == sent.report)).first() is not None


EVERYTHING = ["share", "blob", "file", "recipients", "not told"]


def test_everywhere_after_a_second_thought(
    installation: Installation, page: Page, letter: Callable[..., Sent], opens: Any, reader: Client
) -> None:
    sent = letter()
    look(page, installation, sent)
    dialog = page.get_by_role("dialog", name=QUESTION)
    page.get_by_role("button", name="Delete everywhere", exact=True).focus()
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Nobody can ever open these photos again, you neither.")
    expect(dialog.get_by_role("button", name="Leave them as they are")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Delete everywhere", exact=True)).to_be_focused()
    assert (opens(reader, sent), left(installation, sent)) == ("granted", EVERYTHING), "control: asking deletes nothing"
    while not heard(installation, sent):  # the portal reads key servers' logs every few seconds
        page.wait_for_timeout(100)
    ask(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(STATE)).to_have_text("Deleted. Opened once before.", timeout=60_000)
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert left(installation, sent) == []
    expect(page.get_by_text("They are gone")).to_be_visible()
    for name in ("Delete everywhere", "Withdraw", "Tell them that photos are waiting"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()
    expect(page.get_by_text("Change this")).to_be_hidden()
    expect(entry(page, f"Opened by {READER}")).to_have_count(1)
    expect(entry(page, "You deleted the photos everywhere")).to_have_count(1)
    assert opens(reader, sent) == "revoked"
    page.goto(f"{installation.url}/sent")
    line = page.locator(f'[data-key="{sent.report}"]')
    expect(line.locator(".to")).to_have_text("Deleted photos")
    expect(line.locator(".state")).to_have_text("Deleted. Opened once before.", timeout=60_000)


def breaks(page: Page, where: str, installation: Installation, sent: Sent) -> None:
    """Delete while what goes to one of the servers is lost."""

    def lose(route: Route) -> None:
        route.abort() if route.request.method == "DELETE" else route.continue_()

    page.route(where, lose)
    look(page, installation, sent)
    ask(page)
    confirm(page)


def test_where_the_key_server_is_away_nothing_is_deleted(
    installation: Installation, page: Page, letter: Callable[..., Sent], opens: Any, reader: Client
) -> None:
    sent = letter()
    breaks(page, "**/v1/keys/*", installation, sent)
    alert = page.get_by_role("dialog").get_by_role("alert")
    expect(alert).to_contain_text("The server cannot be reached", timeout=60_000)
    expect(alert).not_to_contain_text("Nobody can open")
    assert (opens(reader, sent), left(installation, sent)) == ("granted", EVERYTHING)
    page.keyboard.press("Escape")
    refresh(page)
    expect(page.locator(STATE)).to_have_text("Opened once.", timeout=60_000)


def test_what_breaks_off_opens_nothing_says_so_and_is_done_again(
    installation: Installation, page: Page, letter: Callable[..., Sent], opens: Any, reader: Client
) -> None:
    for where, still in (("**/v1/blobs/*", EVERYTHING[1:]), (f"{installation.url}/api/reports/*", EVERYTHING[3:])):
        sent = letter()
        breaks(page, where, installation, sent)
        alert = page.get_by_role("dialog").get_by_role("alert")
        expect(alert).to_contain_text("Nobody can open the photos any more, but not everything", timeout=60_000)
        assert left(installation, sent) == still
        assert opens(reader, sent) in ("revoked", "not_available")
        page.keyboard.press("Escape")
        refresh(page)
        expect(page.locator(STATE)).to_contain_text("not everything is deleted yet", timeout=60_000)
        expect(page.get_by_text("They are gone")).to_be_hidden()
        page.unroute(where)
        page.reload()
        ask(page)
        confirm(page)
        expect(page.locator(STATE)).to_have_text("Deleted. Not opened before.", timeout=60_000)
        assert left(installation, sent) == []
        expect(entry(page, "You deleted the photos everywhere")).to_have_count(1)


def test_what_is_withdrawn_can_still_be_deleted(
    installation: Installation, page: Page, letter: Callable[..., Sent]
) -> None:
    sent = letter()
    look(page, installation, sent)
    page.get_by_role("button", name="Withdraw", exact=True).click()
    page.get_by_role("button", name="Withdraw them").click()
    expect(page.locator(STATE)).to_have_text("Withdrawn. Not opened before.", timeout=60_000)
    ask(page)
    confirm(page)
    expect(page.locator(STATE)).to_have_text("Deleted. Not opened before.", timeout=60_000)
    assert left(installation, sent) == []
