"""A role's own database: durable SQLite, explicit transactions, migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from .config import Settings
from .turn import Place

BUSY_MILLISECONDS = 5000  # how long a writer waits for another one before it gives up


class NotMigrated(Exception):
    """The database's schema is not the one this code needs."""


class Database:
    """One role's database. `read()` and `write()` are the only doors to it."""

    def __init__(self, settings: Settings, role: str) -> None:
        self.role = role
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._line = settings.data / f"{role}.line"
        self.engine = create_engine(settings.database_url(role))
        event.listen(self.engine, "connect", _durable)
        event.listen(self.engine, "begin", _begin)
        event.listen(self.engine, "handle_error", _let_go)
        self._writer = self.engine.execution_options(immediate=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state and changes nothing."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that alone may write from its first statement on; COMMIT at its end.

        When the block has been left without an exception, the change is on the disk.
        """
        with self._in_turn(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Stand in line for the one writer's place, with all threads of all processes; first come, first served.

        BEGIN IMMEDIATE alone would keep the order of nobody: SQLite sleeps up to 0.1 s between two tries, and who
        comes back quicker always wins (https://sqlite.org/src/file?name=src/main.c, sqliteDefaultBusyCallback).
        The line is a file of its own: closing another handle of the database's would drop SQLite's locks
        (https://sqlite.org/howtocorrupt.html, section 2.2). Raises DBAPIError where the place is not free in time.
        """
        place = Place(self._line)
        try:
            place.take(BUSY_MILLISECONDS / 1000)
        except TimeoutError as error:
            raise OperationalError("BEGIN IMMEDIATE", None, error) from None
        with place:
            yield

    def wipe(self) -> bool:
        """Leave nothing in the files of what has been deleted; False where another program's reading stands in the way.

        Deleted rows are zeroed (`_durable`), but older pages lie in the write-ahead log until it is emptied.
        """
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            [(busy, *_)] = cursor.fetchall()
            return int(busy) == 0
        finally:
            connection.close()

    def migrate(self) -> None:
        """Bring the schema up to this code's, from any earlier one."""
        command.upgrade(self._config(), "head")

    def check(self) -> None:
        """Raise NotMigrated unless the schema is this code's."""
        with self.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        needed = ScriptDirectory.from_config(self._config()).get_current_head()
        if found != needed:
            raise NotMigrated(
                f"The {self.role}'s database has schema {found or 'none'}, this version needs {needed}. "
                "Run: safelight migrate"
            )

    def _config(self) -> Config:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / self.role / "migrations"))
        config.attributes["engine"] = self.engine
        return config


def _durable(connection: Any, _record: object) -> None:
    """Let SQLAlchemy say BEGIN, let no COMMIT return before the disk has it, and let nothing deleted stay readable.

    With synchronous=NORMAL a power cut loses commits that were already answered: a
    released key without its log entry. FULL is 2 (https://sqlite.org/pragma.html).
    """
    connection.isolation_level = None
    kept = "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"
    for pragma in (*kept, "foreign_keys=ON", f"busy_timeout={BUSY_MILLISECONDS}"):
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("PRAGMA synchronous").fetchone() != (2,):
        raise RuntimeError("SQLite does not promise that commits survive a power cut.")


def _let_go(failure: ExceptionContext) -> None:
    """Close a connection that was opened while the file could only be read: it would stay read-only for ever.

    That is how SQLite opens a file which it may not write (https://sqlite.org/c3ref/open.html, SQLITE_OPEN_READWRITE).
    """
    code = getattr(failure.original_exception, "sqlite_errorcode", 0)
    if code & 0xFF == sqlite3.SQLITE_READONLY:  # without what an extended code adds
        failure.is_disconnect = True


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def run_migrations() -> None:
    """What every role's migrations/env.py calls."""
    from alembic import context

    engine: Engine = context.config.attributes["engine"]
    with engine.execution_options(immediate=True).connect() as connection:
        context.configure(connection=connection, transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
