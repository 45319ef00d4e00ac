"""Does the first of many photos come as fast as it would alone? On a slow line, from the tap to its painting."""

import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.conftest import RECIPIENT, SENDER, free_port, installed
from viewer.sender.sending import Letter, Sent, send

from .figure import RUNS, Figure
from .line import RATE, ROUND_TRIP, slow_line
from .place import WATCH, photo, sign_in

MOST, MANY = 1.3, 10


def measure(chromium: Browser, folder: Path) -> list[Figure]:
    """Open a report of ten photos of 5 MB, and one that has the first of them only, in turn."""
    paths = [folder / f"ten-{number}.jpg" for number in range(MANY)]
    for number, path in enumerate(paths):
        path.write_bytes(photo(number))
    letter, port = Letter((RECIPIENT,), "MRN 0042-17", "Excise?", "Left forearm.", 7), free_port()
    seconds: dict[int, list[float]] = {1: [], MANY: []}
    (folder / "slow").mkdir()
    with slow_line(port) as line, installed(folder / "slow", port, f"http://localhost:{line.port}") as running:
        sender = running.client(SENDER, folder / "slow-people", invited=True)
        sent = {count: send(sender, paths[:count], letter, lambda step, done, total: None) for count in seconds}
        context = chromium.new_context()
        sign_in(context, running)
        cookies = context.storage_state()
        context.close()
        for _ in range(RUNS):
            for count, times in seconds.items():
                times.append(_open(chromium, cookies, sent[count]))
    one, ten = (statistics.median(times) for times in seconds.values())
    note = f"{ten:.1f} s, alone {one:.1f} s, on a line of {RATE / 1e6:.0f} Mbit/s and {ROUND_TRIP * 1000:.0f} ms"
    return [Figure("first of ten photos painted", ten / one, "x that photo alone", MOST, note=note)]


def _open(chromium: Browser, cookies: Any, sent: Sent) -> float:
    """Return the seconds from the tap on the button, which comes as soon as it shows, to the painting."""
    context = chromium.new_context(storage_state=cookies)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(sent.link)
    page.wait_for_function("() => marks.painted", timeout=120_000)
    seconds = float(page.evaluate("(marks.painted - marks.tapped) / 1000"))
    context.close()
    return seconds
