"""Every wrong turn has a calm sentence and a way on: each is truly taken here, and so is the way on."""

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from sealed.base32 import link_text
from tests.browser.steps import open_photos, see_photos, sign_in, state
from tests.conftest import CHROMIUM_FLAGS, ROOT, SENDER, Installation
from viewer.sender.sending import Letter, Sent, send

READER = "night.nurse@example.org"
PHONE: Any = {"width": 360, "height": 740}
AGAIN, OTHER, PASTE = "Try again", "Sign in with another address", "Paste the link instead"


@pytest.fixture(scope="module")
def signed_in(installation: Installation, chromium: Browser) -> Any:
    """The recipient's cookies: the number of codes in an hour is limited."""
    with closing(chromium.new_context()) as context:
        page = context.new_page()
        page.goto(f"{installation.url}/r/{'0' * 26}#{link_text(bytes(20))}")
        sign_in(page, installation, READER)
        state(page, "card")
        return context.storage_state()


@pytest.fixture
def page(chromium: Browser, signed_in: Any) -> Iterator[Page]:
    """A phone on which the recipient is signed in."""
    with closing(chromium.new_context(viewport=PHONE, storage_state=signed_in)) as context:
        yield context.new_page()


@pytest.fixture
def stranger(chromium: Browser) -> Iterator[Page]:
    """A phone on which nobody is signed in."""
    with closing(chromium.new_context(viewport=PHONE)) as context:
        yield context.new_page()


@pytest.fixture
def letter(installation: Installation, people: Path) -> Sent:
    """A report of one photo, sent to the recipient."""
    sender = installation.client(SENDER, people, invited=True)
    photo = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"
    return send(sender, [photo], Letter((READER,), "MRN 5", "", "", 7), lambda step, done, total: None)


def problem(page: Page, title: str, words: str, way: str | None) -> None:
    """The page says what is wrong, and offers exactly this way on."""
    state(page, "problem")
    expect(page.get_by_role("heading")).to_have_text(title)
    expect(page.locator("main .lead")).to_contain_text(words)
    ways = page.locator("main").locator("a:visible, button:visible")
    texts = [re.sub(r"\s+", " ", text) for text in ways.all_inner_texts()]
    assert texts == ([way] if way else [])
    assert page.locator("main img").count() == 0


def again(page: Page) -> None:
    page.get_by_role("button", name=AGAIN).click()


def test_control_without_a_wrong_turn_the_photo_is_seen(page: Page, letter: Sent) -> None:
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)


# The link


@pytest.mark.parametrize(
    ("change", "title", "words"),
    [
        (lambda link: link[:-3], "The link is not complete", "ask the sender for the whole link"),
        (lambda link: link[:-3] + "000", "The link is not right", "Open it again from the message"),
        (lambda link: link.partition("#")[0], "The link is not complete", "Open it again from the message"),
        (lambda link: link.replace("#", "Z#"), "The link is not right", "ask the sender for the whole link"),
        (lambda link: link.replace("/r/", "/r/_"), "The link is not right", "Open it again from the message"),
    ],
    ids=["cut off", "mistyped", "fragment lost", "id too long", "id mistyped"],
)
def test_a_broken_link(page: Page, letter: Sent, change: Callable[[str], str], title: str, words: str) -> None:
    page.goto(change(letter.link))
    problem(page, title, words, PASTE)
    assert "#" not in page.url
    page.get_by_role("link", name=PASTE).click()
    page.get_by_label("Link from your message").fill(f"Photos for you: {letter.link}.")
    page.keyboard.press("Enter")
    open_photos(page)
    see_photos(page)


def test_a_link_that_is_none(page: Page, installation: Installation, letter: Sent) -> None:
    page.goto(installation.url)
    box = page.get_by_label("Link from your message")
    box.fill("https://elsewhere.example/r/1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(f"starts with {installation.url}/r/")
    box.fill(letter.link)
    page.get_by_role("button", name="Open the link").click()
    state(page, "card")


@pytest.mark.parametrize("hash_sign", ["%23", "%2523", "/#"])
def test_a_link_whose_hash_sign_was_changed_still_opens(page: Page, letter: Sent, hash_sign: str) -> None:
    page.goto(letter.link.replace("#", hash_sign))
    open_photos(page)
    see_photos(page)
    assert page.url == letter.link.partition("#")[0]


def test_a_link_that_this_page_has_let_go_of(page: Page, letter: Sent) -> None:
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)
    page.reload()
    problem(page, "Tap the link once more", "Go back to your message", PASTE)
    page.goto("about:blank")
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)


def test_an_address_that_leads_nowhere(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}/reports")
    problem(page, "Nothing here", "tap the link in it again", "Go to the start page")
    page.get_by_role("link", name="Go to the start page").click()
    state(page, "home")


# The report


def test_expired(page: Page, installation: Installation, letter: Sent) -> None:
    page.goto(letter.link)
    state(page, "card")
    with sqlite3.connect(installation.settings.data / "keyserver.sqlite") as database:
        database.execute("UPDATE key SET not_after = ? WHERE id = ?", [int(time.time()) - 60, letter.report])
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


# Signing in


def test_a_contact_that_is_none_and_a_wrong_code(stranger: Page, installation: Installation, letter: Sent) -> None:
    page, contact = stranger, "wrong.code@example.org"
    page.goto(letter.link)
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
    state(page, "sign-in")
    sign_in(page, installation, contact)
    state(page, "card")


# The browser


def browser_with(chromium: Browser, *flags: str) -> Browser:
    return chromium.browser_type.launch(executable_path="/usr/bin/chromium", args=[*CHROMIUM_FLAGS, *flags])


def test_no_webassembly(chromium: Browser, letter: Sent) -> None:
    with closing(browser_with(chromium, "--js-flags=--jitless")) as browser:
        page = browser.new_page(viewport=PHONE)
        page.goto(letter.link)
        assert page.evaluate("typeof WebAssembly") == "undefined"
        problem(page, "This browser cannot open the photos", "Open the link from your message in", None)


def test_webassembly_forbidden_to_the_page(page: Page, letter: Sent) -> None:
    def forbid(route: Route) -> None:
        response = route.fetch()
        policy = response.headers["content-security-policy"].replace("'wasm-unsafe-eval'", "")
        route.fulfill(response=response, headers=response.headers | {"content-security-policy": policy})

    page.route("**/worker.js", forbid)
    page.goto(letter.link)
    problem(page, "This page could not get ready", "another browser or on another device", AGAIN)
    page.unroute("**/worker.js")
    again(page)
    open_photos(page)
    see_photos(page)


def test_not_a_secure_context(chromium: Browser, letter: Sent) -> None:
    with closing(browser_with(chromium, "--host-resolver-rules=MAP photos.example 127.0.0.1")) as browser:
        page = browser.new_page(viewport=PHONE)
        page.goto(letter.link.replace("localhost", "photos.example"))
        problem(page, "This page did not come over a safe connection", "https://", None)


def test_storage_blocked(page: Page, letter: Sent) -> None:
    page.add_init_script("""Object.defineProperty(window, "sessionStorage", {
      get() { throw new DOMException("blocked", "SecurityError"); } })""")
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)


def test_cookies_and_storage_blocked(
    chromium: Browser, installation: Installation, letter: Sent, tmp_path: Path
) -> None:
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    launch = chromium.browser_type.launch_persistent_context
    with closing(launch(tmp_path, executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)) as context:
        page = context.new_page()
        page.goto(letter.link)
        sign_in(page, installation, "no.cookies@example.org")
        problem(page, "You could not stay signed in", "Allow cookies for this site", AGAIN)
        again(page)
        state(page, "sign-in")


def test_no_javascript(chromium: Browser, letter: Sent) -> None:
    with closing(browser_with(chromium, "--blink-settings=scriptEnabled=false")) as browser:
        page = browser.new_page(viewport=PHONE)
        page.goto(letter.link)
        expect(page.locator("main .panel.note")).to_be_visible()
        expect(page.locator("main .panel.note")).to_contain_text("Please switch it on for this site")


# The engine


@pytest.mark.parametrize("name", ["python_stdlib.zip", "pyodide.asm.wasm", "pyodide.mjs"])
def test_an_engine_file_that_was_changed(page: Page, letter: Sent, name: str) -> None:
    def change(route: Route) -> None:
        response = route.fetch()
        body = bytearray(response.body())
        body[len(body) // 2] ^= 1
        route.fulfill(response=response, body=bytes(body))

    page.route(f"**/{name}", change)
    page.goto(letter.link)
    problem(page, "This page could not get ready", "try again", AGAIN)
    page.unroute(f"**/{name}")
    again(page)
    open_photos(page)
    see_photos(page)


def test_an_engine_that_does_not_arrive(page: Page, letter: Sent) -> None:
    page.route("**/worker.js", lambda route: route.abort())
    page.goto(letter.link)
    problem(page, "This page could not get ready", "Check that you are connected", AGAIN)
    page.unroute("**/worker.js")
    again(page)
    state(page, "card")


# The servers


def no_answer(route: Route) -> None:
    route.abort("connectionrefused")


def bad_gateway(route: Route) -> None:
    route.fulfill(status=502, body="<h1>Bad Gateway</h1>", content_type="text/html")


@pytest.mark.parametrize(
    ("fault", "title", "words"),
    [
        (no_answer, "No connection", "then try again"),
        (bad_gateway, "Not just now", "Try again in a minute"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/blobs/*", "/v1/keys/*/release", "/api/passes"])
def test_a_server_is_down(
    page: Page, letter: Sent, path: str, fault: Callable[[Route], None], title: str, words: str
) -> None:
    page.route(f"**{path}", fault)
    page.goto(letter.link)
    open_photos(page)
    problem(page, title, words, AGAIN)
    page.unroute(f"**{path}")
    again(page)
    see_photos(page)


@pytest.mark.parametrize("path", ["/api/account", "/api/reports/*"])
def test_the_portal_is_down(page: Page, letter: Sent, path: str) -> None:
    page.route(f"**{path}", no_answer)
    page.goto(letter.link)
    problem(page, "No connection", "Check that you are connected", AGAIN)
    page.unroute(f"**{path}")
    again(page)
    open_photos(page)
    see_photos(page)


def test_no_network_while_signing_in(stranger: Page, installation: Installation, letter: Sent) -> None:
    page = stranger
    page.goto(letter.link)
    state(page, "sign-in")
    # Not the whole network: the engine may still be loading, and would say so in its own words.
    page.route("**/api/codes", lambda route: route.abort("internetdisconnected"))
    page.get_by_label("Your e-mail or mobile number").fill("tunnel@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Check that you are connected")
    page.unroute("**/api/codes")
    page.get_by_role("button", name="Send me a code").click()
    state(page, "code")


def test_the_key_server_is_busy(page: Page, installation: Installation, letter: Sent) -> None:
    page.goto(letter.link)
    state(page, "card")
    with closing(sqlite3.connect(installation.settings.data / "keyserver.sqlite")) as database:
        database.execute("BEGIN IMMEDIATE")
        open_photos(page)
        problem(page, "Not just now", "try again in a moment", AGAIN)
    again(page)
    see_photos(page)
