"""Looks at a sealed report on the disk as somebody who broke into the file host would."""

from pathlib import Path
from typing import Any

from sealed.header import read_front

from .place import shown

_SHOWN = 256  # bytes


def look(path: Path, words: tuple[str, ...]) -> dict[str, Any]:
    """Read a sealed report now: its length, its first bytes in hex, and which words occur anywhere in it.

    `readable` is how many of its first bytes are not noise. Raises OSError, NotSealed.
    """
    data = path.read_bytes()
    return {
        "path": shown(path),
        "length": len(data),
        "start": data[:_SHOWN].hex(),
        "readable": len(read_front(data).context),
        "words": [{"word": word, "found": word.encode() in data} for word in words],
    }
