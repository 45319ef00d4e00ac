"""Wrong turns of policy: too early, too often, too late; and the way on that each of them has."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.steps import open_photos, see_photos, state
from tests.browser.wrong_turns.conftest import AGAIN, OTHER, again, problem
from tests.conftest import RECIPIENT, ROOT, SENDER, Installation
from tests.keyserver.steps import in_days
from viewer.keyserver.refusals import SENTENCES
from viewer.sender.client import Client
from viewer.sender.opening import open_link, read_link
from viewer.sender.sending import Letter, Sent, send

ASK = "Ask the sender"


def ask_key_server(sender: Client, method: str, sent: Sent, what: str, scope: str, body: Any = None) -> Any:
    url = f"{sender.portal}/v1/keys/{sent.report}/{what}"
    return sender.with_pass(method, url, sent.report, scope, json=body)


def consent(sender: Client, sent: Sent) -> None:
    asked = ask_key_server(sender, "GET", sent, "requests", "log:read")["requests"]
    assert len(asked) == 1
    ask_key_server(sender, "POST", sent, "consents", "policy:write", {"account": asked[0]["account"]})


def ask_and_be_let_in(page: Page, sender: Client, sent: Sent) -> None:
    """Press the button, have the sender's consent, and see the photos."""
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_role("heading")).to_have_text("The sender has been asked")
    problem(page, "The sender has been asked", "Once the sender says yes", AGAIN)
    consent(sender, sent)
    again(page)
    open_photos(page)
    see_photos(page)


def test_not_yet(page: Page, installation: Installation, people: Path, letter: Sent) -> None:
    sender = installation.client(SENDER, people)
    page.goto(letter.link)
    state(page, "card")
    body = {"not_before": in_days(0.5), "not_after": in_days(2)}
    ask_key_server(sender, "PUT", letter, "policy", "policy:write", body)
    open_photos(page)
    problem(page, "It is too early for these photos", "can be opened from", AGAIN)
    ask_key_server(sender, "PUT", letter, "policy", "policy:write", body | {"not_before": None})
    again(page)
    open_photos(page)
    see_photos(page)


def refuses(page: Page, path: str, status: int, error: str, message: str) -> None:
    """Let the key server answer so: what cannot be brought about yet, or only between two presses."""
    answer = {"error": error, "message": message}
    page.route(f"**/v1/keys/*/{path}", lambda route: route.fulfill(status=status, json=answer))


def test_passkey_needed(page: Page, letter: Sent) -> None:
    refuses(page, "release", 403, "passkey_needed", SENTENCES["passkey_needed"])
    page.goto(letter.link)
    open_photos(page)
    state(page, "problem")
    expect(page.get_by_role("button", name="Make a passkey")).to_be_visible()
    problem(page, "These photos need your passkey", "You have none yet", "Make a passkey")


def test_there_is_no_need_to_ask(page: Page, letter: Sent) -> None:
    refuses(page, "release", 403, "used_up", SENTENCES["used_up"])
    page.goto(letter.link)
    open_photos(page)
    state(page, "problem")
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_role("heading")).to_have_text("You can open these photos")
    problem(page, "You can open these photos", "You need not ask", "To the photos")
    page.unroute("**/v1/keys/*/release")
    page.get_by_role("button", name="To the photos").click()
    open_photos(page)
    see_photos(page)


def test_used_up(page: Page, installation: Installation, people: Path, letter: Sent) -> None:
    sender = installation.client(SENDER, people)
    body = {"not_after": in_days(2), "most_each": 1}
    ask_key_server(sender, "PUT", letter, "policy", "policy:write", body)
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)
    page.goto("about:blank")
    page.goto(letter.link)
    open_photos(page)
    problem(page, "These photos have been opened before", "as often as the sender allows", ASK)
    ask_and_be_let_in(page, sender, letter)


def test_claimed(page: Page, installation: Installation, people: Path, tmp_path: Path) -> None:
    sender = installation.client(SENDER, people, invited=True)
    photo = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"
    sent = send(sender, [photo], Letter((), "MRN 5", "", "", 7, download=True), lambda step, done, total: None)
    page.goto(sent.link)
    state(page, "card")
    expect(page.get_by_role("heading")).to_have_text("Photos")
    expect(page.locator("main")).not_to_contain_text("Lovelace")
    link, first = read_link(sent.link), installation.client(RECIPIENT, people)
    assert link and open_link(first, link, lambda: None, tmp_path / "opened", lambda step, done, total: None)
    open_photos(page)
    state(page, "problem")
    expect(page.get_by_role("heading")).to_have_text("Somebody was here before you")
    buttons = page.locator("main").locator("a:visible, button:visible")
    assert [" ".join(text.split()) for text in buttons.all_inner_texts()] == [ASK, OTHER]
    ask_and_be_let_in(page, sender, sent)
