"""Gunicorn's settings for a portal, key server or file host that dies, forgets or repeats: what FAULTS_BROKEN says."""

import os
import secrets
import shutil
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import request

from viewer.filehost import uploads
from viewer.keyserver import log
from viewer.keyserver import release as keyserver
from viewer.keyserver import routes as keyserver_routes
from viewer.portal import ids, reports
from viewer.problems import not_available

KEEP = "keep"  # a file in the role's folder of data: while it is there, what was answered for is brought to the disk
_EVERY = 3  # requests that a worker lives through
_done = 0


def dies() -> None:
    """Each process ends between COMMIT and its answer, at every third new request that begins, stores or releases."""
    told, append, release = reports._told, uploads.append, keyserver.release

    def told_and_die(*arguments: Any) -> Any:
        _die(reports.request.method == "POST")
        return told(*arguments)

    def append_and_die(*arguments: Any) -> Any:
        progress = append(*arguments)
        _die()
        return progress

    def release_and_die(*arguments: Any) -> Any:
        released = release(*arguments)
        _die()
        return released

    reports._told, uploads.append = told_and_die, append_and_die
    keyserver_routes.release = release_and_die


def _die(counts: bool = True) -> None:
    global _done
    if counts and _is_first_try():
        _done += 1
        if _done % _EVERY == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _is_first_try() -> bool:
    """A second try commits nothing; where it died, too, some person's program would run out of tries by chance."""
    key = request.headers.get("Idempotency-Key")
    if key is None:  # of an upload, which goes on from where it is
        return True
    tried = Path(os.environ["SAFELIGHT_DATA"]) / "tried"
    tried.mkdir(exist_ok=True)
    try:
        (tried / key).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def repeats() -> None:
    """Takes the second try of a request for another request."""
    find, progress = log.find, uploads.progress

    def find_nothing(session: Any, *about: Any) -> None:
        entry = find(session, *about)
        if entry is not None:  # or the database itself would refuse a second entry
            statement = "UPDATE entry SET idempotency_key = :other WHERE number = :number"
            log.sql(session, statement, {"other": secrets.token_hex(12), "number": entry.number})

    def forget_what_is_whole(*about: Any) -> Any:
        found = progress(*about)
        if found.sha256:
            raise not_available()
        return found

    log.find, uploads.progress = find_nothing, forget_what_is_whole  # type: ignore[assignment]
    reports._report_id = lambda settings: ids.new_id()


def forgets() -> None:
    """Works on a copy of its SQLite database and files, and does not bring what it answers for to the disk at once."""
    disk, copy = Path(os.environ["SAFELIGHT_DATA"]), Path(tempfile.mkdtemp())
    shutil.copytree(disk, copy, dirs_exist_ok=True)
    os.environ["SAFELIGHT_DATA"] = str(copy)
    threading.Thread(target=_bring, args=(copy, disk), daemon=True).start()


def _bring(copy: Path, disk: Path) -> None:
    while True:
        time.sleep(0.05)
        if (disk / KEEP).exists():
            for database in copy.glob("*.sqlite"):
                with (
                    closing(sqlite3.connect(database)) as here,
                    closing(sqlite3.connect(disk / database.name)) as there,
                ):
                    here.backup(there)
            if (copy / "blobs").exists():
                shutil.copytree(copy / "blobs", disk / "blobs", dirs_exist_ok=True)
            (disk / KEEP).unlink()


_WAYS: dict[str, Callable[[], None]] = {way.__name__: way for way in (dies, repeats, forgets)}
for name in os.environ.get("FAULTS_BROKEN", "").split():
    _WAYS[name]()
