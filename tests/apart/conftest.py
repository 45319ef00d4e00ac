"""Four servers, and the people who use them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.apart import four
from tests.apart.four import Four
from tests.browser.steps import cookies_of
from tests.conftest import RECIPIENT, ROOT, SENDER
from viewer.demo.inbox import Inbox, Running
from viewer.sender.client import Client
from viewer.sender.sending import Letter, Sent, send

PHOTO = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"


@pytest.fixture(scope="package")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Four]:
    """Portal, public key server, an institution's key server and file host: each with its own data and secrets."""
    inbox = Inbox()
    gateways = Running(inbox, Flask("inbox"))
    try:
        yield from four.running(tmp_path_factory.mktemp("four"), inbox, gateways)
    finally:
        gateways.stop()


@pytest.fixture(scope="package")
def sender(apart: Four, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return apart.portal.client(SENDER, tmp_path_factory.mktemp("sender"), invited=True)


@pytest.fixture(scope="package")
def reader(apart: Four, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return apart.portal.client(RECIPIENT, tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="package")
def senders_cookies(apart: Four, sender: Client, chromium: Browser) -> object:
    return cookies_of(SENDER, apart.portal, chromium)


@pytest.fixture(scope="package")
def readers_cookies(apart: Four, chromium: Browser) -> object:
    return cookies_of(RECIPIENT, apart.portal, chromium)


@pytest.fixture(scope="package")
def letter(apart: Four, sender: Client) -> Callable[..., Sent]:
    """Sends a photo to the recipient, by one of the key servers."""

    def one(key_server: str, *to: str, **rules: int) -> Sent:
        url = apart.roles[key_server].url
        said = Letter(to or (RECIPIENT,), f"MRN {key_server}", "Excise?", "", 7, download=True, key_server=url, **rules)
        return send(sender, [Path(PHOTO)], said, lambda *_: None)

    return one
