"""Faults that begin, last and end while a key server runs. Each is a context in which it lasts."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.asker import Asker
from tests.faults.server import KeyServer

MARGIN = 60  # seconds in which strace attaches, or a worker starts


@contextmanager
def full_disk(server: KeyServer, _: list[Asker]) -> Iterator[None]:
    """Not a byte is left on the server's disk, which must be one of its own, nor in what the database has of it."""
    _wait(lambda: _emptied(server), "the write-ahead log cannot be emptied")
    ballast = server.data / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(65_536)):
                pass
        except OSError:
            yield
    ballast.unlink()


# SQLite resolves links in names, and would come out of /proc/<pid>/root: at another file, which it makes.
_EMPTY = """
import sqlite3, sys
[(busy, *_)] = sqlite3.connect(sys.argv[1]).execute("PRAGMA wal_checkpoint(TRUNCATE)")
sys.exit(busy)
"""


def _emptied(server: KeyServer) -> bool:
    """Give back what the write-ahead log has of the disk; False where somebody is just reading it."""
    there = ["nsenter", f"--target={server.process.pid}", "--user", "--mount", "--preserve-credentials"]
    database = server.folder / "data" / "keyserver.sqlite"
    return subprocess.run([*there, sys.executable, "-c", _EMPTY, database]).returncode == 0


@contextmanager
def refused_calls(processes: list[int], calls: str, error: str) -> Iterator[None]:
    """The kernel answers these system calls of some processes with an error (strace tampers with them)."""
    command = [
        "strace",
        "-f",
        "-qq",
        "-e",
        "signal=none",
        "-e",
        f"trace={calls}",
        "-e",
        f"inject={calls}:error={error}",
    ]
    tracer = subprocess.Popen([*command, "-o", os.devnull, *(f"--attach={process}" for process in processes)])
    try:
        _wait(lambda: _traced(processes), "strace may not attach to these processes")
        yield
    finally:
        tracer.send_signal(signal.SIGINT)  # it lets go of them
        tracer.wait(MARGIN)


@contextmanager
def read_only(server: KeyServer, _: list[Asker]) -> Iterator[None]:
    """The file system has become read-only, as ext4 does by itself after an error, whoever has files open."""
    with refused_calls(server.workers(), "pwrite64,ftruncate", "EROFS"):
        yield


@contextmanager
def failing_sync(server: KeyServer, _: list[Asker]) -> Iterator[None]:
    """The disk takes writes and cannot say that it has them."""
    with refused_calls(server.workers(), "fsync,fdatasync", "EIO"):
        yield


@contextmanager
def no_handles(server: KeyServer, askers: list[Asker]) -> Iterator[None]:
    """Nothing more can be opened."""
    workers = fresh_workers(server, askers)
    limits = [resource.prlimit(worker, resource.RLIMIT_NOFILE) for worker in workers]
    for worker, (_, hard) in zip(workers, limits, strict=True):
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (1, hard))
    yield
    for worker, limit in zip(workers, limits, strict=True):
        resource.prlimit(worker, resource.RLIMIT_NOFILE, limit)


@contextmanager
def may_not_open(server: KeyServer, askers: list[Asker]) -> Iterator[None]:
    """The server has no permission any more to open its database."""
    fresh_workers(server, askers)
    with refused_calls(server.workers(), "openat", "EACCES"):
        yield


@contextmanager
def may_not_write(server: KeyServer, askers: list[Asker]) -> Iterator[None]:
    """The server may only read its database. It must have a disk of its own: elsewhere no permission binds root."""
    fresh_workers(server, askers)
    taken = [(path, path.stat().st_mode) for path in (*server.data.iterdir(), server.data)]
    for path, mode in taken:
        path.chmod(mode & ~0o222)
    yield
    for path, mode in reversed(taken):
        path.chmod(mode)


def fresh_workers(server: KeyServer, askers: list[Asker]) -> list[int]:
    """Let all workers be new ones: what a process has open, no limit and no permission takes away.

    They hold the askers' connections, and have no database open yet.
    """
    old = server.workers()
    for worker in old:
        os.kill(worker, signal.SIGKILL)
    _wait(lambda: len(server.workers()) == len(old) and not {*old} & {*server.workers()}, "no new worker comes")
    for asker in askers:
        asker.close()
        assert asker.knock() == 401
    return server.workers()


@contextmanager
def wrong_clock(server: KeyServer, seconds: int) -> Iterator[None]:
    """The server's clock has jumped by so much; nobody else's has."""
    for wrong in (seconds, 0):
        with server.clock.open("r+") as clock:
            clock.write(f"{wrong:20}")  # in one piece and never empty: the server reads it all the time
        if wrong:
            yield


def _traced(pids: list[int]) -> bool:
    """Tell whether every thread of these processes is traced."""
    threads = [status for pid in pids for status in Path(f"/proc/{pid}/task").glob("*/status")]
    return not any("TracerPid:\t0\n" in status.read_text() for status in threads)


def _wait(until: Callable[[], bool], else_say: str) -> None:
    end = time.monotonic() + MARGIN
    while not until():
        assert time.monotonic() < end, else_say
        time.sleep(0.02)
