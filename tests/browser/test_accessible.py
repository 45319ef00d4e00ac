"""Every page in each of its states, light and dark, on a phone and on a desk: nothing that axe-core finds wrong."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sealed import base64url
from tests.browser.look.views import ready
from tests.browser.sent.steps import keep, refresh
from tests.browser.steps import open_photos, see_photos, sign_in, state, type_instead
from tests.conftest import ROOT, SENDER, Installation
from viewer.database import Database
from viewer.hpke import KeyPair
from viewer.portal import invitations, organisations
from viewer.sender.sending import Letter, seal, send

AXE = (ROOT / "tests/browser/axe/node_modules/axe-core/axe.min.js").read_text()
PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))
FORMS = [(scheme, width, height) for scheme in ("light", "dark") for width, height in ((1440, 900), (360, 740))]
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  ({id, nodes}) => `${id}: ${nodes.map(({target}) => target.join(" ")).join(", ")}`)"""
READER = "eyes.closed@example.org"


def wrong(page: Page) -> list[str]:
    """What axe-core finds on a page as it is now, in all forms; the last is a light phone's."""
    found = []
    for scheme, width, height in reversed(FORMS):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(AXE)
        found += [f"{scheme}, {width} wide: {one}" for one in page.evaluate(RUN)]
    return found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with closing(chromium.new_context()) as context:
        yield context.new_page()


def test_start_page_and_what_is_not_there(installation: Installation, page: Page) -> None:
    page.goto(installation.url)
    assert wrong(page) == []
    page.get_by_label("Link from your message").fill("what?")
    page.get_by_role("button", name="Open the link").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert wrong(page) == []
    page.goto(f"{installation.url}/nowhere")
    assert wrong(page) == []


def test_control_what_is_wrong_is_found(installation: Installation, page: Page) -> None:
    page.goto(installation.url)
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('.lead').style.color = 'rgb(110 110 110)'")  # on light it can be read
    found = wrong(page)
    assert len([one for one in found if "label: #link" in one]) == len(FORMS)
    assert {one.partition(":")[0] for one in found if "color-contrast: .lead" in one} == {
        "dark, 1440 wide",
        "dark, 360 wide",
    }


def test_recipients_page(installation: Installation, people: Path, page: Page) -> None:
    letter = Letter((READER,), "MRN 7", "Excise?", "Left forearm.", 7, download=True)
    sent = send(installation.client(SENDER, people, invited=True), PHOTOS, letter, lambda step, done, total: None)
    page.goto(f"{installation.url}/r/{sent.report}")
    state(page, "problem")
    assert wrong(page) == []
    page.goto(sent.link)
    state(page, "named")
    assert wrong(page) == []
    type_instead(page)
    assert wrong(page) == []
    before = len(installation.inbox.messages)
    page.get_by_label("Your e-mail or mobile number").fill(READER)
    page.keyboard.press("Enter")
    state(page, "code")
    assert wrong(page) == []
    page.get_by_label("Six-digit code").fill(installation.inbox.code_for(READER, before))
    state(page, "card")
    assert wrong(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    open_photos(page)
    see_photos(page)
    page.locator("summary").first.click()
    page.get_by_role("button", name="Show the proof").click()
    assert wrong(page) == []
    page.get_by_role("button", name="Photo 2 of 3").click()
    ready(page)
    page.get_by_role("button", name="Light", exact=True).click()
    page.get_by_role("button", name="Invert").click()
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    ready(page, 2)
    assert wrong(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Keys").click()
    assert wrong(page) == []
    page.get_by_role("button", name="Done").click()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Full screen", exact=True).click()
    assert wrong(page) == []
    page.get_by_role("button", name="Leave full screen").click()
    page.get_by_text("Compare with other photos").click()
    page.get_by_role("button", name="Save photos").click()
    expect(page.locator("[data-fill=saved]")).to_contain_text("Saved as")
    assert wrong(page) == []
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    assert wrong(page) == []


def test_page_of_a_sealed_file(installation: Installation, people: Path, page: Page, tmp_path: Path) -> None:
    reader, file = "sealed.eyes@example.org", tmp_path / "wound.sealed"
    sender = installation.client(SENDER, people, invited=True)
    sent = seal(sender, PHOTOS[:1], Letter((reader,), "MRN 7", "", "", 7), file, lambda step, done, total: None)
    page.goto(f"{installation.url}/open")
    sign_in(page, installation, reader)
    state(page, "file")
    assert wrong(page) == []
    page.get_by_label("The file").set_input_files(file)
    page.get_by_label("The link that belongs to it").fill("ABC")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert wrong(page) == []
    page.get_by_label("The link that belongs to it").fill(sent.link)
    page.keyboard.press("Enter")
    state(page, "card")
    page.clock.install()
    open_photos(page)
    see_photos(page)
    page.clock.run_for("09:30")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert wrong(page) == []
    page.clock.run_for("00:40")
    state(page, "closed")
    assert wrong(page) == []
    page.goto(sent.link)
    open_photos(page)
    state(page, "problem")
    assert wrong(page) == []


def test_way_of_photos_out(installation: Installation, people: Path, page: Page) -> None:
    sender = "wide.eyes@example.org"
    page.goto(f"{installation.url}/send")
    state(page, "start")
    assert wrong(page) == []
    page.get_by_role("button", name="Take photos").click()
    expect(page.get_by_role("alert")).to_contain_text("No camera")
    assert wrong(page) == []
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
    assert wrong(page) == []
    page.get_by_role("radio", name="Back", exact=True).check()
    page.get_by_label("How", exact=True).select_option("spoken")
    page.get_by_role("button", name="Photo 2", exact=True).click()
    assert wrong(page) == []
    page.get_by_role("button", name="Close").click()
    page.get_by_label("Patient ID").fill("MRN 7")
    page.get_by_role("button", name="Send", exact=True).click()
    state(page, "sign-in")
    assert wrong(page) == []
    sign_in(page, installation, sender)
    state(page, "barred")
    assert wrong(page) == []
    installation.client(sender, people, invited=True)
    page.route("**/v1/blobs/**", lambda route: route.abort())
    page.get_by_role("button", name="I am invited now").click()
    expect(page.get_by_role("status").filter(has_text="The connection is gone")).to_be_visible(timeout=60_000)
    assert wrong(page) == []
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("are not uploaded yet")).to_be_visible(timeout=60_000)
    assert wrong(page) == []
    page.unroute("**/v1/blobs/**")
    page.get_by_role("button", name="Go on").click()
    state(page, "share")
    for summary in page.locator("summary:visible").all():
        summary.click()
    assert wrong(page) == []


def test_senders_page(installation: Installation, people: Path, page: Page) -> None:
    sender = "open.eyes@example.org"
    page.goto(f"{installation.url}/sent")
    state(page, "sign-in")
    sign_in(page, installation, sender)
    state(page, "empty")
    assert wrong(page) == []
    client = installation.client(sender, people, invited=True)
    sent = send(client, PHOTOS[:1], Letter((READER,), "MRN 7", "", "", 7), lambda step, done, total: None)
    page.reload()
    state(page, "list")
    expect(page.locator(".report .state")).to_have_text("Not opened yet.", timeout=60_000)
    assert wrong(page) == []
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
    assert wrong(page) == []
    page.get_by_role("button", name="Withdraw", exact=True).click()
    assert wrong(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete everywhere", exact=True).click()
    assert wrong(page) == []
    page.get_by_role("button", name="Delete them everywhere").click()
    expect(page.get_by_role("heading", name="They are gone")).to_be_visible(timeout=60_000)
    assert wrong(page) == []
    page.goto(f"{installation.url}/sent/{sent.report[::-1]}")
    state(page, "problem")
    assert wrong(page) == []


def test_persons_own_page(installation: Installation, page: Page) -> None:
    page.goto(f"{installation.url}/account")
    sign_in(page, installation, "own.eyes@example.org")
    state(page, "account")
    expect(page.get_by_role("heading", name="Chrome on Linux")).to_be_visible()
    assert wrong(page) == []
    page.get_by_label("Add another one").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible(timeout=60_000)
    assert wrong(page) == []
    page.get_by_label("Add another one").fill("second.eyes@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_visible(timeout=60_000)
    assert wrong(page) == []
    page.get_by_role("button", name="Erase the account").click()
    assert wrong(page) == []
    page.get_by_role("button", name="Erase it").click()
    state(page, "erased")
    assert wrong(page) == []


def test_pages_of_an_organisation(installation: Installation, page: Page) -> None:
    boss = "wide.open@example.org"
    page.goto(f"{installation.url}/organisation")
    sign_in(page, installation, boss)
    state(page, "alone")
    assert wrong(page) == []
    with Database(installation.settings, "portal").write() as session:
        account = invitations.account_of(session, installation.settings, boss)
        organisations.add(session, "Ward with a view", account)
    page.reload()
    state(page, "organisation")
    page.get_by_label("Their name").fill("Dr Intern")
    page.get_by_label("Their e-mail or mobile number").fill("intern.with.a.view@example.org")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator(".person")).to_have_count(2, timeout=60_000)
    assert wrong(page) == []
    page.goto(f"{installation.url}/audit")
    state(page, "log")
    page.locator(".entry").first.wait_for(timeout=60_000)
    assert wrong(page) == []


def test_where_a_hospital_sends_people_back(installation: Installation, page: Page) -> None:
    page.goto(f"{installation.url}/signed-in/nowhere?code=c&state=s")
    state(page, "problem")
    assert wrong(page) == []
    page.route("**/api/sessions/hospital", lambda route: route.fulfill(json={"account": {}}))
    page.goto(f"{installation.url}/signed-in/nowhere?code=c&state=s")
    state(page, "lost")
    assert wrong(page) == []


def test_from_phone_to_computer_and_what_was_received(installation: Installation, people: Path, page: Page) -> None:
    reader = "received.eyes@example.org"
    page.goto(f"{installation.url}/received")
    sign_in(page, installation, reader)
    state(page, "empty")
    assert wrong(page) == []
    sender = installation.client(SENDER, people, invited=True)
    sent = send(sender, PHOTOS[:1], Letter((reader,), "MRN 7", "", "", 7), lambda step, done, total: None)
    page.goto(f"{installation.url}/here")
    state(page, "waiting")
    assert wrong(page) == []
    shown = page.context.new_page()
    with shown.expect_response("**/api/handovers") as made:
        shown.goto(f"{installation.url}/here")
    page.goto(f"{installation.url}/here/{made.value.json()['handover']}#{base64url.encode(KeyPair.generate().public)}")
    state(page, "choose")
    assert wrong(page) == []
    page.get_by_role("button", name="Yes, send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert wrong(page) == []
    page.goto(sent.link)
    state(page, "card")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Open on my computer").click()
    expect(page.locator(".ways")).to_be_visible()
    assert wrong(page) == []
    open_photos(page)
    see_photos(page)
    page.get_by_role("button", name="Keep on this device").click()
    page.goto(f"{installation.url}/here/{made.value.json()['handover']}#{base64url.encode(KeyPair.generate().public)}")
    state(page, "choose")
    assert wrong(page) == []
    page.get_by_role("button", name="Yes, send").click()
    state(page, "passed")
    assert wrong(page) == []
    page.goto(f"{installation.url}/here/{'0' * 26}#{base64url.encode(KeyPair.generate().public)}")
    state(page, "problem")
    assert wrong(page) == []
    page.goto(f"{installation.url}/received")
    state(page, "list")
    page.get_by_text("What this device keeps").click()
    assert wrong(page) == []
