"""`safelight keys`, as whoever runs a key server uses it; tests/keyserver/test_rotation.py looks at what it does."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from tests.keyserver.test_rotation import NEW, OLD, SHARES, THIRD, database, unwrapped
from tests.postgresql import databases
from viewer.cli import main
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver.models import Key
from viewer.keyserver.vault import kek_id

__all__ = ["database"]  # a fixture
Keys = Callable[..., Result]


@pytest.fixture
def keys(settings: Settings) -> Keys:
    """Run `safelight keys …` with the given key-encryption keys; none of them is ever printed."""

    def run(command: str, *keks: bytes, **more: str) -> Result:
        environment = {
            "SAFELIGHT_DATA": str(settings.data),
            "SAFELIGHT_PORTAL_URL": settings.portal_url,
            "SAFELIGHT_ROLES": "keyserver",
            "SAFELIGHT_KEYSERVER_SECRET": os.urandom(32).hex(),
            "SAFELIGHT_KEYSERVER_KEK": ",".join(kek.hex() for kek in keks),
            "SAFELIGHT_KEYSERVER_DATABASE": settings.databases.get("keyserver", ""),
        }
        done = CliRunner().invoke(main, ["keys", command], env=environment | more)
        assert [kek for kek in (OLD, NEW, THIRD) if kek.hex() in done.output or repr(kek) in done.output] == []
        assert "Traceback" not in done.output
        return done

    return run


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_list_rotate_and_nothing_to_do(database: Database, keys: Keys) -> None:
    listed = [
        f"{kek_id(NEW)} 0 shares wraps what is new",
        f"{kek_id(OLD)} 1,111 shares unwraps",
        "- 123 shares wrapped by version 0.1, which noted no key",
    ]
    assert lines(keys("list", NEW, OLD).stdout) == listed
    done = keys("rotate", NEW, OLD)
    assert done.exit_code == 0 and lines(done.stdout) == [
        "Wrapped 1,234 shares anew.",
        f"{kek_id(NEW)} 1,234 shares wraps what is new",
        f"{kek_id(OLD)} 0 shares not in use",
    ]
    assert unwrapped(database, NEW) == SHARES
    again = keys("rotate", NEW, OLD)
    assert (again.exit_code, again.stdout) == (0, f"Nothing to do: all 1,234 shares are under {kek_id(NEW)}.\n")
    elsewhere = lines(keys("list", OLD).stdout)
    assert f"{kek_id(NEW)} 1,234 shares NOT AMONG THE GIVEN KEYS: these cannot be released" in elsewhere


def test_a_key_that_is_missing_is_named_and_nothing_changes(database: Database, keys: Keys) -> None:
    refused = keys("rotate", NEW, THIRD)
    assert refused.exit_code == 1 and f"under {kek_id(OLD)}, which is not among the given" in refused.stderr
    assert unwrapped(database, OLD) == SHARES


def test_shares_that_cannot_be_unwrapped_are_named_and_the_others_move(database: Database, keys: Keys) -> None:
    broken = f"{7:026}"
    with database.write() as session:
        session.execute(update(Key).where(Key.id == broken).values(wrapped_share=bytes(60)))
    refused = keys("rotate", NEW, OLD)
    assert refused.exit_code == 1 and broken in refused.stderr and "1 shares stay as they were" in refused.stderr
    assert "Wrapped 1,233 shares anew." in refused.stdout


def test_a_database_that_is_written_by_somebody_else_is_told(
    database: Database, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.sqlite.BUSY_MILLISECONDS", 1)
    with database.write() as session:
        session.connection()
        refused = keys("rotate", NEW, OLD)
    assert refused.exit_code == 1 and "run it again" in refused.stderr
    assert keys("rotate", NEW, OLD).exit_code == 0


def test_without_a_key_server_or_its_database_that_is_told(keys: Keys, tmp_path: Path) -> None:
    elsewhere = keys("list", SAFELIGHT_ROLES="filehost", SAFELIGHT_FILEHOST_SECRET=os.urandom(32).hex())
    assert elsewhere.exit_code == 1 and "SAFELIGHT_ROLES" in elsewhere.stderr
    empty = keys("list", OLD, SAFELIGHT_DATA=str(tmp_path / "empty"), **databases(migrated=False))
    assert empty.exit_code == 1 and "safelight migrate" in empty.stderr
