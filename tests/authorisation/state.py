"""What lies in an installation's databases and folder of files: what a request changed of it, and the way back."""

import sqlite3

from viewer.config import Settings

Row = tuple[object, ...]
Rows = dict[str, frozenset[Row]]  # by table
Changes = dict[str, tuple[frozenset[Row], frozenset[Row]]]  # by table: what was added, and what was taken away


class State:
    """All rows of all tables as they are now, to go back to. Used proofs are not looked at: each good proof is one."""

    def __init__(self, settings: Settings) -> None:
        self._blobs = settings.data / "blobs"
        self._places = {role: sqlite3.connect(settings.data / f"{role}.sqlite") for role in sorted(settings.roles)}
        self._kept = {role: sqlite3.connect(":memory:") for role in self._places}
        for role, place in self._places.items():
            place.backup(self._kept[role])
        self._files = self._read_files()
        self._rows = {role: _rows(role, place) for role, place in self._places.items()}
        self._versions = {role: _version(place) for role, place in self._places.items()}

    def changes(self) -> Changes:
        """Return what has changed since, and put it all back."""
        found: Changes = {}
        for role, place in self._places.items():
            if _version(place) != self._versions[role]:
                found |= _differences(self._rows[role], _rows(role, place))
                if any(table.startswith(f"{role}.") for table in found):
                    self._kept[role].backup(place)
                self._versions[role] = _version(place)
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
        for connection in (*self._places.values(), *self._kept.values()):
            connection.close()


def _version(place: sqlite3.Connection) -> int:
    """Return a number that changes when anybody else has changed the database."""
    return int(place.execute("PRAGMA data_version").fetchone()[0])


def _rows(role: str, place: sqlite3.Connection) -> Rows:
    named = place.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'used_proof'")
    tables = [name for (name,) in named]
    return {f"{role}.{name}": frozenset(place.execute(f'SELECT * FROM "{name}"')) for name in tables}


def _differences(before: Rows, after: Rows) -> Changes:
    return {table: (after[table] - rows, rows - after[table]) for table, rows in before.items() if after[table] != rows}
