"""Gunicorn's settings for a file host that is broken on purpose, as UPLOADS_BROKEN says: controls of test_cuts.py."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from flask import request

from viewer.filehost import uploads
from viewer.filehost.storage import FolderStorage


def counts_what_is_cut() -> None:
    """Counts of a piece what has come, whole or not, and looks at no proof."""

    @contextmanager
    def receive(self: FolderStorage, stream: IO[bytes], check: Callable[[bytes], None]) -> Iterator[IO[bytes]]:
        with tempfile.TemporaryFile() as file:
            with suppress(Exception):  # the connection was lost
                while data := stream.read(65_536):
                    file.write(data)
            file.seek(0)
            yield file

    FolderStorage.receive = receive  # type: ignore[method-assign]


def forgets() -> None:
    """Begins each upload anew that is asked about."""
    progress = uploads.progress

    def anew(here: Any, asker: Any, report: str) -> uploads.Progress:
        found = progress(here, asker, report)
        if request.method != "HEAD" or found.sha256:
            return found
        return uploads.begin(here, asker, report, found.length)

    uploads.progress = anew


_WAYS: dict[str, Callable[[], None]] = {way.__name__: way for way in (counts_what_is_cut, forgets)}
_WAYS[os.environ["UPLOADS_BROKEN"]]()
