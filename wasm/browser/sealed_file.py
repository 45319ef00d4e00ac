"""Where a sealed report lies on the sender's device until it is uploaded: a file that no other site sees, or memory."""

import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import js
from pyodide.ffi import JsException

from .convert import plain_object


async def write(name: str, pieces: AsyncIterator[Any], done: Callable[[int], object]) -> tuple[str, int, list[Any]]:
    """Write Uint8Arrays into the origin's private file `name`, in place of one of that name.

    Returns the SHA-256 in hex, the length in bytes, and, where the browser has no such files (as in some private
    windows), the pieces themselves: else an empty list. Tells `done` how many bytes are written.
    """
    file = await _open(name)
    digest, length, kept = hashlib.sha256(), 0, []
    try:
        async for piece in pieces:
            digest.update(piece.to_py())
            if file is None:
                kept.append(piece)
            elif file.write(piece, plain_object({"at": length})) != piece.length:
                raise OSError("no room")
            length += piece.length
            done(length)
        if file is not None:
            file.flush()
    finally:
        if file is not None:
            file.close()
    return digest.hexdigest(), length, kept


async def _open(name: str) -> Any:
    """Return an empty file, open for writing; None where there can be none."""
    try:
        folder = await js.navigator.storage.getDirectory()
        handle = await folder.getFileHandle(name, plain_object({"create": True}))
        file = await handle.createSyncAccessHandle()
    except (JsException, AttributeError):
        return None
    file.truncate(0)
    return file
