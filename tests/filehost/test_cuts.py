"""Uploads over a line that breaks: by the command line's code, and by tus-js-client, a client that is not ours.

A file of 100 MB, cut twenty times wherever it happens to be: each time it goes on, nothing is sent again but what was
of the piece under way, and what is stored is what was sent.
"""

import hashlib
import json
import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import RECIPIENT, SENDER, Installation, free_port, installed
from tests.engine.copied import NODE
from tests.filehost.cutting import CuttingLine
from viewer.sender import client as client_module
from viewer.sender import transfer
from viewer.sender.client import Client
from viewer.sender.transfer import PIECE

JUDGE = Path(__file__).parent / "tus" / "judge.mjs"
SIZE, CUTS = 100_000_000, 20
HEADS = 64 * 1024  # bytes of the requests' own heads between two pieces, at most
SMALL = 3_000_000


@dataclass(frozen=True)
class Place:
    """An installation whose file host is reached over a line."""

    here: Installation
    line: CuttingLine
    folder: Path

    def begun(self) -> tuple[Client, str, str]:
        """A sender, a report just begun, and its file host."""
        client = self.here.client(SENDER, self.folder, invited=True)
        told = client.ask("POST", "/api/reports", {"recipients": [RECIPIENT]})
        return client, told["id"], told["file_host"]


@dataclass
class Sent:
    """What came of an upload: what is stored, by its SHA-256; and for each piece, where, after how many bytes sent."""

    sha256: str = ""
    pieces: list[tuple[int, int]] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def worst(self) -> int:
        """The most bytes that had to be sent again between two pieces."""
        pairs = zip(self.pieces, self.pieces[1:], strict=False)
        return max((up - before) - (offset - was) for (before, was), (up, offset) in pairs)


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[Place]:
    port = free_port()
    with CuttingLine(port) as line:
        more["SAFELIGHT_FILEHOST_URL"] = f"http://127.0.0.1:{line.port}"
        with installed(folder, port, f"http://localhost:{port}", **more) as here:
            yield Place(here, line, folder)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with serving(tmp_path_factory.mktemp("place")) as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("file") / "large"
    found.write_bytes(os.urandom(SIZE))
    return found


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_PAUSES", (0.05,) * 30)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def anywhere(seed: int) -> list[int]:
    """After how many bytes the line breaks, and again; some of the breaks are in a request's head."""
    chance = random.Random(seed)
    return [*(chance.randrange(1, 2 * PIECE) for _ in range(CUTS - 2)), 1, 700]


def stored(place: Place, report: str) -> str:
    """What lies at the file host as a whole report, by its SHA-256; empty for nothing."""
    client = place.here.client(SENDER, place.folder)
    url = f"http://127.0.0.1:{place.line.port}/v1/blobs/{report}/upload"
    answer = requests.head(url, headers=signed(client, report, "HEAD", url), timeout=30)
    if "ETag" not in answer.headers:
        return ""
    found = sha256(place.here.settings.data / "blobs" / f"{report}.sealed")
    assert answer.headers["ETag"] == f'"{found}"', "it says the truth about it"
    return found


def signed(client: Client, report: str, method: str, url: str, body: str = "") -> dict[str, str]:
    digest = bytes.fromhex(body or hashlib.sha256(b"").hexdigest())
    return client.authorization(method, url, report, "blob:put", digest) | {"Tus-Resumable": "1.0.0"}


def by_us(place: Place, file: Path, patch: pytest.MonkeyPatch) -> Sent:
    """Upload as `safelight send` does."""
    client, report, file_host = place.begun()
    sent, request = Sent(), transfer._request

    def noted(method: str, url: str, headers: dict[str, str], *body: Any) -> Any:
        if method != "HEAD":
            sent.pieces.append((place.line.up, int(headers.get("Upload-Offset", 0))))
        return request(method, url, headers, *body)

    patch.setattr(transfer, "_request", noted)
    with file.open("rb") as opened:
        told = transfer.upload(client, file_host, report, opened, file.stat().st_size, lambda done: None)
    sent.sha256 = stored(place, report)
    assert told == sent.sha256
    return sent


def by_others(place: Place, file: Path, patch: pytest.MonkeyPatch | None = None, **more: Any) -> Sent:
    """Upload by tus-js-client."""
    client, report, file_host = place.begun()
    endpoint = f"{file_host}/v1/blobs/{report}"
    job = {"file": str(file), "endpoint": endpoint, "chunk": PIECE, "together": True} | more
    job |= {"url": f"{endpoint}/upload"} if more.get("begun") else {}
    sent = Sent()
    with subprocess.Popen([NODE, str(JUDGE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as judge:
        assert judge.stdin and judge.stdout
        print(json.dumps(job), file=judge.stdin, flush=True)
        for line in judge.stdout:
            asked = json.loads(line)
            if "method" not in asked:
                sent.told = asked
                break
            if asked["method"] in ("POST", "PATCH"):
                sent.pieces.append((place.line.up, int(asked.get("offset") or 0)))
            told = signed(client, report, asked["method"], asked["url"], asked["sha256"])
            print(json.dumps(told), file=judge.stdin, flush=True)
    sent.sha256 = stored(place, report)
    return sent


@pytest.mark.parametrize("way", [by_us, by_others])
@pytest.mark.parametrize("seed", [1, 2])
def test_cut_twenty_times_it_goes_on_each_time(
    place: Place, file: Path, monkeypatch: pytest.MonkeyPatch, way: Any, seed: int
) -> None:
    place.line.break_after(anywhere(seed))
    before = place.line.up
    sent = way(place, file, monkeypatch)
    again = place.line.up - before - SIZE
    print(
        f"\n{way.__name__}: {CUTS - place.line.left} cuts, {again / 1e6:.1f} MB again, {sent.worst / 1e6:.2f} at most"
    )
    assert place.line.left == 0 and len({offset for _, offset in sent.pieces}) == -(-SIZE // PIECE)
    assert sent.sha256 == sha256(file)
    assert sent.worst <= PIECE + HEADS


@pytest.mark.parametrize("broken", ["counts_what_is_cut", "forgets"])
def test_control_a_file_host_that_does_it_wrong_is_found(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    more = {"GUNICORN_CMD_ARGS": "--config python:tests.filehost.broken", "UPLOADS_BROKEN": broken}
    with serving(tmp_path, **more) as place:
        place.line.break_after([30_000_000])
        sent = by_us(place, file, monkeypatch)
        assert sent.sha256 != sha256(file) or sent.worst > PIECE + HEADS


@pytest.fixture
def small(tmp_path: Path) -> Path:
    found = tmp_path / "small"
    found.write_bytes(os.urandom(SMALL))
    return found


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("chunk", [SMALL, 1_000_000, 700_001])
def test_another_client_uploads(place: Place, small: Path, chunk: int, together: bool) -> None:
    sent = by_others(place, small, chunk=chunk, together=together)
    assert sent.sha256 == sha256(small)
    assert sent.told["etag"] == f'"{sent.sha256}"'
    assert sent.told["url"].endswith("/upload")


def test_another_client_ends_its_upload(place: Place, small: Path) -> None:
    sent = by_others(place, small, chunk=1_000_000, stop=2_000_000)
    assert sent.told == {"aborted": 2_000_000} and sent.sha256 == ""


def test_another_client_begins_anew_where_nothing_is_left(place: Place, small: Path) -> None:
    sent = by_others(place, small, chunk=1_000_000, begun=True)
    assert sent.sha256 == sha256(small)
