"""Rotation: every share moves under the first key-encryption key (KEK), in small steps that lock nobody out."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import insert, select

from tests.keyserver.test_vault import of_version_0_1
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver import rotation
from viewer.keyserver.models import Key
from viewer.keyserver.vault import Vault, kek_id

OLD, NEW, THIRD = os.urandom(32), os.urandom(32), os.urandom(32)
SHARES = {f"{number:026}": os.urandom(32) for number in range(1234)}


@pytest.fixture
def database(settings: Settings) -> Database:
    """1,234 shares under the old KEK, every tenth as version 0.1 wrapped it."""
    made = Database(settings, "keyserver")
    made.migrate()
    vault = Vault([OLD])
    fill(
        made,
        lambda key_id, share: of_version_0_1(OLD, share, key_id) if key_id[-1] == "7" else vault.wrap(share, key_id),
    )
    return made


def fill(database: Database, wrap: Callable[[str, bytes], bytes]) -> None:
    """Add the shares; what else a key has is empty."""
    needed = [column for column in Key.__table__.columns if not column.nullable]
    empty = {column.name: column.type.python_type() for column in needed}
    rows = [empty | {"id": key_id, "wrapped_share": wrap(key_id, share)} for key_id, share in SHARES.items()]
    with database.write() as session:
        session.execute(insert(Key), rows)


def unwrapped(database: Database, *keks: bytes) -> dict[str, bytes]:
    with database.read() as session:
        return {
            key_id: Vault(keks).unwrap(wrapped, key_id)
            for key_id, wrapped in session.execute(select(Key.id, Key.wrapped_share))
        }


def ignore(count: int) -> None:
    pass


def test_every_share_moves_and_stays_what_it_is(database: Database) -> None:
    assert rotation.in_use(database) == {kek_id(OLD): 1111, None: 123}
    steps: list[int] = []
    assert rotation.rotate(database, Vault([NEW, OLD]), steps.append) == rotation.Rotated(1234, ())
    assert steps == [500, 500, 234]
    assert rotation.in_use(database) == {kek_id(NEW): 1234}
    assert unwrapped(database, NEW) == SHARES
    assert rotation.rotate(database, Vault([NEW, OLD]), ignore) == rotation.Rotated(0, ())


def test_interrupted_it_goes_on_where_it_was(database: Database) -> None:
    def stop(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(database, Vault([NEW, OLD]), stop)
    assert rotation.in_use(database)[kek_id(NEW)] == 500
    assert unwrapped(database, NEW, OLD) == SHARES, "at every moment, all of it can be released"
    assert rotation.rotate(database, Vault([NEW, OLD]), ignore).done == 734
    assert unwrapped(database, NEW) == SHARES


def test_shares_that_cannot_be_unwrapped_are_named_and_left(database: Database) -> None:
    first, second, *rest = sorted(SHARES)
    with database.write() as session:
        one, other = session.get_one(Key, first), session.get_one(Key, second)
        one.wrapped_share, other.wrapped_share = other.wrapped_share, one.wrapped_share
    assert rotation.rotate(database, Vault([NEW, OLD]), ignore) == rotation.Rotated(len(rest), (first, second))
    assert rotation.in_use(database) == {kek_id(NEW): len(rest), kek_id(OLD): 2}


class Meanwhile(Vault):
    """A vault that does something else once, after a share has been read and before it is written."""

    then: Callable[[], object] | None = None

    def rewrap(self, wrapped: bytes, key_id: str) -> bytes:
        then, self.then = self.then, None
        if then:
            then()
        return super().rewrap(wrapped, key_id)


def test_what_another_rotation_has_done_meanwhile_is_not_undone(database: Database) -> None:
    vault = Meanwhile([NEW, OLD])
    vault.then = lambda: rotation.rotate(database, Vault([THIRD, OLD]), ignore)
    found = rotation.rotate(database, vault, ignore)
    assert found.done == 0 and len(found.locked) == 734, "read afterwards, under a KEK that this one does not know"
    assert unwrapped(database, THIRD) == SHARES


@pytest.mark.sqlite
def test_others_may_write_while_shares_are_wrapped(database: Database, settings: Settings) -> None:
    path = settings.data / "keyserver.sqlite"

    def write_at_once() -> None:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

    vault = Meanwhile([NEW, OLD])
    vault.then = write_at_once
    assert rotation.rotate(database, vault, lambda count: write_at_once()).done == 1234
    with database.write() as session, pytest.raises(sqlite3.OperationalError, match="locked"):
        session.connection()
        write_at_once()  # the control: this is what happens where the lock is held
