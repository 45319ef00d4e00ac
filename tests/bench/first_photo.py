"""From the navigation to the first photo on the screen, against a bare JavaScript page."""

import re
import statistics
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Request

from tests.conftest import Installation
from viewer.sender.sending import Sent

from .figure import RUNS, Figure
from .place import WATCH, sign_in

MOST = 3.0
_PAINTED = "() => marks.painted && document.readyState === 'complete'"
Marks = dict[str, float]
_FRESH = re.compile(r'("hpke_key":"|"log_size":|"witnessed_size":|"entry":)[^",}]+')  # other ones each time


def measure(context: BrowserContext, running: Installation, sent: Sent) -> list[Figure]:
    """Open a report of one photo of 5 MB: signed in, cache warm, the button tapped as soon as it shows."""
    bare_page = f"{running.url}/bench/bare.html#{sent.report}.{sent.link.partition('#')[2]}"
    pages = {"ours": sent.link, "bare": bare_page}
    context.add_init_script(WATCH)
    sign_in(context, running)
    _check_same_requests(context, pages)
    for address in (*pages.values(), *pages.values()):  # browsers keep the code of what they have seen a few times
        _open(context, address)
    seen: dict[str, list[Marks]] = {name: [] for name in pages}
    for _ in range(RUNS):
        for name, address in pages.items():
            seen[name].append(_open(context, address))
    ours, bare = (_medians(seen[name]) for name in pages)
    note = f"ms: {_told(ours)}; bare page: {_told(bare)}"
    return [
        Figure("first photo painted, warm cache", ours["painted"] / bare["painted"], "x bare page", MOST, note=note)
    ]


def _open(context: BrowserContext, address: str, hear: Callable[[Request], object] = lambda request: None) -> Marks:
    page = context.new_page()
    context.on("request", hear)
    with page.expect_response("**/acknowledgements", timeout=60_000):  # it may come after the painting
        page.goto(address)
        page.wait_for_function(_PAINTED, timeout=60_000)
    page.wait_for_timeout(300)  # what else comes after the painting
    marks: Marks = page.evaluate("marks")
    context.remove_listener("request", hear)
    page.close()
    return marks


def _check_same_requests(context: BrowserContext, pages: dict[str, str]) -> None:
    """Open each page once; raise RuntimeError unless they ask the servers the same."""
    asked: dict[str, list[str]] = {}
    for name, address in pages.items():
        asked[name] = []
        _open(context, address, lambda request, kept=asked[name]: kept.append(_request(request)))  # type: ignore[misc]
        asked[name] = sorted(filter(None, asked[name]))
    if asked["ours"] != asked["bare"]:
        raise RuntimeError(f"bare.js does not ask what the viewer asks: {asked}")


def _request(request: Request) -> str:
    path = urlsplit(request.url).path
    body = _FRESH.sub(r"\1", "".join((request.post_data or "").split()))
    wanted = f"{request.method} {path} {request.headers.get('range', '')} {body}"
    return wanted if path.startswith(("/api/", "/v1/")) else ""


def _medians(runs: list[Marks]) -> Marks:
    return {name: statistics.median(marks[name] for marks in runs) for name in runs[0]}


def _told(marks: Marks) -> str:
    return ", ".join(f"{name} {at:.0f}" for name, at in sorted(marks.items(), key=lambda mark: mark[1]))
