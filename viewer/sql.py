"""SQL as it is, in a session's transaction, for what every release has to wait for."""

import re
from functools import lru_cache
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


def sql(session: Session, query: str, values: Any = ()) -> list[Any]:
    """Run a statement in a session's transaction; return its rows as tuples. A list of values runs it for each of them.

    `?` and `:name` stand for values, and for nothing else, in both databases.

    SQLAlchemy works ten times as long around a statement as SQLite does on it, and everybody who waits for the
    writer's place waits for that as well. As with SQLAlchemy, what is pending in the session is written first, and
    what goes wrong is a DBAPIError.
    """
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        query = _for_psycopg(query)
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    run = cursor.executemany if isinstance(values, list) else cursor.execute
    try:
        run(query, values)
        found: list[Any] = cursor.fetchall() if cursor.description else []
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(query, None, error) from error
    return found


@lru_cache(512)
def _for_psycopg(query: str) -> str:
    return re.sub(r":([a-z_]+)", r"%(\1)s", query).replace("?", "%s")
