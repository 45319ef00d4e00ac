"""A role's own database: in SQLite or in PostgreSQL, with explicit transactions and migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from .config import Settings
from .dialect import Dialect
from .sqlite import SQLite


class NotMigrated(Exception):
    """The database's schema is not the one this code needs."""


class Database:
    """One role's database. `read()` and `write()` are the only doors to it.

    What connects to it raises NotDurable where commits would not last.
    """

    def __init__(self, settings: Settings, role: str) -> None:
        self.role = role
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.dialect = _dialect(settings, role)
        self.engine = self.dialect.engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state and changes nothing."""
        with Session(self.dialect.reader) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that alone may write from its first statement on; COMMIT at its end.

        When the block has been left without an exception, the change is on the disk.
        """
        with (
            self.dialect.in_turn(),
            Session(self.dialect.writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

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
        config.attributes["writer"] = self.dialect.writer
        return config


def _dialect(settings: Settings, role: str) -> Dialect:
    url = settings.databases.get(role)
    if not url:
        return SQLite(settings.data, role)
    from .postgresql import PostgreSQL  # its driver takes 5 MB of memory

    return PostgreSQL(url, role)


def run_migrations() -> None:
    """What every role's migrations/env.py calls: all that there is to do, in one transaction."""
    from alembic import context

    writer: Engine = context.config.attributes["writer"]
    with writer.connect() as connection:
        context.configure(connection=connection, transactional_ddl=True)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                from .postgresql import unlimited

                unlimited(connection)
            context.run_migrations()
        connection.commit()
