"""Copies what a server keeps into a folder, while it runs: from there it can be put back (README, "Operate").

The order makes it whole. Portal, key server, file host: what one of them knows of a report, those after it know too,
since they are read later. At the file host its database first, then the files that it names: a file is whole before
its row is there, and none is changed after that; uploads that are still open are left out. The databases get their
names last: a run that was interrupted leaves those of the run before, to which all files are still there. What senders
have removed since then goes at the very end; a row without a file is a report that is gone.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import select

from .config import ROLES, Settings
from .database import Database
from .filehost.models import Blob
from .sender.files import new_file


class BackupFailed(Exception):
    """Something is missing or damaged where it is copied from; the text says what."""


def backup(settings: Settings, folder: Path) -> tuple[list[str], int]:
    """Copy the roles' SQLite databases and the sealed reports into a folder, whatever an earlier run left there.

    Return which roles' databases were copied, and how many files were new. Raises BackupFailed, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    roles = [role for role in ROLES if role in settings.roles and role not in settings.databases]
    with ExitStack() as made:
        for role in roles:
            made.enter_context(_copy(settings.data, folder, role))
        files, named = _files(settings, folder / "blobs") if "filehost" in settings.roles else (0, set[str]())
    _sync(folder)
    for file in (folder / "blobs").glob("*.sealed"):
        if file.stem not in named:
            file.unlink()
    return roles, files


@contextmanager
def _copy(data: Path, folder: Path, role: str) -> Iterator[None]:
    """Copy a database by SQLite's own backup, in one piece; it takes its name when the block is left."""
    source = data / f"{role}.sqlite"
    with new_file(folder / source.name) as file:
        # Only what is there is opened: SQLite would make a new one.
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True)) as reading,
            closing(sqlite3.connect(file.name)) as writing,
        ):
            try:
                reading.backup(writing)
                writing.execute("PRAGMA journal_mode=DELETE")  # in one file: the server turns it back by itself
                [(found,), *_] = writing.execute("PRAGMA quick_check").fetchall()
            except sqlite3.DatabaseError as error:
                raise BackupFailed(f"The {role}'s database cannot be read: {error}.") from None
            if found != "ok":
                raise BackupFailed(f"The {role}'s database is damaged. Keep the last good backup: {folder}.")
        yield


def _files(settings: Settings, target: Path) -> tuple[int, set[str]]:
    """Copy the sealed reports that the database names by now; return how many were not there yet, and all by id."""
    target.mkdir(exist_ok=True, mode=0o700)
    database = Database(settings, "filehost")
    with database.read() as session:
        lengths = {name: length for name, length, *_ in session.execute(select(Blob.id, Blob.length))}
    new = 0
    for name, length in list(lengths.items()):
        file = target / f"{name}.sealed"
        if not file.exists():
            try:
                _bring(settings.data / "blobs" / file.name, file)
            except FileNotFoundError:
                with database.read() as session:
                    if session.get(Blob, name):
                        raise BackupFailed(f"The sealed report {file.name} is not there any more.") from None
                del lengths[name]  # its sender has removed it just now
                continue
            new += 1
        if file.stat().st_size != length:
            raise BackupFailed(f"The sealed report {file.name} has another length than it should have.")
    _sync(target)
    return new, {*lengths}


def _bring(source: Path, target: Path) -> None:
    """Give a file a second name on the same disk, else copy it. Raises FileNotFoundError where it is not there."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one without such names
        with source.open("rb") as reading, new_file(target) as writing:
            shutil.copyfileobj(reading, writing)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
