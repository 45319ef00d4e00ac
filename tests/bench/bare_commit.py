"""What a release is measured against: a Flask route that commits one row, as durably, and does nothing else."""

import os
import sqlite3
import threading
from pathlib import Path

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

app = Flask(__name__)
_mine = threading.local()
_ENTRY = 2200  # bytes, as an entry of the log has


@app.post("/v1/keys/<report>/release")
def release_POST(report: str) -> ResponseReturnValue:
    """Commit a row; the requests are those that the key server gets."""
    if not hasattr(_mine, "connection"):
        _mine.connection = connect(Path(os.environ["BENCH_DATABASE"]))
    return jsonify(number=commit(_mine.connection, (report, request.headers["Idempotency-Key"], request.get_data())))


def connect(path: Path) -> sqlite3.Connection:
    """Open a database with one table, as durable as ours."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE IF NOT EXISTS line (number INTEGER PRIMARY KEY, report, name, body)")
    return connection


def commit(connection: sqlite3.Connection, row: tuple[str, str, bytes]) -> int:
    """Commit a row in a transaction of its own; return its number."""
    report, name, body = row
    connection.execute("BEGIN IMMEDIATE")
    added = connection.execute("INSERT INTO line VALUES (NULL, ?, ?, ?)", (report, name, body.ljust(_ENTRY)))
    connection.execute("COMMIT")
    return added.lastrowid or 0
