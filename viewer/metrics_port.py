"""Serves the metrics on a port of their own, from every worker: whichever the kernel picks answers for all of them.

Also gunicorn's configuration where there are metrics: what it must do when a worker ends.
"""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from flask import Flask
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from .config import Settings, SettingsError

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def prepare(settings: Settings) -> list[str]:
    """Make this server's folder of counts, empty; return what gunicorn is told of it. Before the client is imported.

    Raises SettingsError where the port is not free: the folder may be another server's.
    """
    if settings.metrics is None:
        return []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(settings.metrics)
        except OSError as error:
            raise SettingsError(f"SAFELIGHT_METRICS: nobody can listen there: {error.strerror}.") from None
    folder = settings.data / f"metrics-{settings.metrics[1]}"  # two servers cannot have the same port
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[FOLDER] = str(folder)
    return ["--config", f"python:{__name__}"]


def child_exit(server: Any, worker: Any) -> None:
    """Called by gunicorn when a worker has ended, however: what it was doing, nobody does any more."""
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


class State:
    """What is looked up in the databases when somebody asks. Roles that are not here have no line."""

    def __init__(self, app: Flask) -> None:
        self._extensions = app.extensions

    def collect(self) -> Iterator[Metric]:
        """Yield one number after another; of a database that cannot be read, none."""
        for name, told, database, query in self._queries():
            try:
                with database.read() as session:
                    value = session.scalar(query) or 0
            except DBAPIError:
                continue
            yield GaugeMetricFamily(name, told, float(value))

    def _queries(self) -> Iterator[tuple[str, str, Any, Any]]:
        if "safelight.portal" in self._extensions:
            from .portal.models import Notice

            waiting = select(func.count()).select_from(Notice)
            yield "safelight_notices_waiting", "Notices not sent yet.", self._extensions["safelight.portal"], waiting
        if "safelight.keyserver" in self._extensions:
            from .keyserver.models import Entry

            size = select(func.coalesce(func.max(Entry.number) + 1, 0))
            database = self._extensions["safelight.keyserver"].database
            yield "safelight_log_entries", "Entries of the key server's log.", database, size
        if "safelight.filehost" in self._extensions:
            from .filehost.models import Blob, Upload

            stored, coming = func.sum(Blob.length), func.sum(Upload.received)
            database = self._extensions["safelight.filehost"].database
            yield "safelight_stored_bytes", "Bytes of sealed reports.", database, select(stored)
            yield "safelight_uploading_bytes", "Bytes of uploads that are still open.", database, select(coming)


def registry(app: Flask) -> CollectorRegistry:
    """Return all that is told of `app`: what all processes have counted, and what stands in the databases."""
    found = CollectorRegistry()
    MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    found.register(State(app))
    return found


class _Server(WSGIServer):
    """Listens where the other workers listen too."""

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: it would tell who asked."""


def serve(app: Flask, settings: Settings) -> None:
    """Answer on the metrics' own port, in a thread of this worker. Nothing where there are no metrics."""
    if settings.metrics is None or FOLDER not in os.environ:
        return
    server = _Server(settings.metrics, _Quiet)
    server.set_app(make_wsgi_app(registry(app)))
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
