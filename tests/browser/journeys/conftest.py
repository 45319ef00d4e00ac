"""A recipient's phone, on which everything that its owner does is counted; and letters to them."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.steps import see_photos, state
from tests.conftest import ROOT, SENDER, Installation
from viewer.sender.sending import Letter, Sent, send

PHONE: Any = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
COUNT = (Path(__file__).parent / "count.js").read_text()
PHOTO = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"
_numbers = itertools.count(100)  # of people: what one contact is sent is limited


class Phone:
    """A phone. `counted` tells what was done on its page: taps, fields, states."""

    def __init__(self, page: Page, installation: Installation) -> None:
        self.page, self._inbox = page, installation.inbox

    @property
    def taps(self) -> list[str]:
        return self._counted("taps")

    @property
    def fields(self) -> list[str]:
        return self._counted("fields")

    @property
    def states(self) -> list[str]:
        return self._counted("states")

    def _counted(self, what: str) -> list[str]:
        found: list[str] = self.page.evaluate("what => counted[what]", what)
        return found

    def tap(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).tap()

    def type(self, label: str, text: str) -> None:
        """Tap a field, as on a phone that opens its keyboard for nothing else, and type."""
        self.page.get_by_label(label).tap()
        self.page.keyboard.type(text)

    def code(self, contact: str, ask: Callable[[], object]) -> str:
        """Have a code sent, and read it."""
        before = len(self._inbox.messages)
        ask()
        state(self.page, "code")
        return self._inbox.code_for(contact, before)

    def open(self) -> None:
        """From the card to the photos."""
        state(self.page, "card")
        self.tap("Open photos")
        see_photos(self.page)

    def close(self) -> None:
        self.tap("Close")
        state(self.page, "closed")


@pytest.fixture
def phones(chromium: Browser, installation: Installation) -> Iterator[Callable[..., Phone]]:
    """Makes a phone, on which nobody is signed in, or somebody whose cookies are given."""
    made: list[Any] = []

    def make(cookies: Any = None) -> Phone:
        context = chromium.new_context(**PHONE, storage_state=cookies)
        context.add_init_script(COUNT)
        made.append(context)
        return Phone(context.new_page(), installation)

    yield make
    for context in made:
        with closing(context):
            pass


@pytest.fixture
def phone(phones: Callable[..., Phone]) -> Phone:
    """One on which nobody is signed in."""
    return phones()


@pytest.fixture(params=["mail", "mobile"])
def contact(request: pytest.FixtureRequest) -> str:
    """Somebody new, by e-mail and by mobile alike."""
    return new_contact(request.param)


def new_contact(kind: str) -> str:
    number = next(_numbers)
    # Australia's ACMA keeps +61 491 570 006, 156, 157, 158, 159, 110 and 0491 571 …; mock numbers stay on this machine.
    return f"journey{number}@example.org" if kind == "mail" else f"+61491570{number}"


@pytest.fixture
def letter(installation: Installation, people: Path) -> Callable[..., Sent]:
    """Sends one photo to somebody."""
    sender = installation.client(SENDER, people, invited=True)

    def make(*to: str) -> Sent:
        return send(sender, [PHOTO], Letter(to, "MRN 7", "", "", 7), lambda step, done, total: None)

    return make


def plain(link: str) -> str:
    """A link as it was before there were hints."""
    address, _, fragment = link.partition("#")
    return f"{address}#{fragment.partition('.')[0]}"


def wait_until_fetched(page: Page, name: str) -> None:
    """Wait for a file of the page's; Playwright's own waiting needs eval where it asks twice, which pages forbid."""
    found, end = (
        f"performance.getEntriesByType('resource').some((one) => one.name.endsWith('/{name}'))",
        monotonic() + 60,
    )
    while not page.evaluate(found):
        assert monotonic() < end, name
        page.wait_for_timeout(50)
