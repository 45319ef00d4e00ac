"""Readers at a screen: signed in, and watched for photos that stay where they must not."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.read.steps import READER
from tests.browser.steps import cookies_of
from tests.browser.test_arrival import NOTED
from tests.conftest import SENDER, Installation
from viewer.sender.client import Client

DESK: Any = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def signed_in(installation: Installation, chromium: Browser) -> Any:
    """The reader's cookies."""
    return cookies_of(READER, installation, chromium)


@pytest.fixture
def page(chromium: Browser, signed_in: Any) -> Iterator[Page]:
    """A desk at which the reader is signed in."""
    with closing(chromium.new_context(viewport=DESK, storage_state=signed_in)) as context:
        context.add_init_script(NOTED)
        yield context.new_page()


@pytest.fixture(scope="session")
def sender(installation: Installation, people: Path) -> Client:
    return installation.client(SENDER, people, invited=True)
