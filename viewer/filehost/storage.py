"""Where sealed reports lie: files in a folder. Other stores come beside this one."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sealed.base32 import is_id

_PIECE = 1024 * 1024  # bytes


class TooLong(Exception):
    """More bytes came than were allowed."""


@dataclass(frozen=True)
class Received:
    """Bytes that have arrived and lie on the disk, still under no name of theirs."""

    path: Path
    length: int
    sha256: str


class FolderStorage:
    """Keeps each blob as a file named by its id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def receive(self, stream: IO[bytes], limit: int, check: Callable[[bytes], None]) -> Received:
        """Write a stream to the disk, durably, beside the blobs. Raises TooLong beyond `limit` bytes.

        `check` gets the SHA-256 of what came. Whatever goes wrong, and whatever it raises, nothing stays.
        """
        digest, length = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix="incoming-", delete=False) as file:
            path = Path(file.name)
            try:
                while piece := stream.read(_PIECE):
                    length += len(piece)
                    if length > limit:
                        raise TooLong
                    digest.update(piece)
                    file.write(piece)
                check(digest.digest())
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        return Received(path, length, digest.hexdigest())

    def keep(self, received: Received, blob_id: str) -> None:
        """Give received bytes their name, durably, in one step."""
        received.path.replace(self.path(blob_id))
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def path(self, blob_id: str) -> Path:
        """Return where a blob lies; ValueError for what is not an id, so no name leads out of the folder."""
        if not is_id(blob_id):
            raise ValueError("not an id")
        return self._folder / f"{blob_id}.sealed"
