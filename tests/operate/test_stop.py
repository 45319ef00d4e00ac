"""A server that is told to stop ends what it has begun, and begins nothing; told to reload, it does not even pause."""

import hashlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.conftest import RECIPIENT, SENDER, Installation, free_port, installed
from tests.faults import memory
from tests.operate.conftest import LETTER, PHOTO, quietly
from tests.shares import asking
from viewer.sender.client import Client
from viewer.sender.sending import send

SECONDS = 60
BLOB = os.urandom(1_000_000)
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(BLOB)), "Content-Type": "application/offset+octet-stream"}


@dataclass
class Halves:
    """A body whose second half is sent when it is told to."""

    body: bytes
    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def __len__(self) -> int:
        return len(self.body)

    def __iter__(self) -> Iterator[bytes]:
        middle = len(self.body) // 2
        yield self.body[:middle]
        self.begun.set()
        assert self.go_on.wait(SECONDS)
        yield self.body[middle:]


@dataclass
class UnderWay:
    """An upload and a release, both half done."""

    report: str
    upload: Future[requests.Response]
    release: Future[requests.Response]
    bodies: tuple[Halves, Halves]

    def ended(self) -> tuple[requests.Response, requests.Response]:
        for body in self.bodies:
            body.go_on.set()
        return self.upload.result(SECONDS), self.release.result(SECONDS)


def ask(client: Client, method: str, url: str, report: str, scope: str, body: Halves) -> requests.Response:
    headers = client.authorization(method, url, report, scope, hashlib.sha256(body.body).digest())
    headers |= {"Idempotency-Key": "a" * 24, "Content-Type": "application/json"} | (TUS if scope == "blob:put" else {})
    return requests.request(method, url, headers=headers, data=body, timeout=SECONDS)


@contextmanager
def under_way(here: Installation, folder: Path) -> Iterator[UnderWay]:
    sender, reader = here.client(SENDER, folder, invited=True), here.client(RECIPIENT, folder)
    sent = send(sender, [PHOTO], LETTER, quietly)
    report = sender.ask("POST", "/api/reports", {"recipients": [RECIPIENT]})["id"]
    blob, release = Halves(BLOB), Halves(json.dumps(asking()).encode())
    blobs, keys = f"{here.url}/v1/blobs/{report}", f"{here.url}/v1/keys/{sent.report}/release"
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, sender, "POST", blobs, report, "blob:put", blob)
        second = pool.submit(ask, reader, "POST", keys, sent.report, "key:release", release)
        for body in (blob, release):
            assert body.begun.wait(SECONDS)
        try:
            yield UnderWay(report, first, second, (blob, release))
        finally:
            for body in (blob, release):
                body.go_on.set()


def eventually(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def takes_no_more(url: str) -> bool:
    """Tell whether nobody answers any more; who comes now waits, and is turned away when the server has ended."""
    try:
        requests.get(url, timeout=2)
    except requests.RequestException:
        return True
    return False


@contextmanager
def serving(folder: Path) -> Iterator[Installation]:
    port = free_port()
    with installed(folder, port, f"http://localhost:{port}") as here:
        yield here


def test_told_to_stop_it_ends_what_it_has_begun(tmp_path: Path) -> None:
    with serving(tmp_path) as here, under_way(here, tmp_path) as begun:
        here.process.send_signal(signal.SIGTERM)
        eventually(lambda: takes_no_more(here.url))
        assert takes_no_more(here.url)
        upload, release = begun.ended()
        assert (upload.status_code, release.status_code) == (201, 200) and "sealed_share" in release.json()
        assert here.process.wait(SECONDS) == 0
        assert (here.settings.data / "blobs" / f"{begun.report}.sealed").read_bytes() == BLOB


def test_control_one_that_ends_at_once_is_caught(tmp_path: Path) -> None:
    with serving(tmp_path) as here, under_way(here, tmp_path) as begun:
        for process in memory.processes(here.process.pid):
            os.kill(process, signal.SIGKILL)
        with pytest.raises(requests.RequestException):
            begun.ended()
        assert not (here.settings.data / "blobs" / f"{begun.report}.sealed").exists()


def test_told_to_reload_it_does_both_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as here:
        old = {*memory.processes(here.process.pid)[1:]}
        with under_way(here, tmp_path) as begun:
            here.process.send_signal(signal.SIGHUP)
            eventually(lambda: len({*memory.processes(here.process.pid)[1:]} - old) >= 2)
            for _ in range(20):
                assert requests.get(here.url, timeout=SECONDS).ok
            upload, release = begun.ended()
            assert (upload.status_code, release.status_code) == (201, 200)
        eventually(lambda: not old & {*memory.processes(here.process.pid)})
        assert requests.get(here.url, timeout=SECONDS).ok
