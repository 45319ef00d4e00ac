"""Health and readiness: one word for each role, the same for everybody, and little work however often it is asked."""

import shutil
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import databases, postgresql
from tests.inprocess import Bearer
from tests.keyserver.steps import create
from viewer import health
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver.vault import Vault
from viewer.postgresql import _NUMBERS

OK = {"portal": "ok", "keyserver": "ok", "filehost": "ok"}
Fault = Callable[[Flask, Settings], None]


def ready(app: Flask) -> tuple[int, dict[str, str]]:
    app.extensions["safelight.health"]._until = 0  # what was found before is forgotten
    answer = app.test_client().get("/v1/health/ready")
    assert set(answer.json) == {"roles"}
    return answer.status_code, answer.json["roles"]


def no_database(app: Flask, settings: Settings) -> None:
    app.extensions["safelight.portal"].engine.dispose()
    if postgresql.IN_USE:
        name = app.extensions["safelight.portal"].engine.url.database
        postgresql.cluster().do(f"DROP DATABASE {name} WITH (FORCE)")
        return
    shutil.rmtree(settings.data)
    settings.data.mkdir()
    (settings.data / "portal.sqlite").mkdir()


def another_schema(app: Flask, settings: Settings) -> None:
    databases.change(settings, "filehost", "UPDATE alembic_version SET version_num = '9999'")


def jammed(app: Flask, settings: Settings) -> None:
    """The database is there, and no place for a writer."""
    if postgresql.IN_USE:
        app.extensions["another writer"] = writer = Database(settings, "filehost").engine.connect()
        writer.execute(select(func.pg_advisory_lock(_NUMBERS["filehost"])))
        return
    (settings.data / "filehost.line").unlink(missing_ok=True)
    (settings.data / "filehost.line").mkdir()


def another_kek(app: Flask, settings: Settings) -> None:
    here = app.extensions["safelight.keyserver"]
    object.__setattr__(here, "vault", Vault([bytes(32)]))


def stopped(app: Flask, settings: Settings) -> None:
    app.extensions["safelight.keyserver"].witnesses._stopped = True


@pytest.mark.parametrize(
    ("fault", "role", "word"),
    [
        (no_database, "portal", "database"),
        (another_schema, "filehost", "schema"),
        (jammed, "filehost", "database"),
        (another_kek, "keyserver", "key"),
        (stopped, "keyserver", "stopped"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_what_is_wanting_is_told_in_a_word(
    app: Flask, settings: Settings, owner: Bearer, fault: Fault, role: str, word: str
) -> None:
    create(app.test_client(), owner)
    assert ready(app) == (200, OK), "control: before it, all is well"
    fault(app, settings)
    status, roles = ready(app)
    assert (status, roles[role]) == (503, word)
    live = app.test_client().get("/v1/health/live")
    assert (live.status_code, live.json) == (200, {"roles": OK}), "to start it anew would help nothing"


def test_it_is_looked_at_once_a_second_at_most(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    check = Database.check

    def counted(self: Database) -> None:
        looked.append(self.role)
        check(self)

    monkeypatch.setattr(Database, "check", counted)
    monkeypatch.setattr(health, "EVERY", 3600)
    for _ in range(50):
        assert app.test_client().get("/v1/health/ready").status_code == 200
    assert sorted(looked) == ["filehost", "keyserver", "portal"]
    assert ready(app)[0] == 200 and len(looked) == 6, "control: once that time is over, again"
