"""A sender's browser, signed in, and phones with a camera that sees a real photo."""

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.conftest import Watched, browsing
from tests.browser.send.desk import Desk, begin
from tests.browser.send.steps import PHOTOS
from tests.conftest import CHROMIUM_FLAGS, SENDER, Installation

SEEN = 1280, 960


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the camera sees, as a film of one frame."""
    path = tmp_path_factory.mktemp("camera") / "mole.mjpeg"
    frame = io.BytesIO()
    Image.open(PHOTOS[0]).convert("RGB").resize(SEEN).save(frame, "JPEG", quality=90)
    path.write_bytes(frame.getvalue() * 4)
    return path


@pytest.fixture(scope="session")
def camera(chromium: Browser, film: Path) -> Iterator[Browser]:
    """A Chromium with that camera, and somebody who always allows it."""
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    args = [*CHROMIUM_FLAGS, *flags]
    with closing(chromium.browser_type.launch(executable_path="/usr/bin/chromium", args=args)) as browser:
        yield browser


@pytest.fixture(scope="module")
def senders_cookies(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The session of somebody who may send, as a browser keeps it."""
    client = installation.client(SENDER, tmp_path_factory.mktemp("sender"), invited=True)
    jar = client._session.cookies
    cookies = [{"name": one.name, "value": one.value or "", "url": installation.url, "httpOnly": True} for one in jar]
    return cookies


@pytest.fixture
def desk(chromium: Browser, installation: Installation, senders_cookies: Any) -> Iterator[Desk]:
    with browsing(chromium) as seen:
        seen.page.context.add_cookies(senders_cookies)
        seen.page.goto(f"{installation.url}/sent")
        yield begin(seen.page)


@pytest.fixture
def phone(camera: Browser, senders_cookies: Any) -> Iterator[Watched]:
    """A sender's phone."""
    with browsing(camera) as seen:
        seen.page.context.add_cookies(senders_cookies)
        yield seen


@pytest.fixture
def stranger(camera: Browser) -> Iterator[Watched]:
    """A phone on which nobody has signed in."""
    with browsing(camera) as seen:
        yield seen
