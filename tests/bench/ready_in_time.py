"""Is the engine ready before the code has been typed? The quickest recipient there is, on a slow line, first visit."""

import re
import statistics

from playwright.sync_api import Browser, Page

from tests.conftest import RECIPIENT, Installation
from viewer.sender.sending import Sent

from .figure import RUNS, Figure
from .line import RATE, ROUND_TRIP, slow_line
from .place import WATCH

# What a person needs besides what the page takes, in seconds; all of it on the short side.
READS = 2.0  # the page's two sentences, before the one tap
ARRIVES = 5.0  # a code by SMS or mail, from when it is asked for, until it is read
TYPES = 3.0  # six digits: two a second


def measure(chromium: Browser, running: Installation, sent: Sent) -> list[Figure]:
    """Compare when the engine is ready with when the code is typed: less than 1 is in time."""
    port = int(running.url.rpartition(":")[2])
    visits = [_visit(chromium, port, running, sent) for _ in range(RUNS)]
    ready, typed = (statistics.median(values) for values in zip(*visits, strict=True))
    line = f"{RATE / 1e6:.0f} Mbit/s and {ROUND_TRIP * 1000:.0f} ms"
    person = f"{READS:.0f} s to read, {ARRIVES:.0f} s until the code is there, {TYPES:.0f} s to type it"
    note = f"on a line of {line}: ready after {ready:.1f} s; code typed after {typed:.1f} s ({person})"
    return [Figure("engine ready, named recipient", ready / typed, "x until the code is typed", 1.0, note=note)]


def _visit(chromium: Browser, port: int, running: Installation, sent: Sent) -> tuple[float, float]:
    """Return seconds from the link to the engine's readiness, and to the last digit of the code."""
    context = chromium.new_context()
    context.add_init_script(WATCH)
    with slow_line(port) as line:
        page = context.new_page()
        page.goto(sent.link.replace(f":{port}/", f":{line.port}/"))
        page.locator('main[data-state="named"]').wait_for()
        _wait(page, READS)
        before = len(running.inbox.messages)
        page.get_by_role("button", name=re.compile("^Send the code to")).click()
        code = running.inbox.code_for(RECIPIENT, before)
        page.locator('main[data-state="code"]').wait_for()
        _wait(page, ARRIVES)
        page.get_by_label("Six-digit code").press_sequentially(code, delay=TYPES * 1000 / len(code))
        typed = float(page.evaluate("performance.now()")) / 1000
        page.wait_for_function("() => marks.ready", timeout=60_000)
        ready = float(page.evaluate("marks.ready")) / 1000
        context.close()
        return ready, typed


def _wait(page: Page, seconds: float) -> None:
    """Let a person's time go by; the browser goes on meanwhile."""
    page.wait_for_timeout(seconds * 1000)
