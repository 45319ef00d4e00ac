"""What a release is measured against: a Flask route that commits one row, as durably, and does nothing else."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from viewer.config import Settings
from viewer.database import Database

Row = tuple[str, str, bytes]
_ENTRY = 2200  # bytes, as an entry of the log has
_TABLE = "CREATE TABLE IF NOT EXISTS line (number INTEGER PRIMARY KEY, report, name, body)"
_ADD = text("INSERT INTO line (report, name, body) VALUES (:report, :name, :body)")


def by_database() -> Flask:
    """The bare route that commits as the key server does: through `Database.write`."""
    database = Database(Settings.from_environment(), "bare")
    with database.write() as session:
        session.execute(text(_TABLE))

    def commit(row: Row) -> None:
        with database.write() as session:
            session.execute(_ADD, dict(zip(("report", "name", "body"), row, strict=True)))

    return _app(commit)


def by_sqlite3() -> Flask:
    """The bare route that commits by Python's sqlite3 alone, on a connection for each thread."""
    path, mine = Settings.from_environment().data / "bare.sqlite", threading.local()

    def commit_here(row: Row) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = connect(path)
        commit(mine.connection, row)

    return _app(commit_here)


def connect(path: Path) -> sqlite3.Connection:
    """Open a database with one table, as durable as ours."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(_TABLE)
    return connection


def commit(connection: sqlite3.Connection, row: Row) -> None:
    """Commit a row in a transaction of its own."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO line (report, name, body) VALUES (?, ?, ?)", row)
    connection.execute("COMMIT")


def _app(commit: Callable[[Row], None]) -> Flask:
    app = Flask(__name__)

    @app.post("/v1/keys/<report>/release")  # the very requests that the key server gets
    def release_POST(report: str) -> ResponseReturnValue:
        commit((report, request.headers["Idempotency-Key"], request.get_data().ljust(_ENTRY)))
        return jsonify(committed=True)

    return app
