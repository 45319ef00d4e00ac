"""Watches which parts of a plaintext a reader hands on, while each chunk of the file in turn is bad."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sealed import archive
from sealed.cobblestone import CHUNK, SEALED_CHUNK
from sealed.header import read_front

from . import read
from .run import Open, verdict

NAMES = ("three chunks", "plaintext of exactly two chunks", "plaintext of one chunk and one byte")


async def offences(open_: Open, text: str) -> list[str]:
    """Return a line for each bad chunk that was not refused, or of which plaintext was handed on.

    Each chunk is bad in its first byte and in the last one of its tag.
    """
    found = []
    for vector in read(text):
        if vector["name"] not in NAMES:
            continue
        file, inputs = vector["file"], (vector["server_share"], vector["link"])
        whole = _covered(await _handed_on(open_, file, *inputs))
        if whole != _length(file):
            found.append(f"{vector['name']}: of the whole file, {whole} bytes were seen: this test sees nothing")
        for number, start, at in _places(file):
            bad = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
            got, parts = (await verdict(open_(bad, *inputs)))[0], await _handed_on(open_, bad, *inputs)
            leaked = any(begin < start + CHUNK and start < end for begin, end in parts)
            if got != "WrongKeyOrDamaged" or leaked:
                found.append(f"{vector['name']}, chunk {number}: {got}, {'' if leaked else 'not '}handed on")
    return found


def _length(file: bytes) -> int:
    body = len(file) - read_front(file).length
    return body - 16 * (body // SEALED_CHUNK + 1)


def _places(file: bytes) -> Iterator[tuple[int, int, int]]:
    """Each chunk's number, its offset in the plaintext, and the offset in the file of a byte to damage."""
    first = read_front(file).length
    for number, begin in enumerate(range(first, len(file), SEALED_CHUNK)):
        for at in (begin, min(begin + SEALED_CHUNK, len(file)) - 1):
            yield number, number * CHUNK, at


async def _handed_on(open_: Open, file: bytes, *inputs: Any) -> list[tuple[int, int]]:
    with _watching() as parts:
        await verdict(open_(file, *inputs))
    return parts


def _covered(parts: list[tuple[int, int]]) -> int:
    """How many bytes from the first one on were handed on without a gap."""
    end = 0
    for begin, until in sorted(parts):
        end = max(end, until) if begin <= end else end
    return end


@contextmanager
def _watching() -> Iterator[list[tuple[int, int]]]:
    """Yield a list that fills with the (begin, end) of each part of the plaintext that the archive's reader gets."""
    parts: list[tuple[int, int]] = []
    plain = archive.directory_start, archive.read_directory, archive.Entry.read

    def directory_start(tail: bytes, total: int) -> int:
        parts.append((total - len(tail), total))
        return plain[0](tail, total)

    def read_directory(data: bytes, start: int) -> list[archive.Entry]:
        parts.append((start, start + len(data)))
        return plain[1](data, start)

    def read_entry(self: archive.Entry, data: bytes) -> bytes:
        parts.append((self.start, self.start + len(data)))
        return plain[2](self, data)

    archive.directory_start, archive.read_directory = directory_start, read_directory
    archive.Entry.read = read_entry  # type: ignore[method-assign]
    try:
        yield parts
    finally:
        archive.directory_start, archive.read_directory = plain[:2]
        archive.Entry.read = plain[2]  # type: ignore[method-assign]
