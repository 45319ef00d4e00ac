"""A browser that has never seen a log learns from the file host what others were shown of it, and refuses another."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from sealed.notes import Checkpoint, Note, Signature
from tests.browser.steps import open_photos, see_photos
from tests.browser.wrong_turns.conftest import problem
from tests.browser.wrong_turns.test_log import TITLE
from tests.conftest import Installation
from viewer import log_key
from viewer.sender.sending import Sent

WITNESS, RELEASE = "**/v1/witness/*/checkpoint", "**/v1/keys/*/release"
NEVER_THERE = {"split view": 1, "rollback": 10**9}  # sizes at which the log has not, or not yet, this root


def seen(installation: Installation, size: int, signature: bytes | None = None) -> str:
    """The checkpoint of another log than the installation's, signed by its key all the same."""
    settings = installation.settings
    key, signing = log_key.known(settings), log_key.signing_key(settings.keyserver_secret)
    text = Checkpoint(key.name, size, b"\7" * 32).text()
    line = Signature(key.name, key.key_id, signature or signing.sign(text.encode()))
    return Note(text, (line,)).write()


def answer(page: Page, note: str) -> None:
    page.route(WITNESS, lambda route: route.fulfill(body=note, content_type="text/plain; charset=utf-8"))


@pytest.mark.parametrize("size", NEVER_THERE.values(), ids=NEVER_THERE)
def test_a_log_that_others_saw_otherwise(page: Page, installation: Installation, letter: Sent, size: int) -> None:
    answer(page, seen(installation, size))
    page.goto(letter.link)
    open_photos(page)
    problem(page, TITLE, "still holds what it held before", None)
    assert page.evaluate("() => localStorage.length") == 0, "nor is anything of it remembered"


@pytest.mark.parametrize("size", NEVER_THERE.values(), ids=NEVER_THERE)
def test_control_what_the_log_has_not_signed_does_not_count(
    page: Page, installation: Installation, letter: Sent, size: int
) -> None:
    answer(page, seen(installation, size, bytes(64)))
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)


def not_there(route: Route) -> None:
    route.fulfill(status=404, body="{}", content_type="application/json")


def out_of_reach(route: Route) -> None:
    route.abort("connectionrefused")


def broken(route: Route) -> None:
    route.fulfill(status=502, body="<h1>Bad Gateway</h1>", content_type="text/html")


def silent(route: Route) -> None:
    """Never answered."""


def nonsense(route: Route) -> None:
    route.fulfill(body="hello", content_type="text/plain")


@pytest.mark.parametrize("fault", [not_there, out_of_reach, broken, silent, nonsense])
def test_no_witness_is_no_hindrance(page: Page, letter: Sent, fault: Callable[[Route], None]) -> None:
    page.route(WITNESS, fault)
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)


def test_what_the_file_host_has_seen_is_asked_for(page: Page, installation: Installation, letter: Sent) -> None:
    asked, told = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: told.append(response) if "/v1/witness/" in response.url else None)

    def look(route: Route) -> None:
        asked.append(json.dumps(json.loads(route.request.post_data or "{}")["witnessed_size"]))
        route.continue_()

    page.route(RELEASE, look)
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)
    [witness] = told
    assert witness.status == 200 and [url for url in asked if "/v1/witness/" in url] == [witness.url]
    assert witness.text().split("\n")[1] in asked
