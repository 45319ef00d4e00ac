"""Files and folders that are there whole or not at all, and for their owner only."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file to fill. It takes its name when all has gone well (in place of another), and goes when not."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        making = Path(file.name)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            making.replace(path)
        except BaseException:
            making.unlink()
            raise


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a folder to fill. It takes its name when all has gone well, and goes when not.

    Raises FileExistsError where something of that name is there, before anything is done.
    """
    if path.exists() or path.is_symlink():
        raise FileExistsError(errno.EEXIST, "It is there already. Choose a new folder", str(path))
    making = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
    try:
        yield making
        making.rename(path)
    except BaseException:
        shutil.rmtree(making)
        raise


def write(path: Path, content: bytes) -> None:
    """Write a new file, and the folder it lies in."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
