"""What is read of a photo's EXIF: which way up it is, which drawing needs; and when it was taken.

Sources: CIPA DC-008 (EXIF 2.32), sections 4.5 and 4.6.2, and TIFF 6.0, section 2.
"""

import re
import struct

from .header import is_time

UPRIGHT = 1
_ORIENTATION, _EXIF_DIRECTORY, _TAKEN = 0x0112, 0x8769, 0x9003
_ASCII, _SHORT, _LONG = 2, 3, 4
_WRITTEN = re.compile(rb"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)\0")
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def orientation(tiff: bytes) -> int:
    """Return the Orientation (1..8) of an EXIF block, which is a TIFF header and directories; 1 where none can be read.

    Never raises: a photo is not worth less because its EXIF is broken. Only one SHORT in the
    first directory counts, as in the browsers; other types and counts mean nothing there.
    """
    kind, count, value = _find(tiff, _number(tiff, tiff[4:8]), _ORIENTATION)
    turn = _number(tiff, value[:2])
    return turn if (kind, count) == (_SHORT, 1) and 1 <= turn <= 8 else UPRIGHT


def taken(tiff: bytes) -> str:
    """Return when an EXIF block says that its photo was taken ("2026-11-21T09:12:30"); empty where it does not.

    By the camera's own clock, of no time zone. Never raises, as above.
    """
    kind, _, directory = _find(tiff, _number(tiff, tiff[4:8]), _EXIF_DIRECTORY)
    if kind != _LONG:
        return ""
    kind, count, value = _find(tiff, _number(tiff, directory), _TAKEN)
    start = _number(tiff, value)
    found = _WRITTEN.fullmatch(tiff[start : start + count]) if (kind, count) == (_ASCII, 20) else None
    if found is None:
        return ""
    year, month, day, time = (part.decode() for part in found.groups())
    told = f"{year}-{month}-{day}T{time}"
    return told if is_time(f"{told}Z") else ""


def _find(tiff: bytes, directory: int, wanted: int) -> tuple[int, int, bytes]:
    """Return the type, the count and the four bytes of the value of the first entry with a tag; zeros where none is."""
    order = _BYTE_ORDERS.get(tiff[:4])
    if order is None:
        return 0, 0, bytes(4)
    try:
        (entries,) = struct.unpack_from(order + "H", tiff, directory)
        for entry in range(directory + 2, directory + 2 + 12 * entries, 12):
            tag, kind, count, value = struct.unpack_from(order + "HHI4s", tiff, entry)
            if tag == wanted:
                return kind, count, value
    except struct.error:
        pass
    return 0, 0, bytes(4)


def _number(tiff: bytes, value: bytes) -> int:
    return int.from_bytes(value, "little" if tiff.startswith(b"I") else "big")


def minimal(turn: int) -> bytes:
    """Return a fresh EXIF block that holds the orientation `turn` (1..8) alone."""
    header = b"MM\0*" + struct.pack(">I", 8)
    return header + struct.pack(">HHHIHHI", 1, _ORIENTATION, _SHORT, 1, turn, 0, 0)
