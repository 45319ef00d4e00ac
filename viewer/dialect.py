"""What a database must be for a role: commits that last, and one writer at a time; in SQLite and in PostgreSQL."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Engine

BUSY_MILLISECONDS = 5000  # how long a writer waits for another one before it gives up


class NotDurable(Exception):
    """The database would forget commits that were answered already, or cannot hold what is written."""


class Dialect(Protocol):
    """One kind of database. `traces` says what stays in its files of what is deleted; empty where nothing does."""

    engine: Engine
    reader: Engine
    writer: Engine
    traces: str

    def in_turn(self) -> AbstractContextManager[None]:
        """Stand in line for the one writer's place, where `writer` itself does not. Raises DBAPIError."""

    def wipe(self) -> bool:
        """Leave nothing in the files of what has been deleted; False where another program stands in the way."""
