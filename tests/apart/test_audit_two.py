"""The auditors' page where two key servers keep keys: it shows and saves what each recorded, and says who is down."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.apart.four import KEY_SERVERS, OWN, PUBLIC, Four
from tests.browser.conftest import browsing
from tests.browser.steps import sign_in, state
from tests.cli.shell import PHOTO
from tests.cli.test_log import alone
from tests.cli.ward import ward
from tests.conftest import RECIPIENT
from viewer import log_key


@pytest.fixture(scope="module")
def reports(apart: Four, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The ids of two reports of one organisation, by the name of the key server that keeps their keys."""
    found = {}
    sender = ward(apart.portal, tmp_path_factory.mktemp("people"), "two").sender
    for name in KEY_SERVERS:
        to = ("--to", RECIPIENT, "--patient", "MRN 7", "--key-server", apart.roles[name].url)
        sent = sender.run("send", str(PHOTO), *to)
        assert sent.exit_code == 0, sent.stderr
        found[name] = sent.stdout.partition("#")[0].rpartition("/")[2]
    return found


@pytest.fixture(scope="module")
def auditors(apart: Four, chromium: Browser, reports: dict[str, str]) -> Any:
    """The auditor's cookies."""
    with closing(chromium.new_context()) as context:
        page = context.new_page()
        page.goto(f"{apart.portal.url}/audit")
        sign_in(page, apart.portal, "auditor.two@example.org")
        state(page, "log")
        return context.storage_state()


@pytest.fixture
def page(chromium: Browser, auditors: Any) -> Iterator[Page]:
    with browsing(chromium, auditors) as watched:
        yield watched.page


def place(apart: Four, name: str) -> str:
    """A key server as the page names it."""
    return apart.roles[name].url.partition("//")[2]


def look(page: Page, apart: Four, name: str) -> None:
    """Choose a key server, and have its entries shown."""
    page.get_by_label("Key server").select_option(place(apart, name))
    page.get_by_role("button", name="Show", exact=True).click()


def see(page: Page, apart: Four, name: str, report: str) -> None:
    """Wait for a key server's entries: of its own report, and of none of the other's."""
    expect(page.get_by_text(f"As recorded by {place(apart, name)}.")).to_be_visible(timeout=60_000)
    sent = page.locator(".entry").filter(has=page.get_by_role("heading", name="sent the photos"))
    expect(sent).to_have_count(1)
    expect(sent).to_contain_text(report)


def complaint(page: Page, apart: Four, name: str) -> Locator:
    return page.get_by_role("alert").filter(has_text=f"{place(apart, name)} does not show its log.")


def test_what_each_has_recorded_is_seen_and_saved(
    apart: Four, page: Page, reports: dict[str, str], tmp_path: Path
) -> None:
    page.goto(f"{apart.portal.url}/audit")
    see(page, apart, PUBLIC, reports[PUBLIC])
    keys = {url: key.text() for url, key in log_key.servers(apart.portal.settings).items()}
    for name, other in (KEY_SERVERS, KEY_SERVERS[::-1]):
        look(page, apart, name)
        see(page, apart, name, reports[name])
        page.get_by_label("Key server").select_option(place(apart, other))  # and not shown: what is seen is saved
        file, key = tmp_path / f"{name}.ndjson", keys[apart.roles[name].url]
        with page.expect_download(timeout=60_000) as download:
            page.get_by_role("button", name="Save the file").click()
        download.value.save_as(file)
        expect(page.locator(".command")).to_have_text(f"safelight log verify log.ndjson --key {key}")
        assert reports[name] in file.read_text() and reports[other] not in file.read_text()
        assert alone("verify", str(file), "--key", key).exit_code == 0
        assert alone("verify", str(file), "--key", keys[apart.roles[other].url]).exit_code != 0, "control"
        proof = page.locator(".entry").last
        proof.get_by_role("button", name="Proof of entry").click()
        expect(proof.locator(".proved")).to_have_attribute("data-verdict", "proved", timeout=60_000)


@pytest.mark.parametrize(("gone", "left"), [(OWN, PUBLIC), (PUBLIC, OWN)])
def test_of_one_that_is_down_it_is_said_and_the_others_entries_stay(
    apart: Four, page: Page, reports: dict[str, str], gone: str, left: str
) -> None:
    page.goto(f"{apart.portal.url}/audit")
    see(page, apart, PUBLIC, reports[PUBLIC])
    look(page, apart, left)
    see(page, apart, left, reports[left])
    with apart.down(gone):
        look(page, apart, gone)
        expect(complaint(page, apart, gone)).to_contain_text("cannot be reached", timeout=60_000)
        see(page, apart, left, reports[left])
        look(page, apart, left)
        expect(complaint(page, apart, gone)).to_be_hidden(timeout=60_000)
        see(page, apart, left, reports[left])
    look(page, apart, gone)
    see(page, apart, gone, reports[gone])
    expect(page.get_by_role("alert").filter(has_text="does not show")).to_have_count(0)  # the control


def test_who_comes_while_the_first_is_down_reads_the_other(apart: Four, page: Page, reports: dict[str, str]) -> None:
    with apart.down(PUBLIC):
        page.goto(f"{apart.portal.url}/audit")
        expect(complaint(page, apart, PUBLIC)).to_be_visible(timeout=60_000)
        expect(page.locator(".entry")).to_have_count(0)
        look(page, apart, OWN)
        see(page, apart, OWN, reports[OWN])
        expect(complaint(page, apart, PUBLIC)).to_be_hidden()
