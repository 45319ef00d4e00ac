"""The engine's half of opening: first photo first, broken downloads taken up again, the whole file checked."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.line import Line
from tests.conftest import RECIPIENT, ROOT, SENDER, Installation
from tests.databases import ANOTHER_HASH, change, openings
from viewer.sender import photos
from viewer.sender.sending import Letter, Sent, send

PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))

# Opens a report by the engine alone, without our page; notes what it is told, in order.
OPEN = """async ([report, fragment, engine]) => {
  const {log_key} = await (await fetch(`/api/reports/${report}`)).json();
  const policy = trustedTypes.createPolicy("safelight-worker", {createScriptURL: () => `${engine}worker.js`});
  const worker = new Worker(policy.createScriptURL(""), {type: "module"});
  const hash = async (data) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", data)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
  window.told = [];
  window.answer = null;
  const servers = {key_server: location.origin, file_host: location.origin, log_key};
  const args = {report, fragment, ...servers, remembered: ""};
  window.again = () => { window.answer = null; worker.postMessage({call: 1, door: "open_report", args}); };
  worker.onmessage = async ({data: {ready, failed, progress, answer}}) => {
    if (failed) window.answer = {error: {kind: "engine", text: failed}};
    if (ready) window.again();
    if (progress?.stage === "report") window.told.push(["report", progress.details.patient, progress.photos.length]);
    if (progress?.stage === "photo") window.told.push(["photo", progress.name, await hash(progress.data)]);
    if (answer) window.answer = answer;
  };
}"""
POST = """async ([path, body]) => {
  const options = {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)};
  return (await fetch(path, options)).json();
}"""


@pytest.fixture
def report(far: Installation, line: Line, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """Three photos, sent."""
    sender = far.client(SENDER, tmp_path_factory.getbasetemp() / "far-people", invited=True)
    sent = send(sender, PHOTOS, Letter((RECIPIENT,), "MRN 7", "", "", 7), lambda step, done, total: None)
    line.mend()
    return sent


@pytest.fixture(scope="module")
def signed_in(far: Installation, chromium: Browser) -> Any:
    """The recipient's cookies."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(far.url)
    before = len(far.inbox.messages)
    sent = page.evaluate(POST, ["/api/codes", {"contact": RECIPIENT}])
    code = far.inbox.code_for(RECIPIENT, before)
    page.evaluate(POST, ["/api/sessions", {"attempt": sent["attempt"], "code": code}])
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(far: Installation, chromium: Browser, signed_in: Any) -> Iterator[Page]:
    """A page of the portal's, signed in as the recipient."""
    context = chromium.new_context(storage_state=signed_in)
    page = context.new_page()
    page.goto(far.url)
    yield page
    context.close()


def start(page: Page, sent: Sent) -> None:
    engine = next((ROOT / "static/engine").glob("*/worker.js")).parent.name
    page.evaluate(OPEN, [sent.report, sent.link.partition("#")[2], f"/static/engine/{engine}/"])


def answer(page: Page) -> dict[str, dict[str, str]]:
    page.wait_for_function("() => window.answer !== null", timeout=60_000)
    found: dict[str, dict[str, str]] = page.evaluate("window.answer")
    return found


def expected() -> list[list[object]]:
    hashes = [hashlib.sha256(photos.strip(photo).data).hexdigest() for photo in PHOTOS]
    shown = [["photo", f"photos/{n:03}.jpg", found] for n, found in enumerate(hashes, 1)]
    return [["report", "MRN 7", 3], *shown]


def test_the_first_photo_is_there_before_the_last_has_arrived(page: Page, report: Sent, line: Line) -> None:
    line.hold_after = PHOTOS[0].stat().st_size + 100_000  # in the middle of the second
    start(page, report)
    assert line.held.wait(60)
    page.wait_for_function("() => window.told.length >= 2")
    assert page.evaluate("window.told") == expected()[:2]
    assert page.evaluate("window.answer") is None
    line.go_on.set()
    assert answer(page) == {}
    assert page.evaluate("window.told") == expected()


def test_a_broken_download_goes_on_where_it_broke(page: Page, report: Sent, line: Line) -> None:
    line.hold_after = PHOTOS[0].stat().st_size + 100_000
    start(page, report)
    assert line.held.wait(60)
    page.wait_for_function("() => window.told.length >= 2")  # a browser drops what it has not read when a line breaks
    line.cut_after = [0, 100_000, 150_000]  # bytes of each download
    line.go_on.set()
    assert answer(page) == {}
    assert page.evaluate("window.told") == expected(), "every photo once, and whole"
    # One of the three breaks can hit the acknowledgement, which goes by the same line.
    assert len(line.asked) in (3, 4) and not line.cut_after, "control: it did break"
    starts = [begin for begin, _ in line.asked]
    assert starts == sorted(starts), "it never went back"
    assert starts[1] > starts[0] + PHOTOS[0].stat().st_size, "what had arrived was not asked for again"


def test_a_second_try_shows_only_what_is_missing_and_is_no_second_opening(
    page: Page, report: Sent, line: Line, far: Installation
) -> None:
    line.hold_after = PHOTOS[0].stat().st_size + 100_000
    start(page, report)
    assert line.held.wait(60)
    page.wait_for_function("() => window.told.length >= 2")
    line.is_down = True
    line.go_on.set()
    assert answer(page)["error"]["kind"] == "offline"
    line.is_down = False
    page.evaluate("window.again()")
    assert answer(page) == {}
    assert page.evaluate("window.told") == expected()
    assert openings(far.settings, report.report) == 1


def test_a_file_with_another_hash_is_refused_at_the_end(page: Page, report: Sent, far: Installation) -> None:
    change(far.settings, "keyserver", ANOTHER_HASH, report=report.report)
    start(page, report)
    assert answer(page)["error"]["kind"] == "WrongKeyOrDamaged"


@pytest.mark.parametrize("at", [0.3, 0.6, 0.95], ids=["first photo", "a later photo", "the end"])
def test_no_photo_comes_out_of_a_damaged_place(page: Page, report: Sent, far: Installation, at: float) -> None:
    stored = Path(far.settings.data / "blobs" / f"{report.report}.sealed")
    data = bytearray(stored.read_bytes())
    data[int(len(data) * at)] ^= 1
    stored.write_bytes(data)
    start(page, report)
    assert answer(page)["error"]["kind"] == "WrongKeyOrDamaged"
    told = page.evaluate("window.told")
    assert told == expected()[: len(told)] and len(told) < 4
