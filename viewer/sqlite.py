"""SQLite, made durable; all writers of all processes stand in one line."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import OperationalError

from .dialect import BUSY_MILLISECONDS, NotDurable
from .turn import Place


class SQLite:
    """The database in the file `name`.sqlite of a folder."""

    traces = ""

    def __init__(self, folder: Path, name: str) -> None:
        self._line = folder / f"{name}.line"
        self.engine = self.reader = create_engine(f"sqlite:///{folder / name}.sqlite")
        event.listen(self.engine, "connect", _durable)
        event.listen(self.engine, "begin", _begin)
        event.listen(self.engine, "handle_error", _let_go)
        self.writer: Engine = self.engine.execution_options(immediate=True)

    @contextmanager
    def in_turn(self) -> Iterator[None]:
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
        raise NotDurable("SQLite does not promise that commits survive a power cut.")


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
