"""A key server alone, under the gunicorn that `safelight serve` starts, with what issues its passes."""

import json
import os
import secrets
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.conftest import PATHS, ROOT, free_port, wait_until
from tests.faults import ledger, memory
from tests.faults.asker import Asker
from tests.faults.ledger import Ledger
from tests.faults.roles import reachable
from tests.postgresql import IN_USE, fresh
from viewer.cli.operator import gunicorn
from viewer.portal.passes import PassIssuer

# In a mount namespace of its own: no other process sees the small disk, and it goes when the server does. There the
# server is root, for whom permissions are only there once it has lost the two capabilities to go past them.
_ON_A_SMALL_DISK = (
    'mount -t tmpfs -o size="$1",mode=700 none "$2" && shift 2 && '
    'exec setpriv --bounding-set=-dac_override,-dac_read_search "$@"'
)


@dataclass(frozen=True)
class KeyServer:
    """A running key server: its address, its files as this process reaches them, and its master process."""

    url: str
    data: Path
    folder: Path
    issuer: PassIssuer
    process: subprocess.Popen[bytes]
    database: str = ""

    @property
    def log(self) -> Path:
        """What it has written to standard error."""
        return self.folder / "server.log"

    @property
    def clock(self) -> Path:
        """By how many seconds its clock is wrong."""
        return self.folder / "clock"

    def workers(self) -> list[int]:
        """The processes that answer."""
        return memory.processes(_master(self.process.pid))[1:]

    def ledger(self) -> Ledger:
        """Its log, at a moment when nobody asks it for anything, or when it has ended."""
        return ledger.of_server(self.database, self.data, self.folder / "copy")

    @contextmanager
    def askers(self, count: int) -> Iterator[list[Asker]]:
        """So many accounts, each with a key of its own."""
        with ExitStack() as lines:
            yield [lines.enter_context(closing(Asker(self.issuer, self.url))) for _ in range(count)]


@contextmanager
def serving(
    folder: Path,
    variant: str = "",
    workers: int = 2,
    under: Sequence[str] = (),
    disk: str = "",
    clock: bool = False,
    database: str = "",
) -> Iterator[KeyServer]:
    """Start a key server; `disk` is the size of a disk of its own, where permissions bind; `under` starts its program.

    `variant` names some of variants.py; with `clock`, the file `KeyServer.clock` says by how much its clock is wrong.
    `database` is the URL of one in PostgreSQL, where it is not to be what tests run on.
    """
    database = database or (fresh("keyserver") if IN_USE and not disk else "")
    data = folder / "data"
    data.mkdir(parents=True)
    with issuing() as issuer:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        settings = {
            "SAFELIGHT_ROLES": "keyserver",
            "SAFELIGHT_DATA": str(data),
            "SAFELIGHT_PORTAL_URL": issuer.issuer,
            "SAFELIGHT_KEYSERVER_URL": url,
            "SAFELIGHT_KEYSERVER_SECRET": secrets.token_hex(32),
            "SAFELIGHT_KEYSERVER_KEK": secrets.token_hex(32),
            "GUNICORN_CMD_ARGS": "--config python:tests.faults.surroundings",
            "SAFELIGHT_KEYSERVER_DATABASE": database,
            "FAULTS_VARIANT": variant,
            "FAULTS_CLOCK": str(folder / "clock") if clock else "",
        }
        (folder / "clock").write_text("0")
        command = [*under, *gunicorn("127.0.0.1", port, workers)]
        if disk:
            command = ["unshare", "-rm", "sh", "-c", _ON_A_SMALL_DISK, "sh", disk, str(data), *command]
        others = {name: value for name, value in os.environ.items() if not name.startswith("SAFELIGHT_")}
        with (folder / "server.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=others | settings | PATHS, stdout=log, stderr=log)
        try:
            wait_until(lambda: reachable(url), process)
            seen = Path(f"/proc/{process.pid}/root{data}") if disk else data
            yield KeyServer(url, seen, folder, issuer, process, database)
        finally:
            if process.poll() is None:
                os.kill(_master(process.pid), signal.SIGTERM)
            process.wait(60)


@contextmanager
def issuing() -> Iterator[PassIssuer]:
    """What issues passes, and serves its public keys."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(issuer.jwks).encode())

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a worker was killed while it asked
    issuer = PassIssuer(f"http://127.0.0.1:{server.server_port}", secrets.token_bytes(32))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()


def _master(pid: int) -> int:
    """Gunicorn's first process: the one that was started, or what strace has started there."""
    by_strace = Path(f"/proc/{pid}/comm").read_text() == "strace\n"
    return memory.processes(pid)[1] if by_strace else pid
