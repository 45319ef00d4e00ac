"""What lies in an installation's databases and folder of files: what a request changed of it, and the way back."""

from sqlalchemy import Connection

from tests import databases
from tests.databases import Rows
from viewer.config import Settings
from viewer.database import Database

Row = tuple[object, ...]
Changes = dict[str, tuple[frozenset[Row], frozenset[Row]]]  # by table: what was added, and what was taken away
# A number that changes when anybody else has changed the database.
_VERSION = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"}
# Rows go back table by table: until all have, what refers to one may come before it.
_IN_ANY_ORDER = {
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": "SET LOCAL session_replication_role = replica",
}


class State:
    """All rows of all tables as they are now, to go back to. Used proofs are not looked at: each good proof is one."""

    def __init__(self, settings: Settings) -> None:
        self._blobs = settings.data / "blobs"
        self._files = self._read_files()
        self._kept = [_Kept(Database(settings, role)) for role in sorted(settings.roles)]

    def changes(self) -> Changes:
        """Return what has changed since, and put it all back."""
        found: Changes = {}
        for kept in self._kept:
            found |= kept.changes()
        return found | self._changed_files()

    def _changed_files(self) -> Changes:
        files = self._read_files()
        if files == self._files:
            return {}
        for name in files:
            (self._blobs / name).unlink()
        for name, content in self._files.items():
            (self._blobs / name).write_bytes(content)
        return _differences({"blobs": frozenset(self._files.items())}, {"blobs": frozenset(files.items())})

    def _read_files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self._blobs.iterdir()}

    def close(self) -> None:
        for kept in self._kept:
            kept.place.close()


class _Kept:
    """One role's database, and its rows as they were."""

    def __init__(self, database: Database) -> None:
        self._role, self.place = database.role, database.engine.connect()
        with self.place.begin():
            self._rows = _rows(self.place)
        self._version = self._now()

    def changes(self) -> Changes:
        if self._now() == self._version:
            return {}
        with self.place.begin():
            found = _differences(self._rows, _rows(self.place))
            if found:
                self.place.exec_driver_sql(_IN_ANY_ORDER[self.place.dialect.name])
            for table in found:
                self._put_back(table)
        self._version = self._now()
        return {f"{self._role}.{table}": change for table, change in found.items()}

    def _put_back(self, table: str) -> None:
        self.place.exec_driver_sql(f'DELETE FROM "{table}"')
        mark = "%s" if self.place.dialect.name == "postgresql" else "?"
        if rows := [*self._rows[table]]:
            self.place.exec_driver_sql(f'INSERT INTO "{table}" VALUES ({", ".join(mark for _ in rows[0])})', rows)

    def _now(self) -> object:
        with self.place.begin():
            return self.place.exec_driver_sql(_VERSION[self.place.dialect.name]).scalar()


def _rows(place: Connection) -> Rows:
    return {name: rows for name, rows in databases.tables(place).items() if name != "used_proof"}


def _differences(before: Rows, after: Rows) -> Changes:
    return {table: (after[table] - rows, rows - after[table]) for table, rows in before.items() if after[table] != rows}
