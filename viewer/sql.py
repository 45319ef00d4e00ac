"""SQL as it is, in a session's transaction, for what every release has to wait for."""

import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


def sql(session: Session, query: str, values: Any = ()) -> list[Any]:
    """Run a statement in a session's transaction; return its rows as tuples. A list of values runs it for each of them.

    SQLAlchemy works ten times as long around a statement as SQLite does on it, and everybody who waits for the
    writer's place waits for that as well. As with SQLAlchemy, what is pending in the session is written first, and
    what goes wrong is a DBAPIError.
    """
    session.flush()
    connection: Any = session.connection().connection.driver_connection
    run = connection.executemany if isinstance(values, list) else connection.execute
    try:
        found: list[Any] = run(query, values).fetchall()
    except sqlite3.Error as error:
        raise DBAPIError(query, None, error) from error
    return found
