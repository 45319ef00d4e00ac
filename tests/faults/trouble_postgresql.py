"""Faults of a PostgreSQL server that begin, last and end while a key server runs on it; each as in trouble.py."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

import psycopg

from tests.faults import memory
from tests.faults.small_disk import OnSmallDisk
from tests.faults.trouble import refused_calls
from tests.postgresql import OWNER
from viewer.postgresql import _NUMBERS

_AWAY = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{OWNER}'"
_SLOW = (
    "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3600); RETURN NEW; END'; "
    "CREATE TRIGGER slow BEFORE INSERT ON entry EXECUTE FUNCTION slow()"
)


@dataclass(frozen=True)
class Place:
    """A server, and the name of the database there that the key server uses."""

    cluster: OnSmallDisk
    name: str

    def connection(self) -> psycopg.Connection:
        """A connection to that database, of a user who may do anything."""
        return psycopg.connect(self.cluster.url(self.name), autocommit=True)


Fault = Callable[[Place], AbstractContextManager[None]]


@contextmanager
def full_disk(place: Place) -> Iterator[None]:
    """Not a byte is left on its disk; what it has of it already, it may still fill."""
    ballast = place.cluster.disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(65_536)):
                pass
        except OSError:
            yield
    ballast.unlink()
    place.cluster.up()  # it ends where not even its write-ahead log has room


@contextmanager
def failing_sync(place: Place) -> Iterator[None]:
    """Its disk takes writes and cannot say that it has them: it ends, and cannot start."""
    with refused_calls(memory.processes(place.cluster.process.pid), "fsync,fdatasync", "EIO"):
        yield
    place.cluster.up()


@contextmanager
def standing_by(place: Place) -> Iterator[None]:
    """It has become the one that only reads, as after a switch to the other of two machines."""
    place.cluster.crash()
    (place.cluster.disk / "standby.signal").touch()
    place.cluster.restart()
    yield
    place.cluster.do("SELECT pg_promote()")


@contextmanager
def killed(place: Place) -> Iterator[None]:
    """It is not there."""
    place.cluster.crash(signal.SIGKILL)
    yield
    place.cluster.restart()


@contextmanager
def frozen(place: Place) -> Iterator[None]:
    """It is there, takes connections, and says nothing."""
    place.cluster.signal(signal.SIGSTOP)
    yield
    place.cluster.signal(signal.SIGCONT)


@contextmanager
def no_connections(place: Place) -> Iterator[None]:
    """Others have all the connections that there may be."""
    place.cluster.do(_AWAY)
    with ExitStack() as taken:
        try:
            while True:
                taken.enter_context(place.connection())
        except psycopg.OperationalError:
            yield


@contextmanager
def no_login(place: Place) -> Iterator[None]:
    """The key server's user may not sign in any more."""
    place.cluster.do(f"ALTER ROLE {OWNER} NOLOGIN")
    place.cluster.do(_AWAY)
    yield
    place.cluster.do(f"ALTER ROLE {OWNER} LOGIN")


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Another writer has the writers' place and does not end."""
    with place.connection() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_NUMBERS["keyserver"]])
        yield


@contextmanager
def slow(place: Place) -> Iterator[None]:
    """It does not come to an end with a statement."""
    with place.connection() as connection:
        connection.execute(_SLOW)
        yield
        connection.execute("DROP FUNCTION slow CASCADE")


ALL: list[Fault] = [
    full_disk, failing_sync, standing_by, killed, frozen, no_connections, no_login, locked, slow,
]  # fmt: skip
