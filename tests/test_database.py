"""The database: durable, one writer at a time, and never of an unknown schema."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.databases import elsewhere
from viewer import create_app, filehost, keyserver, portal
from viewer.config import Settings
from viewer.database import Database, NotMigrated
from viewer.sql import _driver, sql
from viewer.sqlite import _let_go

MODELS = {"portal": portal.models, "keyserver": keyserver.models, "filehost": filehost.models}


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of databases that are empty."""
    return elsewhere(settings, tmp_path / "empty")


@pytest.fixture
def database(settings: Settings) -> Database:
    made = Database(settings, "portal")
    made.migrate()
    return made


@pytest.mark.sqlite
def test_commits_survive_a_power_cut(database: Database) -> None:
    with database.read() as session:
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.sqlite
def test_control_sqlite_alone_would_not_check_foreign_keys() -> None:
    assert sqlite3.connect(":memory:").execute("PRAGMA foreign_keys").fetchone() == (0,)


@pytest.mark.parametrize("role", MODELS)
def test_migrations_make_what_the_models_say(settings: Settings, role: str) -> None:
    database = Database(settings, role)
    with pytest.raises(NotMigrated, match="safelight migrate"):
        database.check()
    database.migrate()
    database.migrate()
    database.check()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, MODELS[role].Base.metadata) == []


def test_the_application_does_not_start_on_another_schema(settings: Settings) -> None:
    with pytest.raises(NotMigrated):
        create_app(settings)


def claim(session: Session) -> bool:
    """Take the one place there is: read, think, write."""
    taken = session.scalar(text("SELECT count(*) FROM limit_count")) or 0
    time.sleep(0.01)
    if taken:
        return False
    session.execute(text("INSERT INTO limit_count VALUES (:key, 0, 1)"), {"key": threading.current_thread().name})
    return True


def by_write(database: Database) -> bool:
    with database.write() as session:
        return claim(session)


def by_plain_begin(database: Database) -> bool:
    """The control: a transaction that takes its lock only when it writes."""
    with Session(database.engine) as session, session.begin():
        return claim(session)


def claims(database: Database, one: Callable[[Database], bool]) -> tuple[int, int]:
    """Let 20 threads claim at once; return how many did, and how many were thrown out."""
    won, failed, barrier = [], [], threading.Barrier(20)

    def run() -> None:
        barrier.wait()
        try:
            won.append(one(database))
        except DBAPIError:
            failed.append(True)

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won.count(True), len(failed)


def test_twenty_claims_one_winner(database: Database) -> None:
    assert claims(database, by_write) == (1, 0)


@pytest.mark.sqlite
def test_control_without_begin_immediate_claims_fail(database: Database) -> None:
    _, failed = claims(database, by_plain_begin)
    assert failed > 0


def test_an_exception_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        claim(session)
        raise RuntimeError
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM limit_count")) == 0


def after_a_time_without_permission(database: Database) -> list[bool]:
    """Whether each of two writes works, where the connection was opened while the file could only be read."""
    with database.read() as session:
        session.execute(text("PRAGMA query_only=ON"))  # SQLite's error is the same; tests run as root, who may write
    worked = []
    for _ in range(2):
        try:
            worked.append(by_write(database))
        except DBAPIError:
            worked.append(False)
    return worked


@pytest.mark.sqlite
def test_a_connection_that_can_only_read_is_let_go(database: Database) -> None:
    assert after_a_time_without_permission(database) == [False, True]


@pytest.mark.sqlite
def test_control_a_connection_that_is_kept_never_writes_again(database: Database) -> None:
    event.remove(database.engine, "handle_error", _let_go)
    assert after_a_time_without_permission(database) == [False, False]


def test_plain_sql_goes_by_the_connection_of_the_present_transaction(database: Database) -> None:
    """Of an earlier one's, another session may have the use by now."""
    with Session(database.engine) as session, Session(database.engine) as other:
        sql(session, "SELECT 1")
        session.rollback()
        theirs = other.connection().connection.driver_connection
        sql(session, "SELECT 1")
        assert _driver(session)[0] is session.connection().connection.driver_connection is not theirs
