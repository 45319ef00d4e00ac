"""PostgreSQL, checked to be durable; the writers of a role stand in the server's own line."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from .dialect import BUSY_MILLISECONDS, NotDurable

_CONNECT_SECONDS = 5
_STATEMENT_MILLISECONDS = 30_000  # so long may a statement take that waits for nobody
_SILENT_MILLISECONDS = 30_000  # so long may a writer say nothing: its machine may be gone, and others wait
_PATIENCE = 40  # seconds after which a server that says nothing, of its own limits neither, has been stopped or is gone
_NUMBERS = {"portal": 1, "keyserver": 2, "filehost": 3}  # of the roles' locks; whatever they are, they must stay
_KEPT = {
    "synchronous_commit": "on",  # a role or a database may have been set to `off`
    "lock_timeout": str(BUSY_MILLISECONDS),
    "statement_timeout": str(_STATEMENT_MILLISECONDS),
}
_NEEDED = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
_SET = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _KEPT.items())
_ASK = ", ".join(f"current_setting('{name}')" for name in _NEEDED)
# https://www.postgresql.org/docs/15/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS: first come, first served, and
# given back after COMMIT is on the disk and seen by all, or with the connection.
_IN_TURN = "SELECT set_config('idle_in_transaction_session_timeout', '{}', true), pg_advisory_xact_lock({})"


class PostgreSQL:
    """The database at a URL, of one role.

    A connection that the server has closed, such as by a restart, is found out before it is used, and replaced.
    """

    traces = (
        "In PostgreSQL's files, traces of them stay until the table is written anew (VACUUM FULL erasable) and the "
        "write-ahead log has been recycled."
    )

    def __init__(self, url: str, role: str) -> None:
        self.engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS})
        event.listen(self.engine, "do_connect", lambda _dialect, _record, words, named: _Line.connect(*words, **named))
        event.listen(self.engine, "connect", _durable)
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self.reader: Engine = self.engine.execution_options(**snapshot)
        # A stricter level would see the database as it was when the lock was asked for, not when it was had.
        newest = {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}
        self.writer: Engine = self.engine.execution_options(**newest)
        in_turn = _IN_TURN.format(_SILENT_MILLISECONDS, _NUMBERS[role])
        event.listen(self.writer, "begin", lambda connection: connection.exec_driver_sql(in_turn))
        event.listen(self.writer, "commit", _no_failed)

    def in_turn(self) -> AbstractContextManager[None]:
        """Do nothing: a writer's transaction begins with standing in line."""
        return nullcontext()

    def wipe(self) -> bool:
        """Do nothing: what the server keeps in its files is its operator's to clean (`traces`)."""
        return True


class _Line(psycopg.Connection[Any]):
    """A connection that waits for no answer for ever: limits that the server keeps end with the server."""

    patience: float | None = _PATIENCE

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg's own. Raises OperationalError where no answer comes in time; the connection is closed then."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # what it asked for may be done, now or later; nobody is told that it was
            raise


def unlimited(connection: Connection) -> None:
    """Let this transaction take its time: to migrate a long log is long."""
    line: Any = connection.connection.driver_connection
    line.patience = None
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _durable(connection: Any, _record: object) -> None:
    """Let no COMMIT return before the disk has it. Raises NotDurable where that cannot be had.

    Without fsync or full_page_writes a power cut corrupts the database
    (https://www.postgresql.org/docs/15/runtime-config-wal.html).
    """
    connection.autocommit = True  # or the end of a transaction would take the settings back
    connection.execute(f"SELECT {_SET}")
    found = connection.execute(f"SELECT {_ASK}").fetchone()
    connection.autocommit = False
    wrong = [name for name, value in zip(_NEEDED, found, strict=True) if value != _NEEDED[name]]
    if wrong:
        told = " and ".join(f"{name} must be {_NEEDED[name]}" for name in wrong)
        raise NotDurable(f"In this PostgreSQL, {told}: or what was answered may be lost. Change it, then start again.")


def _no_failed(connection: Connection) -> None:
    """Refuse to commit a transaction in which a statement has failed: COMMIT would undo it, and say nothing.

    https://www.postgresql.org/docs/15/sql-commit.html, "Outputs" of a failed one: ROLLBACK.
    """
    driver: Any = connection.connection.driver_connection
    if driver.info.transaction_status != TransactionStatus.INTRANS:
        raise OperationalError("COMMIT", None, RuntimeError("a statement of this transaction has failed"))
