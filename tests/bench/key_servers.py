"""Key servers that are measured, started as `safelight serve` starts them, and requests for releases."""

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PATHS, ROOT, free_port, wait_until
from tests.faults.asker import Asker
from tests.faults.roles import reachable
from tests.shares import asking
from viewer.cli.operator import gunicorn, migrate
from viewer.config import Settings
from viewer.portal.passes import PassIssuer

_OURS, _BARE = "tests.bench.slow_wsgi:app", "tests.bench.bare_commit:app"
_ACCOUNTS = 32  # each with a key of its own
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_BODY = json.dumps(asking()).encode()


@dataclass(frozen=True)
class Size:
    """How a server runs: processes, threads in each; what each commit takes longer (seconds), how many go into one."""

    workers: int = 4
    threads: int = 8
    commit: float = 0
    most: int = 128


@contextmanager
def key_server(
    folder: Path, issuer: PassIssuer, size: Size = Size(), load: Callable[[Settings], object] = lambda settings: None
) -> Iterator[list[Asker]]:
    """Start a key server whose database `load` has filled; yield those who may ask it."""
    port = free_port()
    settings = {
        "SAFELIGHT_ROLES": "keyserver",
        "SAFELIGHT_DATA": str(folder),
        "SAFELIGHT_PORTAL_URL": issuer.issuer,
        "SAFELIGHT_KEYSERVER_URL": f"http://127.0.0.1:{port}",
        "SAFELIGHT_KEYSERVER_SECRET": secrets.token_hex(32),
        "SAFELIGHT_KEYSERVER_KEK": secrets.token_hex(32),
    }
    read = Settings.from_environment(settings)
    migrate(read)
    load(read)
    more = {"BENCH_COMMIT": str(size.commit), "BENCH_MOST": str(size.most)}
    with _running(_OURS, port, size, settings | more), ExitStack() as lines:
        yield [lines.enter_context(closing(Asker(issuer, read.keyserver_url))) for _ in range(_ACCOUNTS)]


@contextmanager
def bare_server(folder: Path, size: Size = Size()) -> Iterator[int]:
    """Start the bare route, by the same program; yield its port."""
    port = free_port()
    folder.mkdir()
    with _running(_BARE, port, size, {"BENCH_DATABASE": str(folder / "bare.sqlite")}):
        yield port


@contextmanager
def _running(app: str, port: int, size: Size, settings: dict[str, str]) -> Iterator[None]:
    command = [*gunicorn("127.0.0.1", port, size.workers), "--threads", str(size.threads)]
    command[command.index("wsgi:app")] = app
    environment = {name: value for name, value in os.environ.items() if name != "GUNICORN_CMD_ARGS"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment | settings | PATHS, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: reachable(f"http://127.0.0.1:{port}"), server)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def requests(askers: Sequence[Asker], count: int) -> list[bytes]:
    """Make requests for releases, whole HTTP messages; each with a pass, proof and Idempotency-Key of its own.

    They are good for a minute.
    """
    return [_request(askers[number % len(askers)]) for number in range(count)]


def _request(asker: Asker) -> bytes:
    address = f"/v1/keys/{asker.report}/release"
    headers = asker.headers("POST", address, asker.pass_("key:release"), secrets.token_urlsafe(18), _BODY)
    headers |= {"Host": asker.url.partition("://")[2], "User-Agent": _BROWSER, "Content-Length": str(len(_BODY))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {address} HTTP/1.1\r\n{lines}\r\n".encode() + _BODY
