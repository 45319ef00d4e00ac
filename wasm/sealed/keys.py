"""From two shares to a file key (FORMAT.md section 3). Shares and keys are never printed."""

import hashlib

from . import hkdf

SERVER_SHARE_LENGTH = 32  # bytes
FILE_KEY_LENGTH = 32  # bytes


def file_key(server_share: bytes, link_share: bytes | None, key_id: str) -> bytes:
    """Return the file key (32 bytes) of a server share (32 bytes) and a link share (20 bytes or None)."""
    if len(server_share) != SERVER_SHARE_LENGTH:
        raise ValueError("a server share is 32 bytes")
    prk = hkdf.extract(b"", server_share + (link_share or b""), "sha512")
    return hkdf.expand(prk, b"safelight v1 file key\0" + key_id.encode(), FILE_KEY_LENGTH, "sha512")


def recovery_info(organisation: str, key_id: str) -> bytes:
    """Return HPKE's `info` of a link share that is sealed to an organisation's recovery key (FORMAT.md section 7)."""
    return f"safelight v1 recovery\0{organisation}\0{key_id}\0".encode()


def recovery_mark(public_key: bytes) -> str:
    """Return the sixteen digits, in fours, by which people compare an organisation's public recovery key."""
    digits = hashlib.sha256(b"safelight v1 recovery key\0" + public_key).hexdigest()
    return " ".join(digits[start : start + 4] for start in range(0, 16, 4))


def link_check(link_share: bytes) -> str:
    """Return the 32 hex digits by which a file knows its link share without telling it."""
    return hashlib.sha256(b"safelight v1 link check\0" + link_share).hexdigest()[:32]
