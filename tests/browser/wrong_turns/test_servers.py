"""Wrong turns of the servers and the network: down, busy, out of reach."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import open_photos, see_photos, state, type_instead
from tests.browser.wrong_turns.conftest import AGAIN, again, problem
from tests.conftest import Installation
from tests.databases import beside
from viewer.sender.sending import Sent


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


@pytest.mark.parametrize("fault", [no_answer, bad_gateway])
def test_what_was_seen_cannot_be_told(page: Page, letter: Sent, fault: Callable[[Route], None]) -> None:
    asked: list[str] = []

    def fails(route: Route) -> None:
        asked.append(route.request.post_data or "")
        fault(route)

    page.route("**/acknowledgements", fails)
    page.goto(letter.link)
    open_photos(page)
    see_photos(page)
    assert len(asked) == 1 and '"entry"' in asked[0], "tried once, and the photos are there all the same"


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
    type_instead(page)
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
    with beside(installation.settings, "keyserver") as database, database.write() as session:
        session.connection()
        open_photos(page)
        problem(page, "Not just now", "try again in a moment", AGAIN)
    again(page)
    see_photos(page)
