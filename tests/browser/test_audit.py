"""The auditors' page: what it shows, what it proves, what it saves, and whom it turns away."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched, browsing
from tests.browser.sent.test_proved import changed
from tests.browser.steps import sign_in, state
from tests.cli.shell import PHOTO
from tests.cli.test_log import alone
from tests.cli.ward import Ward, ward
from tests.conftest import RECIPIENT, Installation
from viewer import log_key


@pytest.fixture(scope="module")
def place(installation: Installation, people: Path) -> Ward:
    """A ward whose sender has sent one report; a colleague without the link was refused."""
    found = ward(installation, people, "page")
    sent = found.sender.run("send", str(PHOTO), "--to", RECIPIENT, "--patient", "MRN 7")
    assert sent.exit_code == 0, sent.stderr
    assert found.stranger.run("open", sent.stdout.strip()).exit_code == 1
    return found


@pytest.fixture(scope="module")
def signed_in(installation: Installation, chromium: Browser, place: Ward) -> Any:
    with closing(chromium.new_context()) as context:
        page = context.new_page()
        page.goto(f"{installation.url}/audit")
        sign_in(page, installation, "auditor.page@example.org")
        state(page, "log")
        return context.storage_state()


@pytest.fixture
def watched(chromium: Browser, signed_in: Any) -> Iterator[Watched]:
    with browsing(chromium, signed_in) as seen:
        yield seen


def look(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}/audit")
    state(page, "log")
    page.locator(".entry").first.wait_for(timeout=60_000)


def test_who_did_what_newest_first(installation: Installation, watched: Watched) -> None:
    look(watched.page, installation)
    expect(watched.page.get_by_role("heading", level=1)).to_have_text("The log of page")
    headings = watched.page.locator(".entry h3").all_inner_texts()
    assert headings[-2:] == [
        "Dr Sender (sender.page@example.org) sent the photos",
        "Dr Sender (sender.page@example.org) began to send photos",
    ]
    assert re.fullmatch(r"Somebody else \(\w{6}\) was refused", headings[-3])
    assert headings[0] == "Dr Auditor (auditor.page@example.org) read this log"
    refused = watched.page.locator('.entry[data-kind="denied"]')
    expect(refused).to_contain_text("The photos were not sent to this person.")
    assert watched.complaints == []
    assert not [one for one in watched.requests if not one.url.startswith(installation.url)]


def test_by_days(installation: Installation, watched: Watched) -> None:
    page = watched.page
    look(page, installation)
    page.get_by_label("From").fill("2099-01-01")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("Nothing was recorded in these days.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Save the file")).to_be_hidden()
    page.get_by_label("From").fill("2020-01-01")
    page.get_by_label("To").fill("2099-01-01")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".entry").last).to_contain_text("began to send photos", timeout=60_000)


def test_an_entry_is_proved_on_the_page(installation: Installation, watched: Watched) -> None:
    page = watched.page
    look(page, installation)
    entry = page.locator(".entry").last
    entry.get_by_role("button", name="Proof of entry").click()
    expect(entry.locator(".proved")).to_have_attribute("data-verdict", "proved", timeout=60_000)
    with page.expect_download() as download:
        entry.get_by_role("button", name="Save the proof").click()
    assert Path(download.value.path()).read_text().startswith("c2sp.org/tlog-proof@v1\n")
    note = page.evaluate("name => localStorage.getItem(name)", f"log {installation.url}")
    assert note, "the browser remembers what it has seen"


def test_the_file_is_proved_by_the_command(installation: Installation, watched: Watched, tmp_path: Path) -> None:
    page, file = watched.page, tmp_path / "log.ndjson"
    look(page, installation)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Save the file").click()
    download.value.save_as(file)
    key = log_key.known(installation.settings).text()
    expect(page.locator(".command")).to_have_text(f"safelight log verify log.ndjson --key {key}")
    assert len(file.read_text().splitlines()) >= page.locator(".entry").count()
    assert alone("verify", str(file), "--key", key).exit_code == 0


@pytest.mark.parametrize("what", ["entry", "receipt"])
def test_a_log_that_does_not_prove_itself_is_not_shown(installation: Installation, watched: Watched, what: str) -> None:
    def other(told: dict[str, Any]) -> None:
        told["entries"][-1][what] = told["entries"][0][what]

    changed(watched.page, other, "**/v1/organisations/**")
    watched.page.goto(f"{installation.url}/audit")
    state(watched.page, "problem")
    expect(watched.page.locator(".entry")).to_have_count(0)
    watched.page.unroute("**/v1/organisations/**")
    changed(watched.page, lambda told: None, "**/v1/organisations/**")
    look(watched.page, installation)  # the control


def test_a_sender_is_told_that_it_is_not_for_them(installation: Installation, chromium: Browser, place: Ward) -> None:
    with closing(chromium.new_context()) as context:
        page = context.new_page()
        page.goto(f"{installation.url}/audit")
        sign_in(page, installation, place.sender_contact)
        state(page, "problem")
        expect(page.get_by_role("heading", level=1)).to_have_text("This page is for auditors")
