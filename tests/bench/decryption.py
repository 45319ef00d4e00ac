"""Decryption of 64 MiB in Chromium: ours in the engine's worker, one bare WebCrypto call there, and other libraries."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, Page

from tests.engine.copied import Copy
from tests.engine.serve import EngineServer, serving

from .figure import Figure, medians
from .place import HERE

LEAST_RAW = 0.65
OTHERS = ("libsodium-wrappers", "age-encryption", "openpgp")
# Told beside the figures, not held against us: OpenPGP.js writes such files only when it is set to.
_TOLD = "openpgp set to AES-GCM"
_SIZE = 64 * 1024 * 1024 + 5  # bytes; the last chunk is a short one
_RUNS = (1, 16, 64, 256)  # chunks


def measure(chromium: Browser, folder: Path) -> list[Figure]:
    """Decrypt, all in turn; a figure is how many times as fast ours is."""
    with _engine(folder) as server, _others_served() as others:
        ours, theirs = _page(chromium, server.origin), _page(chromium, others)
        _start(ours, server)
        theirs.evaluate("size => make(size)", _SIZE)
        ways = {name: partial(_theirs, theirs, name) for name in (*OTHERS, _TOLD)}
        ways |= {"raw": partial(_ours, ours, "raw", 0), "ours": partial(_ours, ours, "ours", 0)}
        ways |= {f"runs of {run}": partial(_ours, ours, "ours", run) for run in _RUNS}
        took = medians(ways)
    rates = {name: _SIZE / 1000 / milliseconds for name, milliseconds in took.items()}
    note = "MB/s: " + ", ".join(f"{name} {rate:.0f}" for name, rate in rates.items())
    name = "decryption of 64 MiB in Chromium"
    figures = [Figure(name, rates["ours"] / rates["raw"], "x one raw WebCrypto call", least=LEAST_RAW, note=note)]
    for other in OTHERS:
        figures.append(Figure(f"the same, against {other}", rates["ours"] / rates[other], f"x {other}", least=1.0))
    return figures


@contextmanager
def _engine(folder: Path) -> Iterator[EngineServer]:
    """Build the engine with the doors of this measurement, and serve it."""
    copy = Copy(folder / "engine")
    shutil.copy(HERE / "doors.py", copy.doors())
    done = copy.build()
    if done.returncode:
        raise RuntimeError(done.stderr)
    with serving(copy.target / str(copy.result()["engine"])) as server:
        yield server


@contextmanager
def _others_served() -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(HERE))) as http:
        thread = Thread(target=http.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_address[1]}/others/"
        finally:
            http.shutdown()
            thread.join()


def _page(chromium: Browser, address: str) -> Page:
    page = chromium.new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    return page


def _start(page: Page, server: EngineServer) -> None:
    message = page.evaluate("boot('/engine/0/worker.js')")
    if not message.get("ready"):
        raise RuntimeError(f"the engine did not start: {message}")
    _call(page, "make", {"size": _SIZE})


def _call(page: Page, door: str, args: dict[str, int]) -> dict[str, Any]:
    answer: dict[str, Any] = page.evaluate("([door, args]) => call(door, args)", [door, args])["answer"]
    if "error" in answer:
        raise RuntimeError(f"the door {door} failed")
    return answer


def _ours(page: Page, door: str, run: int) -> float:
    return float(_call(page, door, {"run": run})["milliseconds"])


def _theirs(page: Page, name: str) -> float:
    opened = page.evaluate("name => decrypt(name)", name)
    if opened["length"] != _SIZE:
        raise RuntimeError(f"{name} opened {opened['length']} bytes")
    return float(opened["milliseconds"])
