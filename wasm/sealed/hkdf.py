"""Keys from keys: HKDF (RFC 5869), for the files' keys with SHA-512, for the release's with SHA-256."""

import hmac
from typing import Literal

Hash = Literal["sha256", "sha512"]


def extract(salt: bytes, ikm: bytes, hash_name: Hash) -> bytes:
    """HKDF-Extract (section 2.2): one strong key, as long as the hash. No salt is an empty one."""
    # The RFC's salt of zeros is the same: HMAC pads a short key with zeros.
    return hmac.digest(salt, ikm, hash_name)


def expand(prk: bytes, info: bytes, length: int, hash_name: Hash) -> bytes:
    """HKDF-Expand (section 2.3): `length` bytes, at most 255 times the hash's, from a strong key."""
    block, output, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.digest(prk, block + info + bytes([counter]), hash_name)
        output += block
        counter += 1
    return output[:length]
