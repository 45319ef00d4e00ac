"""The tags of a colour profile that change colours, each read and written again by its own type.

Which tags: those that Chromium's skcms and LittleCMS read to turn a picture's numbers into
colours (ICC.1:2022, clause 9.2), with the media points beside them. What each type holds, and so
how long it is: ICC.1:2022, clause 10.
"""

import math
import struct
from collections.abc import Callable

from .errors import PhotoRefused

_TABLE_HEADER = {b"mft1": (48, 1), b"mft2": (52, 2)}
_PARAMETERS = (1, 3, 4, 5, 7)


def broken() -> PhotoRefused:
    """The refusal of a profile whose content does not fit its own description."""
    return PhotoRefused(
        "The colour profile inside this photo is damaged, so its colours could not be kept as "
        "they are. Take the photo from the camera again, or take a new one."
    )


def take(data: bytes, at: int, length: int) -> bytes:
    """Return exactly `length` bytes of `data` from offset `at`; PhotoRefused if not all there."""
    part = data[at : at + length]
    if at < 0 or len(part) != length:
        raise broken()
    return part


def pad(data: bytes) -> bytes:
    """Return `data` with the zeros that end it on a multiple of four bytes."""
    return data + bytes(-len(data) % 4)


def _plain(kind: bytes, length: int) -> Callable[[bytes], bytes]:
    """A type of fixed length: `kind`, four reserved bytes, numbers up to `length`."""

    def read(tag: bytes) -> bytes:
        if tag[:4] != kind:
            raise broken()
        return kind + bytes(4) + take(tag, 8, length - 8)

    return read


def _curve(tag: bytes) -> bytes:
    """One tone curve (clauses 10.6 and 10.18), at the start of `tag`; what follows is left."""
    if tag[:4] == b"curv":
        count = int.from_bytes(take(tag, 8, 4), "big")
        return b"curv" + bytes(4) + take(tag, 8, 4 + 2 * count)
    if tag[:4] == b"para":
        function = int.from_bytes(take(tag, 8, 2), "big")
        if function >= len(_PARAMETERS):
            raise broken()
        numbers = take(tag, 12, 4 * _PARAMETERS[function])
        return b"para" + bytes(4) + take(tag, 8, 2) + bytes(2) + numbers
    raise broken()


def _curves(tag: bytes, at: int, count: int) -> bytes:
    """`count` tone curves that follow each other from offset `at`, each padded to four bytes."""
    found = b""
    for _ in range(count):
        found += pad(_curve(tag[at + len(found) :]))
    return found


def _table(tag: bytes) -> bytes:
    """A lookup table of 8 or 16 bits (clauses 10.10 and 10.11)."""
    header, width = _TABLE_HEADER[tag[:4]]
    inputs, outputs, grid = take(tag, 8, 3)
    rows_in = rows_out = 256
    if width == 2:
        rows_in, rows_out = struct.unpack(">HH", take(tag, 48, 4))
    numbers = rows_in * inputs + grid**inputs * outputs + rows_out * outputs
    body = take(tag, 12, header - 12 + width * numbers)
    return tag[:4] + bytes(4) + bytes((inputs, outputs, grid, 0)) + body


def _grid(tag: bytes, at: int, inputs: int, outputs: int) -> bytes:
    """The many-dimensional table inside an `mAB ` or `mBA ` (clause 10.12.3)."""
    points, width = take(tag, at, inputs), take(tag, at + 16, 1)
    if width not in (b"\1", b"\2"):
        raise broken()
    numbers = take(tag, at + 20, math.prod(points) * outputs * width[0])
    return pad(points + bytes(16 - inputs) + width + bytes(3) + numbers)


def _staged(tag: bytes) -> bytes:
    """Curves, matrix, curves, table, curves: `mAB ` and `mBA ` (clauses 10.12 and 10.13)."""
    inputs, outputs = take(tag, 8, 2)
    if not (1 <= inputs <= 15 and 1 <= outputs <= 15):
        raise broken()
    colours, device = (outputs, inputs) if tag[:4] == b"mAB " else (inputs, outputs)
    readers: tuple[Callable[[int], bytes], ...] = (
        lambda at: _curves(tag, at, colours),
        lambda at: take(tag, at, 48),
        lambda at: _curves(tag, at, colours),
        lambda at: _grid(tag, at, inputs, outputs),
        lambda at: _curves(tag, at, device),
    )
    offsets, body = [], b""
    for read, at in zip(readers, struct.unpack(">5I", take(tag, 12, 20)), strict=True):
        offsets.append(32 + len(body) if at else 0)
        body += read(at) if at else b""
    head = tag[:4] + bytes(4) + bytes((inputs, outputs, 0, 0))
    return head + struct.pack(">5I", *offsets) + body


def _lookup(staged: bytes) -> Callable[[bytes], bytes]:
    """A colour transform: either kind of plain table, or the `staged` kind of its direction."""

    def read(tag: bytes) -> bytes:
        if tag[:4] in _TABLE_HEADER:
            return _table(tag)
        if tag[:4] == staged:
            return _staged(tag)
        raise broken()

    return read


_point, _matrix, _cicp = _plain(b"XYZ ", 20), _plain(b"sf32", 44), _plain(b"cicp", 12)
_to_colour, _to_device = _lookup(b"mAB "), _lookup(b"mBA ")

KEPT: dict[bytes, Callable[[bytes], bytes]] = {
    **dict.fromkeys((b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"bkpt"), _point),
    **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC", b"kTRC"), _curve),
    **dict.fromkeys((b"A2B0", b"A2B1", b"A2B2"), _to_colour),
    **dict.fromkeys((b"B2A0", b"B2A1", b"B2A2"), _to_device),
    b"chad": _matrix,
    b"cicp": _cicp,
}
"""Tag signature to the function that writes that tag's content again or raises PhotoRefused."""

FLOATING = frozenset(b"%s%d" % (way, i) for way in (b"D2B", b"B2D") for i in range(4))
"""Transforms that LittleCMS prefers to A2B and skcms passes over: two readers, two pictures."""
