"""Server shares at rest: wrapped under the key-encryption key, which is in no database."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes


class Vault:
    """Wraps and unwraps server shares (32 bytes) with AES-256-GCM, each bound to its key's id."""

    def __init__(self, key_encryption_key: bytes) -> None:
        self._cipher = AESGCM(key_encryption_key)

    def wrap(self, share: bytes, key_id: str) -> bytes:
        """Return the share as it may lie in the database: nonce and ciphertext."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, share, key_id.encode())

    def unwrap(self, wrapped: bytes, key_id: str) -> bytes:
        """Return the share. To be called after the log's COMMIT only.

        Raises cryptography.exceptions.InvalidTag for another key's wrapping or another key-encryption key.
        """
        return self._cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], key_id.encode())
