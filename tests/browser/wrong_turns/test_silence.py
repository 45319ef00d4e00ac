"""Wrong turns of a line that stays open and brings nothing: what has come stays, the rest is asked for again."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.line import Line
from tests.browser.steps import cookies_of, open_photos, see_photos
from tests.browser.wrong_turns.conftest import AGAIN, PHONE, READER, again, problem
from tests.conftest import ROOT, SENDER, Installation
from tests.databases import openings
from viewer.sender.sending import Letter, Sent, send

TRIES = 5  # of one download, before a person is asked
PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))

# Comes before the worker's own script: the engine's patience, 30 seconds, is over when the test says so.
HOURGLASS = """{
  const { setTimeout: begin, clearTimeout: end } = globalThis;
  const running = (globalThis.running = new Map());
  let last = 0;
  globalThis.setTimeout = (call, time, ...rest) => {
    if (time !== 30000) return begin(call, time, ...rest);
    running.set(--last, call);
    return last;
  };
  globalThis.clearTimeout = (id) => running.delete(id) || end(id);
  globalThis.runOut = () => {
    const calls = [...running.values()];
    running.clear();
    calls.forEach((call) => call());
    return calls.length;
  };
}
"""


@pytest.fixture(scope="module")
def far_signed_in(far: Installation, chromium: Browser) -> Any:
    """The recipient's cookies at the other end of the line."""
    return cookies_of(READER, far, chromium)


@pytest.fixture
def page(chromium: Browser, far_signed_in: Any) -> Iterator[Page]:
    """A phone on which the recipient is signed in, and whose engine has the test's hourglass."""
    with closing(chromium.new_context(viewport=PHONE, storage_state=far_signed_in)) as context:
        page = context.new_page()

        def turn_over(route: Any) -> None:
            response = route.fetch()
            route.fulfill(response=response, body=HOURGLASS + response.text())

        page.route("**/worker.js", turn_over)
        yield page


@pytest.fixture
def three(far: Installation, line: Line, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """A report of three photos, sent to the recipient."""
    line.mend()
    sender = far.client(SENDER, tmp_path_factory.getbasetemp() / "silence", invited=True)
    return send(sender, PHOTOS, Letter((READER,), "MRN 5", "", "", 7), lambda step, done, total: None)


def until(page: Page, condition: str) -> None:
    """Wait until this is so in the engine's worker."""
    for _ in range(300):
        if page.workers[0].evaluate(condition):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{condition}: not within half a minute")


def asked(page: Page, line: Line, times: int) -> None:
    """Wait until so many downloads have been asked for."""
    for _ in range(600):
        if len(line.asked) >= times:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{len(line.asked)} downloads were asked for, not {times}: not within a minute")


def first_photo(page: Page, sent: Sent, line: Line) -> int:
    """Open a report until the first photo is there and the line holds; return after how many bytes it does."""
    line.hold_after = PHOTOS[0].stat().st_size + 100_000
    page.goto(sent.link)
    open_photos(page)
    assert line.held.wait(60)
    page.locator("img[data-photo]").wait_for(state="attached")
    until(page, "running.size === 1")
    return line.hold_after


def goes_on(page: Page, line: Line) -> None:
    """Once the patience is over, all photos arrive, by another request; no time runs on."""
    line.hold_after = None
    until(page, "runOut()")
    see_photos(page)
    assert not line.go_on.is_set(), "control: the first request is silent to the end"
    until(page, "running.size === 0")


def opened_once(far: Installation, report: str) -> None:
    assert openings(far.settings, report) == 1


@pytest.mark.parametrize("path", ["/v1/blobs/*", "/v1/keys/*/release", "/api/passes"])
def test_a_server_that_never_answers(page: Page, three: Sent, path: str) -> None:
    page.route(f"**{path}", lambda route: None)
    page.goto(three.link)
    with page.expect_request(f"**{path}"):
        open_photos(page)
    until(page, "runOut()")
    problem(page, "No connection", "The server cannot be reached", AGAIN)
    page.unroute(f"**{path}")
    again(page)
    see_photos(page)
    until(page, "running.size === 0")


def test_silence_before_a_download(page: Page, three: Sent, line: Line, far: Installation) -> None:
    line.hold_after = 0
    page.goto(three.link)
    open_photos(page)
    assert line.held.wait(60)
    goes_on(page, line)
    first, second = line.asked
    assert first == second
    opened_once(far, three.report)


def test_silence_in_the_middle_of_a_download(page: Page, three: Sent, line: Line, far: Installation) -> None:
    first_photo(page, three, line)
    goes_on(page, line)
    (first, end), (second, same_end) = line.asked
    assert first + PHOTOS[0].stat().st_size < second < end == same_end, "it went on where it stood"
    opened_once(far, three.report)


def test_every_piece_begins_the_time_anew(page: Page, three: Sent, line: Line) -> None:
    line.hold_after = first_photo(page, three, line) + 200_000
    before = page.workers[0].evaluate("Math.min(...running.keys())")
    line.held.clear()
    line.go_on.set()
    line.go_on.clear()
    assert line.held.wait(60)
    until(page, f"running.size === 1 && !running.has({before})")
    line.go_on.set()
    see_photos(page)
    until(page, "running.size === 0")
    assert len(line.asked) == 1, "control: one download brought it all"


def test_a_line_that_stays_silent(page: Page, three: Sent, line: Line, far: Installation) -> None:
    first_photo(page, three, line)
    line.hold_after = 0
    try_again = page.get_by_role("button", name=AGAIN)
    for number in range(1, TRIES + 1):
        asked(page, line, number)  # not before: the patience for a pass, asked for ahead of it, must not run out
        until(page, "runOut()")
    try_again.wait_for(timeout=60_000)
    expect(page.locator(".arrival")).to_contain_text("The rest could not be fetched.")
    assert len(line.asked) == TRIES, "it tried again by itself before it said so"
    line.hold_after = None
    try_again.click()
    see_photos(page)
    opened_once(far, three.report)
