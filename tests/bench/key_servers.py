"""Servers that are measured, started by the program that `safelight serve` starts, and requests for releases."""

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import PATHS, ROOT, free_port, wait_until
from tests.faults.asker import Asker
from tests.faults.roles import reachable
from tests.shares import asking
from viewer.cli.operator import gunicorn, migrate
from viewer.config import Settings
from viewer.portal.passes import PassIssuer

OURS, OURS_SLOWER = "wsgi:app", "tests.bench.slow_wsgi:app"
BARE, BARE_SQLITE3 = "tests.bench.bare_commit:by_database()", "tests.bench.bare_commit:by_sqlite3()"
WORKERS, THREADS = 4, 8  # as many clients ask at once as there are threads
_ACCOUNTS = 32  # each with a key of its own
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_BODY = json.dumps(asking()).encode()


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    @contextmanager
    def askers(self, issuer: PassIssuer) -> Iterator[list[Asker]]:
        """Accounts that have each made a key there."""
        with ExitStack() as lines:
            yield [lines.enter_context(closing(Asker(issuer, self.url))) for _ in range(_ACCOUNTS)]


@contextmanager
def serving(
    app: str,
    folder: Path,
    issuer: PassIssuer,
    load: Callable[[Settings], object] = lambda settings: None,
    commit: float = 0,
) -> Iterator[Server]:
    """Start one of the four; `load` fills a key server's database, `commit` is for OURS_SLOWER, in seconds."""
    server = Server(f"http://127.0.0.1:{free_port()}")
    settings = {
        "SAFELIGHT_ROLES": "keyserver",
        "SAFELIGHT_DATA": str(folder),
        "SAFELIGHT_PORTAL_URL": issuer.issuer,
        "SAFELIGHT_KEYSERVER_URL": server.url,
        "SAFELIGHT_KEYSERVER_SECRET": secrets.token_hex(32),
        "SAFELIGHT_KEYSERVER_KEK": secrets.token_hex(32),
    }
    read = Settings.from_environment(settings)
    migrate(read)
    load(read)
    command = gunicorn("127.0.0.1", server.port, WORKERS)
    command[command.index("wsgi:app")] = app
    env = os.environ | settings | PATHS | {"BENCH_COMMIT": str(commit)}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: reachable(server.url), process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


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
