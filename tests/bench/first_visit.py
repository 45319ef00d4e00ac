"""The first visit of all, nothing cached, over a slow line: how much is fetched, and when the engine is ready."""

import statistics

from playwright.sync_api import Browser

from tests.conftest import Installation
from viewer.sender.sending import Sent

from .figure import RUNS, Figure
from .line import RATE, ROUND_TRIP, slow_line
from .place import WATCH

MOST_BYTES, MOST_SECONDS = 5.0, 8.0
_MEGA = 1_000_000


def measure(chromium: Browser, running: Installation, sent: Sent) -> list[Figure]:
    """Visit a link for the first time; the line is plain HTTP, so TLS's own round trips are not in it."""
    port = int(running.url.rpartition(":")[2])
    visits = [_visit(chromium, port, sent) for _ in range(RUNS)]
    fetched, seconds = (statistics.median(values) for values in zip(*visits, strict=True))
    line = f"{RATE / _MEGA:.0f} Mbit/s and {ROUND_TRIP * 1000:.0f} ms"
    return [
        Figure("first visit, all that is fetched", fetched, "MB", MOST_BYTES, note="page, engine and headers"),
        Figure("first visit, engine ready", seconds, "s", MOST_SECONDS, note=f"on a line of {line}"),
    ]


def _visit(chromium: Browser, port: int, sent: Sent) -> tuple[float, float]:
    """Return megabytes fetched and seconds until the engine is ready."""
    context = chromium.new_context()
    context.add_init_script(WATCH)
    with slow_line(port) as line:
        page = context.new_page()
        page.goto(sent.link.replace(f":{port}/", f":{line.port}/"))
        page.wait_for_function("() => marks.ready", timeout=60_000)
        page.locator('main[data-state="named"]').wait_for()
        seconds = float(page.evaluate("marks.ready")) / 1000
        context.close()
        return line.carried / _MEGA, seconds
