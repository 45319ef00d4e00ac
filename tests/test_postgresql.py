"""PostgreSQL: durable or refused, one writer at a time, one state for who reads, and in use again after a restart."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.postgresql import Cluster, cluster, fresh, tidying
from tests.test_database import by_plain_begin, by_write, claims
from viewer import postgresql
from viewer.cli import main
from viewer.config import Settings, SettingsError
from viewer.database import Database
from viewer.dialect import NotDurable

PASSWORD = "hunter2-hunter2"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A portal's database; whatever tests run on, this one is in PostgreSQL."""
    with tidying():
        made = at(fresh("portal"), tmp_path)
        yield made
        made.engine.dispose()


def at(url: str, folder: Path) -> Database:
    return Database(Settings(("portal",), folder, "", "", "", (), databases={"portal": url}), "portal")


def count(session: Session) -> int:
    return session.scalar(text("SELECT count(*) FROM limit_count")) or 0


def add(session: Session, key: str) -> None:
    session.execute(text("INSERT INTO limit_count VALUES (:key, 1, 1)"), {"key": key})


def test_commits_survive_a_power_cut_whatever_the_role_is_set_to(database: Database) -> None:
    cluster().do(f'ALTER DATABASE "{database.engine.url.database}" SET synchronous_commit = off')
    database.engine.dispose()
    with database.write() as session:
        assert session.scalar(text("SHOW synchronous_commit")) == "on"


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_server_that_forgets_is_refused(name: str, tmp_path: Path) -> None:
    own = Cluster()
    try:
        database = at(own.url("postgres"), tmp_path)
        with database.read() as session:
            assert session.scalar(text("SELECT 1")) == 1, "control: as it is by itself, it is good"
        database.engine.dispose()
        own.do(f"ALTER SYSTEM SET {name} = off")
        own.crash()
        own.restart()
        with pytest.raises(NotDurable, match=f"{name} must be on"), database.read() as session:
            session.connection()
    finally:
        own.remove()


def test_an_encoding_that_cannot_hold_all_names_is_refused(database: Database, tmp_path: Path) -> None:
    name = f"{database.engine.url.database}_latin"
    cluster().do(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    try:
        with (
            pytest.raises(NotDurable, match="server_encoding must be UTF8"),
            at(cluster().url(name), tmp_path).read() as session,
        ):
            session.connection()
    finally:
        cluster().do(f"DROP DATABASE {name} WITH (FORCE)")


def test_twenty_claims_one_winner(database: Database) -> None:
    assert claims(database, by_write) == (1, 0)


def test_control_without_the_lock_many_win(database: Database) -> None:
    won, _ = claims(database, by_plain_begin)
    assert won > 1


def test_who_waits_too_long_is_told_and_nothing_is_done(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        add(session, "first")
        other = at(database.engine.url.render_as_string(hide_password=False), tmp_path)
        event.listen(other.engine, "connect", lambda connection, _: hurry(connection))
        with pytest.raises(DBAPIError, match="lock timeout"), other.write() as late:
            add(late, "second")
    other.engine.dispose()
    with database.read() as session:
        assert count(session) == 1


def hurry(connection: object) -> None:
    """Wait for 50 ms instead of five seconds."""
    connection.execute("SET lock_timeout = 50")  # type: ignore[attr-defined]
    connection.commit()  # type: ignore[attr-defined]


def test_a_reader_sees_one_state_and_changes_nothing(database: Database) -> None:
    with database.read() as session:
        assert count(session) == 0
        with database.write() as writer:
            add(writer, "meanwhile")
        assert count(session) == 0
    with database.read() as session:
        assert count(session) == 1, "control"
        with pytest.raises(DBAPIError, match="read-only"):
            add(session, "by a reader")


def swallow(database: Database) -> None:
    """Go on after a statement that failed, as no code of ours may."""
    with database.write() as session:
        add(session, "kept?")
        with suppress(DBAPIError):
            session.execute(text("SELECT nothing"))


def test_a_transaction_that_has_failed_is_not_committed_in_silence(database: Database) -> None:
    with pytest.raises(DBAPIError, match="has failed"):
        swallow(database)


def test_control_postgresql_itself_would_undo_it_and_say_nothing(database: Database) -> None:
    event.remove(database.dialect.writer, "commit", postgresql._no_failed)
    swallow(database)
    with database.read() as session:
        assert count(session) == 0


def test_a_restarted_server_is_used_again(tmp_path: Path) -> None:
    own = Cluster()
    try:
        database = at(own.url(own.create()), tmp_path)
        database.migrate()
        for number in range(2):
            with database.write() as session:
                add(session, str(number))
            own.crash()
            with pytest.raises(DBAPIError), database.write() as session:
                add(session, "while it is down")
            own.restart()
        with database.read() as session:
            assert count(session) == 2
        database.engine.dispose()
    finally:
        own.remove()


def environment(**more: str) -> dict[str, str]:
    kept = {"SAFELIGHT_ROLES": "filehost", "SAFELIGHT_DATA": "data", "SAFELIGHT_PORTAL_URL": "http://localhost"}
    return kept | {"SAFELIGHT_FILEHOST_SECRET": "ab" * 32} | more


def test_the_url_is_read_from_a_file_and_never_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = f"postgresql://safelight:{PASSWORD}@127.0.0.1:1/safelight"
    (tmp_path / "url").write_text(f"{url}\n")
    settings = Settings.from_environment(environment(SAFELIGHT_FILEHOST_DATABASE_FILE=str(tmp_path / "url")))
    assert settings.databases == {"filehost": url}
    database = Database(settings, "filehost")
    with caplog.at_level(logging.DEBUG), pytest.raises(DBAPIError) as failed, database.read() as session:
        session.connection()
    shown = f"{settings!r} {database.engine!r} {failed.value} {caplog.text}"
    assert "127.0.0.1" in shown and PASSWORD not in shown


@pytest.mark.parametrize(
    "url", [f"mysql://u:{PASSWORD}@h/d", f"postgresql://u:{PASSWORD}@h", PASSWORD, f"postgresql://u:{PASSWORD}@h:x/d"]
)
def test_what_is_no_postgresql_url_is_refused_unquoted(url: str) -> None:
    with pytest.raises(SettingsError, match="SAFELIGHT_FILEHOST_DATABASE must be like") as refused:
        Settings.from_environment(environment(SAFELIGHT_FILEHOST_DATABASE=url))
    assert PASSWORD not in str(refused.value)


def test_two_roles_never_share_a_database() -> None:
    url = "postgresql://u@h/d"
    with pytest.raises(SettingsError, match="a database of its own"):
        Settings.from_environment(
            environment(
                SAFELIGHT_ROLES="filehost,keyserver",
                SAFELIGHT_FILEHOST_DATABASE=url,
                SAFELIGHT_KEYSERVER_DATABASE=url,
                SAFELIGHT_KEYSERVER_SECRET="ab" * 32,
                SAFELIGHT_KEYSERVER_KEK="ab" * 32,
            )
        )


def test_a_server_says_which_database_is_not_there(tmp_path: Path) -> None:
    url = f"postgresql://safelight:{PASSWORD}@127.0.0.1:1/safelight"
    settings = environment(SAFELIGHT_DATA=str(tmp_path), SAFELIGHT_FILEHOST_DATABASE=url)
    told = CliRunner().invoke(main, ["serve"], env=settings)
    sentence = "Error: The file host's database that SAFELIGHT_FILEHOST_DATABASE names cannot be opened.\n"
    assert (told.exit_code, told.output) == (1, sentence)
