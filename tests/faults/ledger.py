"""Reads a key server's log straight from its database."""

import shutil
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from sealed import merkle, notes

NAME = "keyserver.sqlite"
_ENTRIES = "SELECT number, action, outcome, idempotency_key, key_id, body FROM entry ORDER BY number"
_NEWEST = "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1"


@dataclass(frozen=True)
class Ledger:
    """What a database says: whether it is whole, its entries by number, its releases by idempotency key
    and by report.

    `checkpoint` is the newest one's text, `tree` what it should be by the entries themselves.
    """

    integrity: str
    numbers: list[int]
    released: Counter[str]
    reports: Counter[str]
    checkpoint: str
    tree: str

    @property
    def sound(self) -> bool:
        """Nothing corrupt, no gap and no duplicate, and the newest checkpoint is that of all entries."""
        gapless = self.numbers == list(range(len(self.numbers)))
        return (self.integrity, self.checkpoint) == ("ok", self.tree) and gapless and not self.twice

    @property
    def twice(self) -> int:
        """How many releases have more than one entry."""
        return sum(count > 1 for count in self.released.values())


def read(database: Path) -> Ledger:
    """Open a database as the key server would after a crash, and read its log."""
    connection = sqlite3.connect(database)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        integrity = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
        rows = connection.execute(_ENTRIES).fetchall()
        newest = connection.execute(_NEWEST).fetchall()
    finally:
        connection.close()
    return _ledger(integrity, rows, newest)


def read_postgresql(url: str) -> Ledger:
    """Read the log in a PostgreSQL database. Whether its indexes are whole, a query that uses them would not tell."""
    with psycopg.connect(url, user="postgres") as connection:  # its owner may not look at indexes
        connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        connection.execute(
            "SELECT bt_index_check(indexrelid, true) FROM pg_index JOIN pg_class ON pg_class.oid = indrelid "
            "WHERE relnamespace = 'public'::regnamespace"
        )
        rows = connection.execute(_ENTRIES).fetchall()
        newest = connection.execute(_NEWEST).fetchall()
    return _ledger("ok", rows, newest)


def of_server(database: str, data: Path, folder: Path) -> Ledger:
    """Read the log of a server: in the PostgreSQL database at a URL, or else in its folder `data`, by a copy."""
    return read_postgresql(database) if database else read_copy(data, folder)


def _ledger(integrity: str, rows: list[Any], newest: list[Any]) -> Ledger:
    releases = [row for row in rows if row[1:3] == ("release", "granted")]
    released, reports = Counter(row[3] for row in releases), Counter(row[4] for row in releases)
    checkpoint = notes.read_note(newest[0][0]).text if newest else ""
    tree = of(checkpoint.partition("\n")[0], [row[5] for row in rows]) if newest else ""
    return Ledger(integrity, [row[0] for row in rows], released, reports, checkpoint, tree)


def of(origin: str, entries: list[bytes]) -> str:
    """The text of the checkpoint that a log with these entries must have."""
    known: dict[merkle.Node, bytes] = {}

    def get(level: int, index: int) -> bytes:
        return known[level, index]

    for number, entry in enumerate(entries):
        for level, index, digest in merkle.completed(number, merkle.leaf_hash(entry), get):
            known[level, index] = digest
    return notes.Checkpoint(origin, len(entries), merkle.root(len(entries), get)).text()


def read_copy(data: Path, folder: Path) -> Ledger:
    """Read the log of a running server at a moment when nobody writes, and leave its files alone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for end in ("", "-wal"):
        if (data / (NAME + end)).exists():
            shutil.copyfile(data / (NAME + end), folder / (NAME + end))
    return read(folder / NAME)
