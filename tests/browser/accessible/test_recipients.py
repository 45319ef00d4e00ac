"""Recipients' pages in each of their states."""

from pathlib import Path

from playwright.sync_api import Page, expect

from sealed import base64url
from tests.browser import judged
from tests.browser.look.views import ready
from tests.browser.steps import open_photos, see_photos, sign_in, state, type_instead
from tests.conftest import ROOT, SENDER, Installation
from viewer.hpke import KeyPair
from viewer.sender.sending import Letter, seal, send

PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))
READER = "eyes.closed@example.org"


def test_recipients_page(installation: Installation, people: Path, page: Page) -> None:
    letter = Letter((READER,), "MRN 7", "Excise?", "Left forearm.", 7, download=True)
    sent = send(installation.client(SENDER, people, invited=True), PHOTOS, letter, lambda step, done, total: None)
    page.goto(f"{installation.url}/r/{sent.report}")
    state(page, "problem")
    assert judged.wrong(page) == []
    page.goto(sent.link)
    state(page, "named")
    assert judged.wrong(page) == []
    type_instead(page)
    assert judged.wrong(page) == []
    before = len(installation.inbox.messages)
    page.get_by_label("Your e-mail or mobile number").fill(READER)
    page.keyboard.press("Enter")
    state(page, "code")
    assert judged.wrong(page) == []
    page.get_by_label("Six-digit code").fill(installation.inbox.code_for(READER, before))
    state(page, "card")
    assert judged.wrong(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    open_photos(page)
    see_photos(page)
    page.locator("summary").first.click()
    page.get_by_role("button", name="Show the proof").click()
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Photo 2 of 3").click()
    ready(page)
    page.get_by_role("button", name="Light", exact=True).click()
    page.get_by_role("button", name="Invert").click()
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    ready(page, 2)
    assert judged.wrong(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Keys").click()
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Done").click()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Full screen", exact=True).click()
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Leave full screen").click()
    page.get_by_text("Compare with other photos").click()
    page.get_by_role("button", name="Save photos").click()
    expect(page.locator("[data-fill=saved]")).to_contain_text("Saved as")
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    assert judged.wrong(page) == []


def test_page_of_a_sealed_file(installation: Installation, people: Path, page: Page, tmp_path: Path) -> None:
    reader, file = "sealed.eyes@example.org", tmp_path / "wound.sealed"
    sender = installation.client(SENDER, people, invited=True)
    sent = seal(sender, PHOTOS[:1], Letter((reader,), "MRN 7", "", "", 7), file, lambda step, done, total: None)
    page.goto(f"{installation.url}/open")
    sign_in(page, installation, reader)
    state(page, "file")
    assert judged.wrong(page) == []
    page.get_by_label("The file").set_input_files(file)
    page.get_by_label("The link that belongs to it").fill("ABC")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert judged.wrong(page) == []
    page.get_by_label("The link that belongs to it").fill(sent.link)
    page.keyboard.press("Enter")
    state(page, "card")
    page.clock.install()
    open_photos(page)
    see_photos(page)
    page.clock.run_for("09:30")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert judged.wrong(page) == []
    page.clock.run_for("00:40")
    state(page, "closed")
    assert judged.wrong(page) == []
    page.goto(sent.link)
    open_photos(page)
    state(page, "problem")
    assert judged.wrong(page) == []


def test_from_phone_to_computer_and_what_was_received(installation: Installation, people: Path, page: Page) -> None:
    reader = "received.eyes@example.org"
    page.goto(f"{installation.url}/received")
    sign_in(page, installation, reader)
    state(page, "empty")
    assert judged.wrong(page) == []
    sender = installation.client(SENDER, people, invited=True)
    sent = send(sender, PHOTOS[:1], Letter((reader,), "MRN 7", "", "", 7), lambda step, done, total: None)
    page.goto(f"{installation.url}/here")
    state(page, "waiting")
    assert judged.wrong(page) == []
    shown = page.context.new_page()
    with shown.expect_response("**/api/handovers") as made:
        shown.goto(f"{installation.url}/here")
    page.goto(f"{installation.url}/here/{made.value.json()['handover']}#{base64url.encode(KeyPair.generate().public)}")
    state(page, "choose")
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Yes, send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert judged.wrong(page) == []
    page.goto(sent.link)
    state(page, "card")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Open on my computer").click()
    expect(page.locator(".ways")).to_be_visible()
    assert judged.wrong(page) == []
    open_photos(page)
    see_photos(page)
    page.get_by_role("button", name="Keep on this device").click()
    page.goto(f"{installation.url}/here/{made.value.json()['handover']}#{base64url.encode(KeyPair.generate().public)}")
    state(page, "choose")
    assert judged.wrong(page) == []
    page.get_by_role("button", name="Yes, send").click()
    state(page, "passed")
    assert judged.wrong(page) == []
    page.goto(f"{installation.url}/here/{'0' * 26}#{base64url.encode(KeyPair.generate().public)}")
    state(page, "problem")
    assert judged.wrong(page) == []
    page.goto(f"{installation.url}/received")
    state(page, "list")
    page.get_by_text("What this device keeps").click()
    assert judged.wrong(page) == []
