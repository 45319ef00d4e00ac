"""In a real browser, with every server on an origin of its own: whichever key server keeps the key."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.apart.four import KEY_SERVERS, OWN, PUBLIC, Four
from tests.browser.conftest import Watched, browsing
from tests.browser.steps import open_photos, see_photos, state
from tests.conftest import RECIPIENT
from viewer.sender.sending import Sent

Letter = Callable[..., Sent]


@pytest.fixture
def watched(chromium: Browser, readers_cookies: Any) -> Iterator[Watched]:
    """The recipient's browser."""
    with browsing(chromium, readers_cookies) as seen:
        yield seen


@pytest.fixture
def senders(chromium: Browser, senders_cookies: Any) -> Iterator[Watched]:
    """The sender's browser."""
    with browsing(chromium, senders_cookies) as seen:
        yield seen


def see(page: Page, sent: Sent) -> None:
    page.goto(sent.link)
    open_photos(page)
    see_photos(page)


def asked(watched: Watched, url: str) -> list[str]:
    """The methods of what was asked of a server."""
    return [request.method for request in watched.requests if request.url.startswith(f"{url}/")]


def refused(page: Page, kind: str) -> None:
    page.locator(f'main[data-state="problem"], [data-kind="{kind}"]').first.wait_for(timeout=60_000)
    expect(page.locator(f'[data-kind="{kind}"]')).to_have_count(1)


@pytest.mark.parametrize("name", KEY_SERVERS)
def test_photos_open_by_either_key_server(apart: Four, watched: Watched, letter: Letter, name: str) -> None:
    sent = letter(name)
    see(watched.page, sent)
    expect(watched.page.get_by_text(f"MRN {name}").first).to_be_visible()
    other = apart.roles[OWN if name == PUBLIC else PUBLIC]
    assert asked(watched, other.url) == []
    assert "POST" in asked(watched, apart.roles[name].url) and "GET" in asked(watched, apart.roles["filehost"].url)
    assert watched.complaints == []
    origins = {request.url.split("/")[2] for request in watched.requests if request.url.startswith("http")}
    assert origins == {apart.roles[one].url.partition("//")[2] for one in ("portal", name, "filehost")}


def test_each_key_servers_log_is_remembered_by_itself(apart: Four, watched: Watched, letter: Letter) -> None:
    for name in (*KEY_SERVERS, *KEY_SERVERS):  # the second openings must go on from what the first ones have left
        see(watched.page, letter(name))
    kept = json.loads(watched.page.evaluate("JSON.stringify(localStorage)"))
    origins = {name: kept[f"log {apart.roles[name].url}"].partition("\n")[0] for name in KEY_SERVERS}
    assert origins == {name: f"{apart.roles[name].url.partition('//')[2]}/log/1" for name in KEY_SERVERS}


def test_the_sender_sees_both(apart: Four, watched: Watched, senders: Watched, letter: Letter) -> None:
    both, page = {name: letter(name) for name in KEY_SERVERS}, senders.page
    for sent in both.values():
        see(watched.page, sent)
    page.goto(f"{apart.portal.url}/sent")
    for sent in both.values():
        expect(page.locator(f'[data-key="{sent.report}"] .state')).to_have_text("Opened once.", timeout=60_000)
    for sent in both.values():
        page.goto(f"{apart.portal.url}/sent/{sent.report}")
        opened = page.locator(".entry").filter(has=page.get_by_role("heading", name=f"Opened by {RECIPIENT}"))
        opened.get_by_role("button", name="Proof").click()
        expect(opened.get_by_text("Checked on this device just now.")).to_be_visible(timeout=60_000)
    assert senders.complaints == []


@pytest.mark.parametrize("name", KEY_SERVERS)
def test_who_is_refused_asks_and_the_sender_consents(
    apart: Four, watched: Watched, senders: Watched, letter: Letter, name: str
) -> None:
    sent, reader, page = letter(name, each=1), watched.page, senders.page
    see(reader, sent)
    reader.goto(sent.link)
    open_photos(reader)
    refused(reader, "used_up")
    reader.get_by_role("button", name="Ask the sender").click()
    refused(reader, "asked")
    page.goto(f"{apart.portal.url}/sent/{sent.report}")
    page.get_by_role("button", name="Let them open it once").click(timeout=60_000)
    expect(page.get_by_text("Not used yet")).to_be_visible(timeout=60_000)
    see(reader, sent)


@pytest.mark.parametrize("name", [OWN, "filehost"])
def test_control_without_cors_nothing_opens(apart: Four, watched: Watched, letter: Letter, name: str) -> None:
    sent = letter(OWN)
    with apart.broken(name, "tests.apart.without_cors"):
        watched.page.goto(sent.link)
        open_photos(watched.page)
        refused(watched.page, "offline")
    see(watched.page, sent)


def test_one_key_server_that_is_down_hides_no_other(apart: Four, senders: Watched, letter: Letter) -> None:
    both, page = {name: letter(name) for name in KEY_SERVERS}, senders.page
    page.route(f"{apart.roles[OWN].url}/**", lambda route: route.abort())
    page.goto(f"{apart.portal.url}/sent")
    state(page, "list")
    words = {PUBLIC: "Not opened yet.", OWN: "its key server does not answer"}
    for name, sent in both.items():
        expect(page.locator(f'[data-key="{sent.report}"] .state')).to_contain_text(words[name], timeout=60_000)
