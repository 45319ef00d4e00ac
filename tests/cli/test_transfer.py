"""Lost connections: downloads go on where they broke, and a request that is made again is one request."""

import hashlib
import io
import os
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import RECIPIENT, SENDER, Installation
from tests.shares import asking
from viewer.sender import client as client_module
from viewer.sender.client import Client, ClientError, NoAnswer
from viewer.sender.sending import Sent
from viewer.sender.transfer import Download

SIZE = 3_000_000
PIECE = 16 * 65_536  # bytes that come before the connection is lost; what does not fill 64 KiB comes again
REPORT = "0" * 26


class Host(ThreadingHTTPServer):
    """A file host whose line breaks after every PIECE bytes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data, self.asked = os.urandom(SIZE), []
        self.knows_parts = self.looks_at_etag = True
        self.lost = SIZE  # how often the line breaks
        self.before: Callable[[], object] = lambda: None
        self.busy = 0

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.data).hexdigest()}"'


class Handler(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        host = self.server
        host.before()
        host.asked.append(self.headers["Range"])
        if host.busy:
            host.busy -= 1
            self.send_error(503)
            return
        first, last = map(int, re.findall(r"\d+", self.headers["Range"]))
        same = self.headers.get("If-Range", host.etag) == host.etag or not host.looks_at_etag
        part = host.knows_parts and same
        data = host.data[first : last + 1] if part else host.data
        self.send_response(206 if part else 200)
        if part:
            self.send_header("Content-Range", f"bytes {first}-{first + len(data) - 1}/{len(host.data)}")
        self.send_header("ETag", host.etag)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        host.lost -= 1
        self.wfile.write(data if host.lost < 0 else data[:PIECE])

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr(Client, "authorization", lambda *_: {"Authorization": "DPoP made-up"})
    monkeypatch.setattr(client_module, "_PAUSES", (0, 0, 0))
    server = Host()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def download(host: Host, tmp_path: Path) -> Download:
    url = f"http://127.0.0.1:{host.server_port}"
    return Download(Client(url, tmp_path), url, REPORT, io.BytesIO())


def fetched(found: Download, end: int = SIZE) -> bytes:
    found.fetch(end, lambda done: None)
    return found._file.getvalue()  # type: ignore[attr-defined]


def test_a_broken_download_goes_on_where_it_broke(host: Host, tmp_path: Path) -> None:
    assert fetched(download(host, tmp_path)) == host.data
    assert host.asked == [f"bytes={start}-{SIZE - 1}" for start in (0, PIECE, 2 * PIECE)]


def test_the_front_alone_and_then_the_rest(host: Host, tmp_path: Path) -> None:
    found = download(host, tmp_path)
    assert fetched(found, 100) == host.data[:100]
    assert fetched(found) == host.data and host.asked[1] == f"bytes=100-{SIZE - 1}"


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(host: Host, tmp_path: Path) -> None:
    host.before = lambda: setattr(host, "data", bytes(SIZE)) if len(host.asked) == 1 else None
    host.lost = 2
    assert fetched(download(host, tmp_path)) == bytes(SIZE)


def test_control_without_the_condition_two_halves_are_joined(host: Host, tmp_path: Path) -> None:
    first, host.looks_at_etag = host.data, False
    host.before = lambda: setattr(host, "data", bytes(SIZE)) if len(host.asked) == 1 else None
    assert fetched(download(host, tmp_path)) == first[:PIECE] + bytes(SIZE - PIECE)


def test_a_host_that_knows_no_parts(host: Host, tmp_path: Path) -> None:
    host.knows_parts, host.lost = False, 1
    assert fetched(download(host, tmp_path)) == host.data


def test_a_line_that_never_gets_ahead_is_given_up(host: Host, tmp_path: Path) -> None:
    host.knows_parts = False
    with pytest.raises(NoAnswer):
        fetched(download(host, tmp_path))
    assert len(host.asked) < 10


def test_a_busy_host_is_asked_again_and_then_believed(host: Host, tmp_path: Path) -> None:
    host.busy, host.lost = 3, 0
    assert fetched(download(host, tmp_path)) == host.data
    host.busy, host.asked = 4, []
    with pytest.raises(NoAnswer):
        fetched(download(host, tmp_path))
    assert len(host.asked) == 4


def test_a_file_shorter_or_longer_than_told(host: Host, tmp_path: Path) -> None:
    host.lost = 0
    assert fetched(download(host, tmp_path), SIZE + 5) == host.data
    assert fetched(download(host, tmp_path), SIZE - 5) == host.data[:-5]


@pytest.fixture
def lossy(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every first answer of a server to a new address is lost on its way back."""
    seen: list[str] = []
    real = requests.request

    def lost(method: str, url: str, **more: Any) -> requests.Response:
        response = real(method, url, **more)
        seen.append(url)
        if seen.count(url) == 1:
            raise requests.ConnectionError
        return response

    monkeypatch.setattr(client_module.requests, "request", lost)
    monkeypatch.setattr(client_module, "_PAUSES", (0, 0, 0))
    return seen


def openings(installation: Installation, people: Path, sent: Sent) -> int:
    url = f"{installation.url}/v1/keys/{sent.report}/log"
    log = installation.client(SENDER, people).with_pass("GET", url, sent.report, "log:read")["entries"]
    return sum(entry["action"] == "release" for entry in log)


def test_a_lost_answer_is_no_second_opening(
    installation: Installation, people: Path, sent: Sent, lossy: list[str]
) -> None:
    reader = installation.client(RECIPIENT, people)
    url = f"{installation.url}/v1/keys/{sent.report}/release"
    first = reader.with_pass("POST", url, sent.report, "key:release", asking())
    assert lossy == [url, url] and openings(installation, people, sent) == 1
    # The control: another request has another Idempotency-Key, and is another opening.
    second = reader.with_pass("POST", url, sent.report, "key:release", asking())
    assert first["entry"] != second["entry"] and openings(installation, people, sent) == 2


def test_everything_that_is_sent_survives_lost_answers(lossy: list[str], request: pytest.FixtureRequest) -> None:
    sent: Sent = request.getfixturevalue("sent")
    assert len([url for url in lossy if sent.report in url]) == 7, (
        "key, file and its registration, each twice; and how far the file is"
    )


def test_a_refusal_is_not_asked_again(installation: Installation, people: Path, sent: Sent) -> None:
    asked: list[int] = []
    stranger = installation.client("stranger@example.org", people)
    url = f"{installation.url}/v1/keys/{sent.report}/log"
    with pytest.raises(ClientError) as refused:
        client_module.patiently(
            lambda: (asked.append(1), stranger.with_pass("GET", url, sent.report, "key:release"))[1]
        )
    assert not isinstance(refused.value, NoAnswer) and asked == [1]
