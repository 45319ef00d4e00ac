"""From two shares to a file key (FORMAT.md section 3). Shares and keys are never printed."""

import hashlib
import hmac

SERVER_SHARE_LENGTH = 32  # bytes
FILE_KEY_LENGTH = 32  # bytes


def hkdf_expand(prk: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand with SHA-512 (RFC 5869 section 2.3): `length` bytes from `prk`."""
    block, output, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.digest(prk, block + info + bytes([counter]), "sha512")
        output += block
        counter += 1
    return output[:length]


def file_key(server_share: bytes, link_share: bytes | None, key_id: str) -> bytes:
    """Return the file key (32 bytes) of a server share (32 bytes) and a link share (20 bytes or None)."""
    if len(server_share) != SERVER_SHARE_LENGTH:
        raise ValueError("a server share is 32 bytes")
    # RFC 5869 section 2.2: no salt is a salt of zeros; HMAC pads an empty key to the same.
    prk = hmac.digest(b"", server_share + (link_share or b""), "sha512")
    return hkdf_expand(prk, b"safelight v1 file key\0" + key_id.encode(), FILE_KEY_LENGTH)


def link_check(link_share: bytes) -> str:
    """Return the 32 hex digits by which a file knows its link share without telling it."""
    return hashlib.sha256(b"safelight v1 link check\0" + link_share).hexdigest()[:32]
