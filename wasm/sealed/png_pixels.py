"""Follows the packed pixels of a PNG to their end, to see that they are all there and no more.

Nothing is kept but a count: rows are looked at as they come out, and the packed bytes are copied.
Sources: Portable Network Graphics (W3C, third edition), sections 7, 8.1, 9 and 10; RFC 1950.
"""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from .errors import PhotoRefused
from .stripped import CUT, check_size, damaged, rare

GREY, COLOUR, PALETTE, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
_CHANNELS = {GREY: 1, COLOUR: 3, PALETTE: 1, GREY_ALPHA: 2, COLOUR_ALPHA: 4}
_DEPTHS = {GREY: (1, 2, 4, 8, 16), PALETTE: (1, 2, 4, 8)}
_OTHER_DEPTHS = (8, 16)
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Adam7: the first column and row of each pass, and the steps from one to the next (section 8.1)."""
_FILTERS = 5
_PIECE = 16 * 1024
"""Packed bytes taken at a time: deflate makes at most 1032 of one, so 17 MB at once and never a bomb."""


class Header(NamedTuple):
    """The picture's own header, an IHDR: size in pixels, bits for each number, which colours."""

    width: int
    height: int
    depth: int
    colours: int
    interlaced: bool


def read_header(payload: bytes) -> Header:
    """Read an IHDR (section 11.2.1). Raises PhotoRefused if broken, or too large to be drawn."""
    if len(payload) != 13:
        raise damaged("the header of the picture is broken")
    width, height = int.from_bytes(payload[:4], "big"), int.from_bytes(payload[4:8], "big")
    depth, colours, *methods, interlaced = payload[8:]
    if colours not in _CHANNELS or depth not in _DEPTHS.get(colours, _OTHER_DEPTHS) or not width or not height:
        raise damaged("the header of the picture is broken")
    if any(methods) or interlaced > 1:
        raise rare("PNG", "its pixels are packed in an unknown way")
    check_size(width, height)
    return Header(width, height, depth, colours, bool(interlaced))


def end_of_pixels(packed: bytes, header: Header) -> int:
    """Return how many bytes of `packed`, the content of all IDATs, are the picture.

    Raises PhotoRefused unless they unpack to the rows that `header` promises, each with a filter
    that exists, and the checksum is right.
    """
    unpacker, fed = zlib.decompressobj(), 0

    def blocks() -> Iterator[bytes]:
        nonlocal fed
        while not unpacker.eof:
            piece = packed[fed : fed + _PIECE]
            fed += len(piece)
            if not piece:
                raise PhotoRefused(CUT)
            yield unpacker.decompress(piece)

    try:
        stream = blocks()
        rest = _rows(stream, header)
        while not rest and not unpacker.eof:
            rest = next(stream, b"")
    except zlib.error:
        raise damaged("its pixels cannot be unpacked") from None
    if rest:
        raise damaged("it holds more picture than it shows")
    return fed - len(unpacker.unused_data)


def _rows(stream: Iterator[bytes], header: Header) -> bytes:
    """Check the rows that come out of `stream`; return what came out with the last of them and is no row."""
    block = b""
    for rows, length in _passes(header):
        left = rows
        while left:
            whole = min(left, len(block) // length)
            if whole and max(block[: whole * length : length]) >= _FILTERS:
                raise damaged("its pixels are written in an unknown way")
            block, left = block[whole * length :], left - whole
            if left:
                more = next(stream, None)
                if more is None:
                    raise PhotoRefused(CUT)
                block += more
    return block


def _passes(header: Header) -> Iterator[tuple[int, int]]:
    """The number of rows in each pass over the picture, and bytes in each row, its filter with it."""
    bits = header.depth * _CHANNELS[header.colours]
    for column, row, across, down in _PASSES if header.interlaced else ((0, 0, 1, 1),):
        width, rows = -((column - header.width) // across), -((row - header.height) // down)
        if width > 0 and rows > 0:
            yield rows, 1 + (width * bits + 7) // 8
