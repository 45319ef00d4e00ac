"""What senders do: let somebody in once, take photos back, change when and how often they open."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.sent.steps import GRACE, READER, entry, look, refresh
from tests.browser.steps import state
from tests.conftest import Installation
from viewer.sender.client import Client
from viewer.sender.opening import ask_sender


def test_somebody_asks_and_is_let_in_once(
    installation: Installation, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent = letter(each=1)
    look(page, installation, sent)
    expect(page.get_by_role("heading", name="Waiting for your answer")).to_be_hidden()
    assert [opens(reader, sent) for _ in range(2)] == ["granted", "used_up"]
    ask_sender(reader, sent.report)
    refresh(page)
    button = page.get_by_role("button", name=f"Let them open it once : {READER}")
    button.wait_for(timeout=60_000)
    expect(entry(page, f"{READER} was refused")).to_contain_text("as often as you allow")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Not used yet")).to_be_visible(timeout=60_000)
    expect(button).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "waits", "the focus is not lost with the button"
    assert [opens(reader, sent) for _ in range(2)] == ["granted", "used_up"]
    refresh(page)
    expect(page.locator(".lead.state")).to_have_text("Opened twice.", timeout=60_000)
    expect(page.get_by_text("Not used yet")).to_have_count(0)


def test_the_sender_is_told_and_the_message_leads_here(
    installation: Installation, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent = letter(each=1)
    assert [opens(reader, sent) for _ in range(2)] == ["granted", "used_up"]
    ask_sender(reader, sent.report)
    address = f"{installation.url}/sent/{sent.report}"

    def told() -> list[str]:
        return [m.text for m in installation.inbox.messages if m.to == GRACE and address in m.text and "asks" in m.text]

    page.goto(f"{installation.url}/sent")
    expect(page.locator(f'[data-key="{sent.report}"] .asks')).to_have_text(
        "Somebody waits for your answer", timeout=60_000
    )
    for _ in range(300):
        if told():
            break
        page.wait_for_timeout(100)
    (said,) = told()
    assert "#" not in said and READER not in said and "MRN" not in said
    page.goto(said.split()[-1])
    state(page, "report")


def test_taken_back_after_a_second_thought(
    installation: Installation, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent = letter()
    look(page, installation, sent)
    dialog = page.get_by_role("dialog", name="Withdraw these photos?")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(dialog).to_contain_text("That cannot be taken back.")
    expect(dialog.get_by_role("button", name="Leave them as they are")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert opens(reader, sent) == "granted", "control: asking is not yet withdrawing"
    page.get_by_role("button", name="Withdraw", exact=True).click()
    dialog.get_by_role("button", name="Withdraw them").click()
    expect(page.locator(".lead.state")).to_have_text("Withdrawn. Opened once before.", timeout=60_000)
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Withdraw", exact=True)).to_be_hidden()
    assert opens(reader, sent) == "revoked"


def test_when_and_how_often_is_changed(
    installation: Installation, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent = letter()
    assert opens(reader, sent) == "granted"
    look(page, installation, sent)
    page.get_by_text("Change this").click()
    page.get_by_label("How often each person can open them").fill("often")
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("alert").filter(has_text="must be a number")).to_be_visible(timeout=60_000)
    page.get_by_label("How often each person can open them").fill("1")
    page.get_by_label("Opens until").fill("2020-01-01T08:00")
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("alert").filter(has_text="The end must lie ahead")).to_be_visible(timeout=60_000)
    assert opens(reader, sent) == "granted", "control: nothing was saved"
    tomorrow = page.evaluate("new Date(Date.now() + 86400000).toISOString().slice(0, 16)")
    page.get_by_label("Opens until").fill(tomorrow)
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator("[data-fill=rule]")).to_contain_text("once each", timeout=60_000)
    assert opens(reader, sent) == "used_up"
    expect(entry(page, "You changed who can open them")).to_have_count(1)


def test_saving_is_allowed_later(
    installation: Installation, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent = letter(download=False)
    look(page, installation, sent)
    expect(page.locator("[data-fill=rule]")).to_contain_text("They can be looked at, not saved.")
    assert opens(reader, sent) == "look_only", "a program leaves files"
    page.get_by_text("Change this").click()
    box = page.get_by_label("They may save the photos")
    expect(box).not_to_be_checked()
    box.check()
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator("[data-fill=rule]")).to_contain_text("They may be saved.", timeout=60_000)
    assert opens(reader, sent) == "granted"
    expect(entry(page, "Saved by")).to_have_count(1, timeout=60_000)


def test_the_readers_name_over_the_photos(installation: Installation, page: Page, letter: Any) -> None:
    look(page, installation, letter())
    page.get_by_text("Change this").click()
    box = page.get_by_label("Their name stands over the photos")
    expect(box).not_to_be_checked()
    box.check()
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator("[data-fill=rule]")).to_contain_text("name stands over them.", timeout=60_000)
    page.get_by_text("Change this").click()
    expect(box).to_be_checked()


def test_who_waits_for_what_is_taken_back_is_not_answered(
    installation: Installation, page: Page, letter: Any, opens: Any, reader: Client
) -> None:
    sent = letter(each=1)
    assert [opens(reader, sent) for _ in range(2)] == ["granted", "used_up"]
    ask_sender(reader, sent.report)
    look(page, installation, sent)
    expect(page.get_by_role("heading", name="Waiting for your answer")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Withdraw", exact=True).click()
    page.get_by_role("button", name="Withdraw them").click()
    expect(page.get_by_role("heading", name="Waiting for your answer")).to_be_hidden(timeout=60_000)
    page.goto(f"{installation.url}/sent")
    line = page.locator(f'[data-key="{sent.report}"]')
    expect(line.locator(".state")).to_contain_text("Withdrawn", timeout=60_000)
    expect(line.locator(".asks")).to_be_hidden()
