"""A link on its way from a phone to a computer: what is sealed to the computer's key, and a mark to compare by.

The steps are FORMAT.md section 8's; nothing here is secret but what `pack` returns.
"""

import hashlib

from .base32 import ID_LENGTH, LINK_SHARE_LENGTH, encode, is_id
from .hpke import POINT

PACKED = ID_LENGTH + LINK_SHARE_LENGTH  # bytes
SEALED = POINT + PACKED + 16  # bytes: enc, what is packed, AES-GCM's tag


def info(handover: str) -> bytes:
    """Return HPKE's `info`, which ties what is sealed to one handover."""
    return f"safelight v1 handover\0{handover}\0".encode()


def pack(report: str, link_share: bytes) -> bytes:
    """Return what is sealed: a report's id and its link share (20 bytes). Raises ValueError for other things."""
    if not is_id(report) or len(link_share) != LINK_SHARE_LENGTH:
        raise ValueError("a report has an id, and a link share of 20 bytes")
    return report.encode() + link_share


def unpack(packed: bytes) -> tuple[str, bytes]:
    """Return a report's id and its link share. Raises ValueError for what `pack` has not made."""
    report, link_share = packed[:ID_LENGTH].decode("ascii"), packed[ID_LENGTH:]
    pack(report, link_share)
    return report, link_share


def mark(handover: str, public_key: bytes) -> str:
    """Return four characters that both screens show: a person sees that it is this computer that they have scanned."""
    digest = hashlib.sha256(b"safelight v1 handover mark\0" + handover.encode() + b"\0" + public_key).digest()
    return encode((int.from_bytes(digest[:3], "big") >> 4).to_bytes(3, "big"), 4)
