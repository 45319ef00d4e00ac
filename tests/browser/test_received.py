"""What was sent to a person: the list, and what this device keeps of it: nothing, unless they want it to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched
from tests.browser.steps import open_photos, see_photos, sign_in, state
from tests.conftest import ROOT, SENDER, Installation
from viewer.sender.sending import Letter, Sent, send

PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))[:1]
READERS = [f"keeps.lists.{number}@example.org" for number in range(8)]  # how many codes one gets in an hour is limited
OTHER = "keeps.nothing@example.org"
PATIENT = "MRN 5150-X"
CHANGES: list[dict[str, Any]] = [{"until": 2**43}, {"account": "0" * 26}, {"iv": [0] * 12}]
OPENED = "async () => (await (await fetch('/api/received')).json()).reports[0].opened !== null"
# All that lies in this browser's storage for the page, keys as far as they come out.
STORED = """async () => {
  const open = (name) => new Promise((resolve, reject) => Object.assign(indexedDB.open(name), {
    onsuccess: ({target}) => resolve(target.result), onerror: ({target}) => reject(target.error)}));
  const text = (bytes) => [...new Uint8Array(bytes.buffer ?? bytes)].map((byte) => String.fromCharCode(byte)).join("");
  const found = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), location.href];
  for (const {name} of await indexedDB.databases()) {
    const database = await open(name);
    for (const store of database.objectStoreNames) {
      const rows = await new Promise((resolve) => Object.assign(
        database.transaction(store).objectStore(store).getAll(), {onsuccess: ({target}) => resolve(target.result)}));
      for (const row of rows) {
        if (row instanceof CryptoKey) {
          const came = await crypto.subtle.exportKey("raw", row).then(() => "key came out", () => "key stayed in");
          found.push(came);
        } else found.push(JSON.stringify({...row, iv: text(row.iv), sealed: text(row.sealed)}));
      }
    }
    database.close();
  }
  return found;
}"""


@pytest.fixture(scope="module")
def sent(installation: Installation, people: Path) -> Sent:
    sender = installation.client(SENDER, people, invited=True)
    return send(sender, PHOTOS, Letter((*READERS, OTHER), PATIENT, "", "", 7), lambda step, done, total: None)


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.page


def open_(page: Page, installation: Installation, sent: Sent, contact: str) -> None:
    page.goto(sent.link)
    sign_in(page, installation, contact)
    open_photos(page)
    see_photos(page)


def keep(page: Page) -> None:
    page.get_by_role("button", name="Keep on this device").click()
    expect(page.get_by_role("button", name="Forget on this device")).to_be_visible()


def listed(page: Page, installation: Installation) -> Locator:
    page.goto(f"{installation.url}/received")
    state(page, "list")
    return page.locator(".received > li")


def stored(page: Page) -> list[str]:
    found: list[str] = page.evaluate(STORED)
    return found


def rows(page: Page) -> list[str]:
    return [one for one in stored(page) if '"sealed"' in one]


def test_the_list_knows_no_patient_and_the_device_keeps_nothing(
    installation: Installation, sent: Sent, watched: Watched
) -> None:
    page = watched.page
    page.goto(f"{installation.url}/received")
    sign_in(page, installation, OTHER)
    state(page, "list")
    line = page.locator(".received > li")
    expect(line).to_contain_text("From Dr Ada Lovelace")
    expect(line).to_contain_text("Not opened yet.")
    page.goto(sent.link)
    open_photos(page)
    see_photos(page)
    page.get_by_role("button", name="Close", exact=True).click()
    state(page, "closed")
    assert [one for one in stored(page) if PATIENT in one or share(sent) in one or one.startswith("key ")] == []
    line = listed(page, installation)
    assert PATIENT not in page.content() and not page.get_by_role("button", name="Open").count()
    for _ in range(120):  # the portal reads the key server's log every few seconds
        if page.evaluate(OPENED):
            break
        page.wait_for_timeout(500)
    line = listed(page, installation)
    expect(line).to_contain_text("First opened today")
    expect(line).to_contain_text("They open until")
    assert watched.complaints == []


def share(sent: Sent) -> str:
    return sent.link.partition("#")[2].split(".")[0]


def test_what_is_kept_is_sealed_to_this_browser_for_one_person(
    installation: Installation, sent: Sent, watched: Watched
) -> None:
    page = watched.page
    open_(page, installation, sent, READERS[1])
    keep(page)
    found = stored(page)
    assert [one for one in found if PATIENT in one or share(sent) in one] == []
    assert "key stayed in" in found and rows(page), "control: something is kept"
    line = listed(page, installation)
    expect(line).to_contain_text(f"Patient {PATIENT}")
    line.get_by_role("button", name="Open").click()
    state(page, "card")
    open_photos(page)
    see_photos(page)
    expect(page.get_by_role("button", name="Forget on this device")).to_be_visible()

    page.goto(f"{installation.url}/received")
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(page, installation, OTHER)
    state(page, "list")
    assert PATIENT not in page.content(), "who signs in next sees nothing of it"
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(page, installation, READERS[1])
    state(page, "list")
    expect(page.locator(".received > li")).to_contain_text(PATIENT)
    line = page.locator(".received > li")
    line.get_by_role("button", name="Forget").click()
    expect(page.get_by_text("Forgotten on this device.").first).to_be_visible()
    assert PATIENT not in page.content() and not rows(page)
    assert watched.complaints == []


def test_it_goes_when_they_open_no_more(installation: Installation, sent: Sent, page: Page) -> None:
    open_(page, installation, sent, READERS[2])
    keep(page)
    expect(listed(page, installation)).to_contain_text(PATIENT)
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=7, minutes=5))
    expect(listed(page, installation)).to_be_visible()
    assert PATIENT not in page.content() and not rows(page)


def test_it_goes_with_the_sign_out_that_says_so(installation: Installation, sent: Sent, page: Page) -> None:
    open_(page, installation, sent, READERS[3])
    keep(page)
    expect(listed(page, installation)).to_contain_text(PATIENT)
    assert rows(page), "control"
    page.get_by_role("button", name="Sign out, and forget all on this device").click()
    state(page, "sign-in")
    assert not rows(page) and not [one for one in stored(page) if one.startswith("key ")]


@pytest.mark.parametrize(("reader", "change"), list(zip(READERS[4:], CHANGES, strict=False)))
def test_what_was_changed_or_moved_is_thrown_away(
    installation: Installation, sent: Sent, page: Page, reader: str, change: dict[str, Any]
) -> None:
    open_(page, installation, sent, reader)
    keep(page)
    tamper = """(change) => new Promise((resolve) => {
      const opening = indexedDB.open("safelight");
      opening.onsuccess = () => {
        const store = opening.result.transaction("kept", "readwrite").objectStore("kept");
        store.getAll().onsuccess = ({target: {result: [row]}}) => {
          if (change.iv) change.iv = Uint8Array.from(change.iv);
          store.delete([row.account, row.report, row.use]);
          store.put({...row, ...change}).onsuccess = () => { opening.result.close(); resolve(); };
        };
      };
    })"""
    page.evaluate(tamper, change)
    expect(listed(page, installation)).to_be_visible()
    assert PATIENT not in page.content()
    assert rows(page) == []
