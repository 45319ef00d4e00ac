"""A sender with a page of their own, and whoever opens what they send."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Watched, browsing
from tests.browser.sent.steps import GRACE, READER, cookies
from tests.conftest import ROOT, Installation
from viewer.sender.client import Client, ClientError
from viewer.sender.opening import open_link, read_link
from viewer.sender.sending import Letter, Sent, send

PHOTO = ROOT / "viewer/demo/photos/mole.jpg"


@pytest.fixture(scope="session")
def grace(installation: Installation, people: Path) -> Client:
    return installation.client(GRACE, people, invited=True)


@pytest.fixture(scope="module")
def reader(installation: Installation, people: Path) -> Client:
    return installation.client(READER, people)


@pytest.fixture
def letter(grace: Client) -> Callable[..., Sent]:
    """Sends a photo, to the reader unless others are named."""

    def one(*to: str, **rules: Any) -> Sent:
        said = Letter(to or (READER,), "MRN 77", "", "", 7, **{"download": True} | rules)
        return send(grace, [PHOTO], said, lambda *_: None)

    return one


@pytest.fixture
def opens(tmp_path: Path) -> Callable[[Client, Sent], str]:
    """Opens a report at the command line; returns how that went."""

    def one(client: Client, sent: Sent) -> str:
        link = read_link(sent.link)
        assert link
        try:
            open_link(client, link, lambda: None, tmp_path / str(len(list(tmp_path.iterdir()))), lambda *_: None)
        except ClientError as error:
            return error.error
        return "granted"

    return one


@pytest.fixture(scope="session")
def signed_in(installation: Installation, chromium: Browser, grace: Client) -> Any:
    """The sender's cookies: the number of codes in an hour is limited."""
    return cookies(installation, chromium, GRACE)


@pytest.fixture
def watched(chromium: Browser, signed_in: Any) -> Iterator[Watched]:
    """A phone on which the sender is signed in, and all it asks for and complains of."""
    with browsing(chromium, signed_in) as seen:
        yield seen


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.page
