"""Nothing that is about the patient is in any request, but sealed; nor is a photo, nor its file's name."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request

from tests.browser.conftest import Watched
from tests.browser.send.steps import PHOTOS, begin, choose
from tests.conftest import Installation
from tests.faults.search import Needle, Search

SAID = {
    "Patient ID": "MRN-CANARY-0042-1785-3391",
    "Your question": "Excise-this-canary-soon-enough?",
    "Notes": "Notes-of-a-canary-with-wings.",
}


def needles() -> Iterator[Needle]:
    yield from (Needle(label, text.encode()) for label, text in SAID.items())
    for photo in PHOTOS[:1]:
        data = photo.read_bytes()
        yield Needle("pixels", data[len(data) // 2 :][:64])


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(needles())


def leaks(search: Search, requests: list[Request]) -> set[tuple[str, str]]:
    """What of it is in requests: in their addresses, headers, bodies."""
    found = set()
    for request in requests:
        told = [request.url.encode(), repr(request.headers).encode(), request.post_data_buffer or b""]
        found |= {leak for part in told for leak in search.find(part)}
    return found


def send(page: Page, installation: Installation) -> None:
    begin(page, installation)
    choose(page)
    page.get_by_text("More about it").click()
    for label, text in SAID.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator('main[data-state="share"]').wait_for(timeout=60_000)


def test_no_request_has_any_of_it(installation: Installation, phone: Watched, search: Search) -> None:
    send(phone.page, installation)
    uploads = [request for request in phone.requests if "/v1/blobs/" in request.url]
    assert uploads and len(phone.requests) > 20, "control: they are heard"
    assert leaks(search, phone.requests) == set()
    assert phone.complaints == []
    ways = phone.page.locator("a[href]").evaluate_all("(links) => links.map(({ href }) => href)")
    assert [way for way in ways if search.find(way.encode())] == []


def test_control_a_page_that_tells_is_found(installation: Installation, phone: Watched, search: Search) -> None:
    page = phone.page

    def told(route: object) -> None:
        response = route.fetch()  # type: ignore[attr-defined]
        script = response.text()
        broken = script.replace(
            "const { account, ask, report } = this.#doings;",
            'const { account, ask, report } = this.#doings; fetch("/api/account?" + report.letter.patient);',
        )
        assert broken != script
        route.fulfill(response=response, body=broken)  # type: ignore[attr-defined]

    page.route("**/sending.js", told)
    send(page, installation)
    assert ("Patient ID", "raw") in leaks(search, phone.requests)
