"""SQL as it is, in a session's transaction, for what every release has to wait for."""

import re
import sqlite3
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Boolean
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

Row = TypeVar("Row", bound=DeclarativeBase)


def sql(session: Session, query: str, values: Any = ()) -> list[Any]:
    """Run a statement in a session's transaction; return its rows as tuples. A list of values runs it for each of them.

    `?` and `:name` stand for values, and for nothing else, in both databases.

    SQLAlchemy works ten times as long around a statement as SQLite does on it, and everybody who waits for the
    writer's place waits for that as well. As with SQLAlchemy, what is pending in the session is written first, and
    what goes wrong is a DBAPIError.
    """
    session.flush()
    driver, error_of = _driver(session)
    if error_of is not sqlite3.Error:
        query = _for_psycopg(query)
    cursor = driver.cursor()
    run = cursor.executemany if isinstance(values, list) else cursor.execute
    try:
        run(query, values)
        found: list[Any] = cursor.fetchall() if cursor.description else []
    except error_of as error:
        raise DBAPIError.instance(query, None, error, error_of, dialect=session.get_bind().dialect) from error
    return found


def _driver(session: Session) -> tuple[Any, type[Exception]]:
    """Return the driver's connection of the present transaction, and its errors' class; asked for once."""
    transaction, *known = session.info.get("driver", (None,))
    if transaction is None or transaction is not session.get_transaction():
        connection = session.connection()
        known = [connection.connection.driver_connection, connection.dialect.loaded_dbapi.Error]
        session.info["driver"] = (session.get_transaction(), *known)
    driver, error_of = known
    return driver, error_of


def one(session: Session, kind: type[Row], where: str, values: Any) -> Row | None:
    """Return the row of a model's table that fits, read by SQL as it is, or None; it is not the session's."""
    query, booleans = _reading(kind)
    found = sql(session, f"{query} WHERE {where}", values)
    if not found:
        return None
    row = dict(zip(columns(kind), found[0], strict=True))
    return detached(kind, row | {name: bool(row[name]) for name in booleans})  # SQLite has numbers for them


def detached(kind: type[Row], row: dict[str, Any]) -> Row:
    """Return a row as an instance of its model that no session knows: what is set on it goes nowhere.

    The values go where the ORM puts them when it loads a row: its constructor would note each one as a change.
    """
    found = kind()
    found.__dict__.update(row)
    return found


@lru_cache
def columns(kind: type[DeclarativeBase]) -> tuple[str, ...]:
    """Return the names of a model's columns."""
    return tuple(kind.__table__.columns.keys())


@lru_cache
def _reading(kind: type[DeclarativeBase]) -> tuple[str, tuple[str, ...]]:
    booleans = tuple(column.name for column in kind.__table__.columns if isinstance(column.type, Boolean))
    return f"SELECT {', '.join(columns(kind))} FROM {kind.__tablename__}", booleans  # noqa: S608 - a model's own names


@lru_cache(512)
def _for_psycopg(query: str) -> str:
    return re.sub(r":([a-z_]+)", r"%(\1)s", query).replace("?", "%s")
