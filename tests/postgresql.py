"""A real PostgreSQL server for tests, in a temporary folder; with DATABASE=postgresql, all roles use it."""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

import psycopg

from tests.faults import memory
from viewer.config import ROLES, Settings
from viewer.database import Database

IN_USE = os.environ.get("DATABASE") == "postgresql"
_START_SECONDS = 30
_PROGRAMS = "/usr/lib/postgresql"  # Debian's
_ROOM = 2 * 1024**3  # bytes
OWNER = "safelight"  # the user that owns the databases, and is nothing more
# By number: template1, template0, postgres (https://www.postgresql.org/docs/15/manage-ag-templatedbs.html).
_BEGUN_WITH = {"1", "4", "5"}


class Cluster:
    """One server in a folder of its own, reached by a socket there; under root, the user postgres runs it.

    `settings` are PostgreSQL's own.
    """

    def __init__(self, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-", dir=_fastest()))
        self.data = self.folder / "data"
        self.programs = max(Path(_PROGRAMS).iterdir(), key=lambda path: int(path.name)) / "bin"
        self._count = 0
        own = {"listen_addresses": "", "unix_socket_directories": str(self.folder), "max_connections": "300"}
        self._settings = own | settings
        self._prepare()
        how = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = self._as_its_user("initdb", *how, f"--pgdata={self.data}", "--wal-segsize=1")
        subprocess.run(command, check=True, capture_output=True)
        self.process = self._start()
        self.do(f"CREATE ROLE {OWNER} LOGIN")

    def url(self, name: str, user: str = "postgres") -> str:
        """The address of a database."""
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """Make a database; return its name."""
        self._count += 1
        self.do(f"CREATE DATABASE test{self._count} TEMPLATE {template} OWNER {OWNER}")
        return f"test{self._count}"

    def do(self, statement: str) -> None:
        """Run a statement outside all databases of tests."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def crash(self, by: signal.Signals = signal.SIGQUIT) -> None:
        """End it as `pg_ctl stop -m immediate` does, or by SIGKILL: every process of it quits, and writes no more."""
        if by == signal.SIGKILL:
            self.signal(by)
        else:
            self.process.send_signal(by)
        self.process.wait(60)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to every process of it."""
        for process in memory.processes(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def restart(self) -> None:
        """Start it again, on what the disk has."""
        self.process = self._start()

    def remove(self) -> None:
        """End it, and leave nothing of it."""
        if self.process.poll() is None:
            self.crash()
        shutil.rmtree(self.folder)

    def wrote(self) -> Iterator[bytes]:
        """All that is in its files, but for those of the databases that every server begins with."""
        for path in sorted(path for path in self.folder.rglob("*") if not _BEGUN_WITH & {*path.parts}):
            with suppress(FileNotFoundError):  # taken away meanwhile
                if path.is_file():
                    yield path.read_bytes()

    def _prepare(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")

    def _start(self) -> "subprocess.Popen[bytes]":
        told = [f"--{name}={value}" for name, value in self._settings.items()]
        command = self._as_its_user("postgres", "-D", str(self.data), *told)
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-500:]}")
            time.sleep(0.02)
        return process

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _as_its_user(self, program: str, *arguments: str) -> list[str]:
        """Also, it ends when the thread does that has started it, however that ends."""
        user = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        return ["setpriv", *user, "--pdeathsig=QUIT", str(self.programs / program), *arguments]


@cache
def cluster() -> Cluster:
    """The one of this test run."""
    made = Cluster()
    atexit.register(made.remove)
    return made


def databases(migrated: bool = True) -> dict[str, str]:
    """Fresh databases for all roles, as settings of a server; none where tests run on SQLite."""
    if not IN_USE:
        return {}
    return {f"SAFELIGHT_{role.upper()}_DATABASE": fresh(role if migrated else "") for role in ROLES}


def fresh(role: str = "") -> str:
    """The URL of a fresh database, with the schema of a role or with none."""
    return cluster().url(cluster().create(_template(role) if role else "template0"))


@contextmanager
def apart(names: Iterable[str]) -> Iterator[dict[str, Cluster]]:
    """For each name a small server of its own, with one database; none where tests run on SQLite."""
    with ExitStack() as running:
        made = {}
        for name in names if IN_USE else ():
            made[name] = Cluster(shared_buffers="1MB", max_connections="60")
            running.callback(made[name].remove)
        yield made


@cache
def _template(role: str) -> str:
    name = cluster().create()
    nowhere = Path(tempfile.mkdtemp())
    settings = Settings((role,), nowhere, "", "", "", (), databases={role: cluster().url(name)})
    database = Database(settings, role)
    database.migrate()
    database.engine.dispose()
    nowhere.rmdir()
    return name


@contextmanager
def tidying() -> Iterator[None]:
    """Remove, at the end, the databases that have been made since; whoever still has a connection loses it."""
    before = cluster()._count
    yield
    names = {f"test{number}" for number in range(before + 1, cluster()._count + 1)}
    for name in sorted(names - {_template(role) for role in ROLES}):
        cluster().do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _fastest() -> str | None:
    """A folder in memory, where there is room: each database made and removed is some hundred files on the disk."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None
