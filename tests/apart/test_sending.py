"""The page /send with every server on an origin of its own: what it sends opens, and no server sees any of it."""

import dataclasses
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from sealed import base32
from tests.apart.four import PUBLIC, Four
from tests.apart.test_canary import leaks
from tests.browser.conftest import Watched, browsing
from tests.browser.steps import state
from tests.faults import deliveries
from tests.faults.search import Needle, Search
from viewer.sender import Client, Sent


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> deliveries.Report:
    """A photo with a marker in each of its kinds of metadata; the page draws a small picture of its own."""
    made = deliveries.make(tmp_path_factory.mktemp("photo"))
    needles = tuple(needle for needle in made.needles if needle.kind != "thumbnail")
    return dataclasses.replace(made, needles=needles)


@pytest.fixture(scope="module")
def seen(chromium: Browser, senders_cookies: Any) -> Iterator[Watched]:
    with browsing(chromium, senders_cookies) as watched:
        yield watched


@pytest.fixture(scope="module")
def sent(apart: Four, seen: Watched, report: deliveries.Report) -> Sent:
    """What the page has sent, as its share view hands it on."""
    page, said = seen.page, report.letter
    page.goto(f"{apart.portal.url}/send")
    state(page, "start")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose photos").click()
    chooser.value.set_files([report.path])
    page.get_by_label("Patient ID").fill(said.patient)
    page.get_by_label("Your question").fill(said.question)
    page.get_by_text("More about it").click()
    page.get_by_label("Notes").fill(said.notes)
    page.get_by_role("button", name="Send", exact=True).click()
    state(page, "share")
    text = page.get_by_role("link", name="WhatsApp").get_attribute("href") or ""
    link = urllib.parse.unquote(text).rpartition(" ")[2]
    return Sent(link.partition("#")[0].rpartition("/")[2], link, {}, 0)


def test_it_opens_for_who_comes_first(apart: Four, reader: Client, sent: Sent, report: deliveries.Report) -> None:
    _share, contents = deliveries.open_sent(reader, sent)
    assert contents["photos/001.jpg"] == report.photo
    found = {kind for kind, data in report.needles if any(data in content for content in contents.values())}
    assert found == {*deliveries.WORDS, "photo"}, "what was sent has come out; what was removed has not"


def test_it_went_to_three_origins_and_complained_of_nothing(apart: Four, seen: Watched, sent: Sent) -> None:
    origins = {request.url.split("/")[2] for request in seen.requests if request.url.startswith("http")}
    assert origins == {apart.roles[one].url.partition("//")[2] for one in ("portal", PUBLIC, "filehost")}
    assert seen.complaints == []


def test_no_server_has_seen_any_of_it(apart: Four, sent: Sent, report: deliveries.Report) -> None:
    link_share = base32.read_link_text(deliveries.fragment(sent).partition(".")[0])
    search = Search((*report.needles, Needle("link share", link_share)))
    assert leaks(apart, search) == set()
    blob = apart.roles["filehost"].data / "blobs" / f"{sent.report}.sealed"
    runs = [Needle("ciphertext", run) for run in deliveries.runs(blob.read_bytes()[400:])]
    kept = apart.roles["filehost"].recorder.kept()
    assert ("ciphertext", "raw") in Search(tuple(runs)).find(kept), "control: the upload was looked at"


def test_control_what_a_page_lets_out_is_found(apart: Four, seen: Watched, sent: Sent) -> None:
    """Last: what was let out stays."""
    marker = "let-out-by-a-page-5d1f"
    seen.page.evaluate("(text) => fetch('/nothing', { method: 'POST', body: text })", marker)
    assert leaks(apart, Search((Needle("word", marker.encode()),))) != set()
