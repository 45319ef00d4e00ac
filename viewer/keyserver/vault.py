"""Server shares at rest: wrapped under a key-encryption key (KEK), which is in no database."""

import hashlib
import logging
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..problems import Problem

_KEK_ID = 8  # bytes
_NONCE = 12  # bytes
_WITHOUT_ID = _NONCE + 32 + 16  # bytes of what version 0.1 wrapped: nonce, share and tag, and no KEK id before them
_log = logging.getLogger("safelight")


class Locked(Problem):
    """A share that cannot be unwrapped, for now or for good; `reason` says why and names no share and no report."""

    def __init__(self, reason: str) -> None:
        super().__init__(503, "busy", "The key server cannot unlock these photos right now. Try again later.")
        self.reason = reason


class Vault:
    """Wraps and unwraps server shares (32 bytes) with AES-256-GCM, each bound to its key's id.

    Wrapped, a share is: KEK id, nonce, ciphertext and tag. The first KEK wraps, all of them unwrap.
    """

    def __init__(self, keks: Sequence[bytes]) -> None:
        self._ciphers = {kek_id(kek): AESGCM(kek) for kek in keks}
        self.kek_ids = tuple(self._ciphers)  # the first is the one that wraps

    def wrap(self, share: bytes, key_id: str) -> bytes:
        """Return the share as it may lie in the database."""
        first, nonce = self.kek_ids[0], os.urandom(_NONCE)
        return bytes.fromhex(first) + nonce + self._ciphers[first].encrypt(nonce, share, key_id.encode())

    def unwrap(self, wrapped: bytes, key_id: str) -> bytes:
        """Return the share. To be called after the log's COMMIT only.

        Raises Locked, a Problem 503, for an unknown KEK, another key's wrapping or a changed one; the reason is logged.
        """
        try:
            return self._unwrap(wrapped, key_id)
        except Locked as locked:
            _log.error("a server share cannot be unwrapped: %s", locked.reason)
            raise

    def rewrap(self, wrapped: bytes, key_id: str) -> bytes:
        """Return the same share under the first KEK. Raises Locked as `unwrap` does, and logs nothing."""
        return self.wrap(self._unwrap(wrapped, key_id), key_id)

    def has_key_of(self, wrapped: bytes) -> bool:
        """Tell whether the KEK that wrapped a share is among the given ones; version 0.1 did not note which it was."""
        return wrapped_under(wrapped) in (None, *self.kek_ids)

    def _unwrap(self, wrapped: bytes, key_id: str) -> bytes:
        kek = wrapped_under(wrapped)
        if kek is not None and kek not in self._ciphers:
            raise Locked(f"its key-encryption key, {kek}, is not among the given ones")
        body = wrapped if kek is None else wrapped[_KEK_ID:]
        for cipher in self._ciphers.values() if kek is None else (self._ciphers[kek],):
            try:
                return cipher.decrypt(body[:_NONCE], body[_NONCE:], key_id.encode())
            except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
                continue
        raise Locked("it was changed, or belongs to another key, or its key-encryption key is not among the given ones")


def kek_id(kek: bytes) -> str:
    """Return 16 hex digits by which a KEK (32 bytes) is known; they tell nothing about it."""
    return hashlib.sha256(b"safelight v1 kek id\0" + kek).digest()[:_KEK_ID].hex()


def wrapped_under(wrapped: bytes) -> str | None:
    """Return the id of the KEK that wrapped a share, or None where version 0.1 did, which wrote none."""
    return None if len(wrapped) == _WITHOUT_ID else wrapped[:_KEK_ID].hex()
