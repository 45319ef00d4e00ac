"""Where sealed reports lie: files in a folder. Other stores come beside this one."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import IO

from sealed.base32 import is_id

_PIECE = 1024 * 1024  # bytes


class Busy(Exception):
    """Somebody else is changing this very file."""


class Held:
    """A report's file while nobody else can add to it."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def put(self, piece: IO[bytes], at: int) -> None:
        """Bring a piece to the disk, in place of whatever lies from `at` on."""
        self._file.truncate(at)
        self._file.seek(at)
        try:
            while data := memoryview(piece.read(_PIECE)):
                while data:
                    data = data[self._file.write(data) :]  # a disk that is filling up takes a part
            os.fsync(self._file.fileno())
        except BaseException:
            with suppress(OSError):  # a disk that is full has room again
                self._file.truncate(at)
            raise

    def sha256(self) -> str:
        """Return the SHA-256 of all that is there, in hex."""
        self._file.seek(0)
        return hashlib.file_digest(self._file, "sha256").hexdigest()


class FolderStorage:
    """Keeps each report as a file named by its id. Which of its bytes count, and for whom, the database knows alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def receive(self, stream: IO[bytes], check: Callable[[bytes], None]) -> Iterator[IO[bytes]]:
        """Take what a stream brings into a file without a name, which ends with the block or with the process.

        A connection that never ends keeps nobody out: it holds no report's file. `check` gets the SHA-256 of all that
        came, and may raise.
        """
        digest = hashlib.sha256()
        with tempfile.TemporaryFile(dir=self._folder) as file:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                file.write(piece)
            check(digest.digest())
            file.seek(0)
            yield file

    @contextmanager
    def hold(self, blob_id: str) -> Iterator[Held]:
        """Hold a report's file. Raises Busy, and FileNotFoundError where there is none."""
        with self.path(blob_id).open("r+b", buffering=0) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # goes with the process, too
            except BlockingIOError:
                raise Busy from None
            yield Held(file)

    def make(self, blob_id: str) -> None:
        """Let there be a report's file; what lies in one that is there already stays."""
        os.close(os.open(self.path(blob_id), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        self._sync()

    def remove(self, blob_id: str) -> None:
        """Remove a report's file, durably; nothing where there is none."""
        self.path(blob_id).unlink(missing_ok=True)
        self._sync()

    def length(self, blob_id: str) -> int:
        """Return how many bytes of a report's file there are; 0 where there is none."""
        try:
            return self.path(blob_id).stat().st_size
        except FileNotFoundError:
            return 0

    def path(self, blob_id: str) -> Path:
        """Return where a blob lies; ValueError for what is not an id, so no name leads out of the folder."""
        if not is_id(blob_id):
            raise ValueError("not an id")
        return self._folder / f"{blob_id}.sealed"

    def _sync(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
