"""A file host that witnesses, reached by HTTP; and witnesses that do not do their part."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from sealed import notes
from tests.databases import elsewhere
from tests.inprocess import ProvingClient
from tests.witnessing import newest
from viewer import create_app, log_key, witness_key
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver import log
from viewer.keyserver.server import KeyServer

SECONDS = 30  # after which what should have come will not
Answer = Callable[[str], tuple[int, str]]


@dataclass(frozen=True)
class FileHost:
    """A running file host, told of the key server's log; and the key server's settings that name it as witness."""

    app: Flask
    keyserver: Settings


@contextmanager
def file_host(settings: Settings, data: Path) -> Iterator[FileHost]:
    """Run a file host of its own."""
    server = make_server("127.0.0.1", 0, app := Flask("none"), threaded=True)
    url, logs = f"http://127.0.0.1:{server.server_port}", (log_key.known(settings).text(),)
    own = replace(elsewhere(settings, data), roles=("filehost",), filehost_url=url, filehost_logs=logs)
    Database(own := replace(own, keyserver_secret=b""), "filehost").migrate()
    server.app = app = create_app(own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    witness = witness_key.own(own)
    try:
        yield FileHost(app, replace(settings, keyserver_witnesses=((witness.url, witness.key.text()),)))
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Run a witness that answers as a function of the request's text says; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever asked has gone
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def started(settings: Settings) -> tuple[Flask, KeyServer]:
    """A key server, as a process of its own would hold it."""
    made = create_app(settings)
    made.test_client_class = ProvingClient
    return made, made.extensions["safelight.keyserver"]


def size(here: KeyServer) -> int:
    """How many entries the log has."""
    with here.database.read() as session:
        found = log.newest(session)
    return found.size if found else 0


def witnessed(host: FileHost) -> int:
    """How many entries the file host has seen."""
    found = newest(host.app.test_client(), log_key.known(host.keyserver).name)
    return notes.read_checkpoint(notes.read_note(found.text).text).size if found.status_code == 200 else 0


def wait(condition: Callable[[], bool]) -> None:
    """Wait for a condition to come true."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it has not come true"
        time.sleep(0.01)
