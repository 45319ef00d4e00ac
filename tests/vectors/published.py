"""The chunked-encryption vectors that `cryptography-vectors` publishes, run against one runtime's cipher.

They are of the scheme before its instances had names: their keys are derived with SHA-256, so that no
Cobblestone-256 opens them. From the derived keys on, all is the same.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

from sealed import hkdf
from sealed.cobblestone import StreamKeys

from .run import verdict

# Decrypts (keys, body): the plaintext. Raises SealedError.
Decrypt = Callable[[StreamKeys, bytes], Awaitable[bytes]]


def vectors(text: str) -> list[dict[str, Any]]:
    """Those of AES-256, but for keys that are not 32 bytes: no such file key is ever made."""
    found = json.loads(text)["vectors"]
    return [vector for vector in found if vector["aead"] == "AEAD_AES_256_GCM" and len(vector["key"]) == 64]


async def verdicts(decrypt: Decrypt, text: str) -> list[tuple[str, str, str]]:
    """Return name, what is expected, and `success`, or the error's name."""
    found = []
    for vector in vectors(text):
        got, digest = await verdict(_open(decrypt, vector))
        if got == "good":
            got = "success" if digest == vector.get("payload_sha256") else "another plaintext"
        found.append((vector["name"], vector["expect"], got))
    return found


async def _open(decrypt: Decrypt, vector: dict[str, Any]) -> str:
    sealed = base64.b64decode(vector["ciphertext"] or "")
    sealed = zlib.decompress(sealed) if vector.get("compressed") else sealed
    keys = _derive(bytes.fromhex(vector["key"]), sealed[:24], (vector["context"] or "").encode())
    if "aead_key" in vector:
        assert (keys.key.hex(), keys.base_nonce.hex()) == (vector["aead_key"], vector["base_nonce"])
    keys.check(sealed[24:56])
    return hashlib.sha256(await decrypt(keys, sealed[56:])).hexdigest()


def _derive(key: bytes, salt: bytes, context: bytes) -> StreamKeys:
    """As StreamKeys.derive, but with SHA-256."""
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    material = hkdf.expand(key, info, 76, "sha256")
    return StreamKeys(material[:32], material[32:44], material[44:76])
