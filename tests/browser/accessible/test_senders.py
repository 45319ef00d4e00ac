"""Senders' pages in each of their states."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import judged
from tests.browser.sent.steps import keep, refresh
from tests.browser.steps import sign_in, state
from tests.conftest import ROOT, Installation
from viewer.sender.sending import Letter, send

PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))
READER = "eyes.closed@example.org"


def test_way_of_photos_out(installation: Installation, people: Path, page: Page) -> None:
    sender = "wide.eyes@example.org"
    page.goto(f"{installation.url}/send")
    state(page, "start")
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Take photos").click()
    expect(page.get_by_role("alert")).to_contain_text("No camera")
    assert judged.wrong(page) == []
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose photos").click()
    chooser.value.set_files(PHOTOS)
    expect(page.locator(".see:not([disabled])")).to_have_count(len(PHOTOS), timeout=60_000)
    page.get_by_role("button", name="Send", exact=True).click()
    for summary in page.locator("summary").all():
        summary.click()
    page.get_by_role("radio", name="Right knee").click()
    page.get_by_label("Consent to the photos").select_option("patient")
    page.get_by_label("How", exact=True).select_option("signed")
    page.get_by_label("For whom").fill("+61491570006\nboss@example.org")
    assert judged.wrong(page) == []
    page.get_by_role("radio", name="Back", exact=True).check()
    page.get_by_label("How", exact=True).select_option("spoken")
    page.get_by_role("button", name="Photo 2", exact=True).click()
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Close").click()
    page.get_by_label("Patient ID").fill("MRN 7")
    page.get_by_role("button", name="Send", exact=True).click()
    state(page, "sign-in")
    assert judged.wrong(page) == []
    sign_in(page, installation, sender)
    state(page, "barred")
    assert judged.wrong(page) == []
    installation.client(sender, people, invited=True)
    page.route("**/v1/blobs/**", lambda route: route.abort())
    page.get_by_role("button", name="I am invited now").click()
    expect(page.get_by_role("status").filter(has_text="The connection is gone")).to_be_visible(timeout=60_000)
    assert judged.wrong(page) == []
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("are not uploaded yet")).to_be_visible(timeout=60_000)
    assert judged.wrong(page) == []
    page.unroute("**/v1/blobs/**")
    page.get_by_role("button", name="Go on").click()
    state(page, "share")
    for summary in page.locator("summary:visible").all():
        summary.click()
    assert judged.wrong(page) == []


def test_senders_page(installation: Installation, people: Path, page: Page) -> None:
    sender = "open.eyes@example.org"
    page.goto(f"{installation.url}/sent")
    state(page, "sign-in")
    sign_in(page, installation, sender)
    state(page, "empty")
    assert judged.wrong(page) == []
    client = installation.client(sender, people, invited=True)
    sent = send(client, PHOTOS[:1], Letter((READER,), "MRN 7", "", "", 7), lambda step, done, total: None)
    page.reload()
    state(page, "list")
    expect(page.locator(".report .state")).to_have_text("Not opened yet.", timeout=60_000)
    assert judged.wrong(page) == []
    page.locator("a.report").click()
    page.get_by_role("button", name="Proof of entry").last.click()
    expect(page.locator("[data-verdict=proved]")).to_be_visible(timeout=60_000)
    page.get_by_text("Change this").click()
    expect(page.get_by_label("For whom")).to_be_editable(timeout=60_000)
    page.get_by_label("One more country").select_option("NZ")
    page.get_by_role("button", name="Add the country").click()
    page.get_by_role("button", name="Tell them that photos are waiting").click()
    expect(page.get_by_role("status").filter(has_text="One person has been told.")).to_be_visible(timeout=60_000)
    keep(page, installation, sent, reload=False)
    refresh(page)
    expect(page.get_by_role("button", name="Forget the link on this device")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Send the link again").click()
    page.locator(".scan summary").click()
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Withdraw", exact=True).click()
    assert judged.wrong(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete everywhere", exact=True).click()
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Delete them everywhere").click()
    expect(page.get_by_role("heading", name="They are gone")).to_be_visible(timeout=60_000)
    assert judged.wrong(page) == []
    page.goto(f"{installation.url}/sent/{sent.report[::-1]}")
    state(page, "problem")
    assert judged.wrong(page) == []
