"""A portal at which a hospital's own sign-in is good, by a real OpenID provider; and phones of its people."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Request

from tests.browser.journeys.conftest import COUNT, PHONE, PHOTO, Phone
from tests.conftest import Installation, free_port, installed
from tests.oidc import Provider, providing
from viewer.sender.sending import Letter, Sent, send

HOSPITAL, SENDER = "st-elsewhere", "ada@private.example"


class Watched(Phone):
    """A phone; all that it asked anybody for, and complained of on our pages."""

    def __init__(self, context: BrowserContext, installation: Installation) -> None:
        super().__init__(context.new_page(), installation)
        self.context, self.here = context, installation.url
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.requests.append(request))
        # Fonts of the provider's own pages.
        context.route(lambda url: url.startswith("https://"), lambda route: route.abort())
        self.page.on("console", lambda said: self._hear(said.type, said.text, said.location.get("url", "")))

    def _hear(self, kind: str, text: str, url: str) -> None:
        if kind in ("error", "warning") and url.startswith(self.here):
            self.complaints.append(text)


@pytest.fixture(scope="module")
def port() -> int:
    """Of the portal: its provider has to know the address first."""
    return free_port()


@pytest.fixture(scope="module", params=["", "a client's secret"], ids=["public client", "client with a secret"])
def provider(request: pytest.FixtureRequest, port: int) -> Iterator[Provider]:
    with providing(f"http://localhost:{port}/signed-in/{HOSPITAL}", request.param) as running:
        yield running


@pytest.fixture(scope="module")
def hospital(provider: Provider, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """All three roles, and the hospital's sign-in at the portal, for addresses of example.org."""
    told = provider.hospital(HOSPITAL, "example.org")
    with installed(tmp_path_factory.mktemp("hospital"), port, f"http://localhost:{port}", **told) as running:
        yield running


@pytest.fixture
def phones(chromium: Browser, hospital: Installation) -> Iterator[Callable[..., Watched]]:
    """Makes a phone, on which nobody is signed in anywhere."""
    made: list[BrowserContext] = []

    def make(**more: Any) -> Watched:
        made.append(chromium.new_context(**PHONE | more))
        made[-1].add_init_script(COUNT)
        return Watched(made[-1], hospital)

    yield make
    for context in made:
        with closing(context):
            pass


@pytest.fixture
def phone(phones: Callable[..., Watched]) -> Watched:
    return phones()


@pytest.fixture
def letter(hospital: Installation, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Sent]:
    """Sends one photo to somebody."""
    sender = hospital.client(SENDER, tmp_path_factory.mktemp("sender"), invited=True)

    def make(*to: str) -> Sent:
        return send(sender, [PHOTO], Letter(to, "MRN 7", "", "", 7), lambda step, done, total: None)

    return make
