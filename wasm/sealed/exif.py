"""The one thing of a photo's EXIF that drawing needs: which way up it is.

Sources: CIPA DC-008 (EXIF 2.32), sections 4.5 and 4.6.2, and TIFF 6.0, section 2.
"""

import struct

UPRIGHT = 1
_ORIENTATION = 0x0112
_SHORT = 3
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def orientation(tiff: bytes) -> int:
    """Return the Orientation (1..8) of an EXIF block, which is a TIFF header and directories; 1 where none can be read.

    Never raises: a photo is not worth less because its EXIF is broken. Only one SHORT in the
    first directory counts, as in the browsers; other types and counts mean nothing there.
    """
    order = _BYTE_ORDERS.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (at,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, at)
        for entry in range(at + 2, at + 2 + 12 * entries, 12):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", tiff, entry)
            if tag == _ORIENTATION:
                return value if (kind, count) == (_SHORT, 1) and 1 <= value <= 8 else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT


def minimal(turn: int) -> bytes:
    """Return a fresh EXIF block that holds the orientation `turn` (1..8) alone."""
    header = b"MM\0*" + struct.pack(">I", 8)
    return header + struct.pack(">HHHIHHI", 1, _ORIENTATION, _SHORT, 1, turn, 0, 0)
