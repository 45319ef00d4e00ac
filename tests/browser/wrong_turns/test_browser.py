"""Wrong turns of the browser: what it cannot do, what it forbids, and an engine that is not ours."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.steps import open_photos, see_photos, sign_in, state
from tests.browser.wrong_turns.conftest import AGAIN, PHONE, again, problem
from tests.conftest import CHROMIUM_FLAGS, Installation
from viewer.sender.sending import Sent


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
    problem(page, "This browser cannot open the photos", "another browser or on another device", None)


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
        state(page, "named")


def test_no_javascript(chromium: Browser, letter: Sent) -> None:
    with closing(browser_with(chromium, "--blink-settings=scriptEnabled=false")) as browser:
        page = browser.new_page(viewport=PHONE)
        page.goto(letter.link)
        expect(page.locator("main .panel.note")).to_be_visible()
        expect(page.locator("main .panel.note")).to_contain_text("Please switch it on for this site")


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
