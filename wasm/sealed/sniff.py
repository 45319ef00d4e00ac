"""How large a picture is by its own word, read before it is drawn: a small file can claim more than a device holds.

Sources: ITU-T T.81, annex B (JPEG); PNG (W3C, third edition), section 11.2.1; WebP Container Specification, RFC 6386
section 9.1 and WebP Lossless Bitstream Specification section 3.
"""

import struct

from .errors import N_, BadReport

ENOUGH = 4 * 1024**2  # bytes from the front in which the size must stand: behind colour profiles, in a JPEG
SMALL_SIDE = 1024  # pixels; thumbnails of ours have 320
_REFUSED = N_("What was sealed is not a report of the known form. Ask the sender to send it again.")
_NO_FRAMES = frozenset({0xC4, 0xC8, 0xCC})  # among SOF0 to SOF15: tables, and one that is reserved
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


def size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels, as stored, of a JPEG, PNG or WebP by its first bytes. Raises BadReport."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data[:16] == b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR":
            width, height = struct.unpack_from(">II", data, 16)
            return width, height
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data[12:16], data[20:30])
    except (IndexError, struct.error):
        pass
    raise BadReport(_REFUSED)


def check(data: bytes, width: int, height: int) -> None:
    """Raise BadReport unless a picture is as large, in pixels, as the report's details say."""
    if size(data) != (width, height):
        raise BadReport(_REFUSED)


def check_small(data: bytes) -> None:
    """Raise BadReport unless a picture is small enough to stand beside hundreds of others."""
    if max(size(data)) > SMALL_SIDE:
        raise BadReport(_REFUSED)


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise BadReport(_REFUSED)
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _BARE:
            at += 2
        else:
            at += 2 + _length(marker, data[at + 2 : at + 4])


def _length(marker: int, written: bytes) -> int:
    """Return a segment's length; BadReport where a decoder would look for the size elsewhere, and find another."""
    length = int.from_bytes(written, "big")
    if marker in (0x00, 0xD9, 0xDA) or length < 2:  # 0: no marker; end and pixels come behind the size
        raise BadReport(_REFUSED)
    return length


def _webp(kind: bytes, payload: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return 1 + int.from_bytes(payload[4:7], "little"), 1 + int.from_bytes(payload[7:10], "little")
    if kind == b"VP8 " and payload[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", payload, 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and payload[:1] == b"\x2f":
        bits = struct.unpack_from("<I", payload, 1)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise BadReport(_REFUSED)
