"""What tests do to a role's database, in SQLite or in PostgreSQL: look at all of it, copy it, leave it no room."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from tests.postgresql import cluster, fresh
from viewer.config import Settings
from viewer.database import Database

Rows = dict[str, frozenset[tuple[Any, ...]]]  # by table
ANOTHER_HASH = f"UPDATE key SET file_sha256 = '{'ab' * 32}' WHERE id = :report"

_NO_ROOM = (
    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END'; "
    "CREATE TRIGGER no_room BEFORE INSERT ON {} EXECUTE FUNCTION no_room()"
)


def elsewhere(settings: Settings, data: Path) -> Settings:
    """The same settings for a server with another folder, and with databases of its own that are empty."""
    return replace(settings, data=data, databases={role: fresh() for role in settings.databases})


def rows(settings: Settings, role: str, query: str, **values: object) -> list[tuple[Any, ...]]:
    """What a query finds in a role's database; `:name` stands for a value."""
    with beside(settings, role) as database, database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def change(settings: Settings, role: str, statement: str, **values: object) -> None:
    """Change a role's database behind its server's back."""
    with beside(settings, role) as database, database.write() as session:
        session.execute(text(statement), values)


def tables(connection: Connection) -> Rows:
    """All rows of all tables."""
    names = inspect(connection).get_table_names()
    return {name: frozenset(map(tuple, connection.exec_driver_sql(f'SELECT * FROM "{name}"'))) for name in names}


def openings(settings: Settings, report: str) -> int:
    """How often the key server has released a report's share."""
    query = "SELECT count(*) FROM entry WHERE key_id = :report AND action = 'release' AND outcome = 'granted'"
    [(count,)] = rows(settings, "keyserver", query, report=report)
    return int(count)


@contextmanager
def beside(settings: Settings, role: str) -> Iterator[Database]:
    """A role's database, beside the server that uses it."""
    database = Database(settings, role)
    try:
        yield database
    finally:
        database.engine.dispose()


def stored(settings: Settings, role: str) -> bytes:
    """All that lies in a role's database: SQLite's files, or what PostgreSQL gives out for a backup."""
    if not settings.databases:
        return b"".join(path.read_bytes() for path in sorted(settings.data.glob(f"{role}.sqlite*")))
    return dump(settings.databases[role])


def dump(url: str) -> bytes:
    """All that a PostgreSQL database gives out."""
    return _run("pg_dump", url)


def backup(database: Database, folder: Path) -> Path:
    """Copy a database as it is, by its own means for that."""
    copy = folder / "backup"
    if database.engine.dialect.name == "postgresql":
        copy.write_bytes(_run("pg_dump", "--data-only", _url(database)))
    else:
        with closing(sqlite3.connect(_url(database))) as now, closing(sqlite3.connect(copy)) as kept:
            now.backup(kept)
    return copy


def restore(database: Database, copy: Path) -> None:
    """Put a copy in the database's place."""
    if database.engine.dialect.name == "postgresql":
        tables = ", ".join(f'"{name}"' for name in inspect(database.engine).get_table_names())
        script = f"TRUNCATE {tables};\n".encode() + copy.read_bytes()
        _run("psql", "--single-transaction", "--set=ON_ERROR_STOP=1", _url(database), script=script)
    else:
        database.engine.dispose()
        with closing(sqlite3.connect(copy)) as then, closing(sqlite3.connect(_url(database))) as now:
            then.backup(now)


@contextmanager
def no_room(database: Database, table: str) -> Iterator[None]:
    """Let the database take no new row into a table, as where the disk is full."""
    in_postgresql = database.engine.dialect.name == "postgresql"
    refuse = f"CREATE TRIGGER no_room BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    with database.write() as session:
        session.execute(text(_NO_ROOM.format(table) if in_postgresql else refuse))
    yield
    with database.write() as session:
        session.execute(text(f"DROP TRIGGER no_room ON {table}" if in_postgresql else "DROP TRIGGER no_room"))


def _url(database: Database) -> str:
    """Where a database is: SQLite's file, or PostgreSQL's address."""
    url = database.engine.url
    return url.render_as_string(hide_password=False) if url.host or url.query else str(url.database)


def _run(program: str, *arguments: str, script: bytes = b"") -> bytes:
    command = [str(cluster().programs / program), *arguments]
    return subprocess.run(command, input=script, capture_output=True, check=True).stdout
