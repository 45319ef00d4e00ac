"""Seals vectors by FORMAT.md sections 1 to 4, right or with one thing wrong; imports nothing of ours."""

import base64
import hashlib
import json
import os
import struct
from itertools import pairwise
from typing import Any

from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from .zips import CREATED

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERVER = bytes(range(32))
LINK = bytes(range(100, 120))
KEY_ID = bytes(range(200, 216))
CHUNK = 16_384
FRONT = 56  # bytes of salt and commitment
Vector = dict[str, Any]
Edit = tuple[int, int, bytes | tuple[str, int, int]]


def base32(data: bytes, characters: int) -> str:
    """Crockford base32, most significant bits first, as in FORMAT.md section 6."""
    bits = "".join(f"{byte:08b}" for byte in data).rjust(characters * 5, "0")
    return "".join(ALPHABET[int(bits[i : i + 5], 2)] for i in range(0, characters * 5, 5))


def link_text(share: bytes) -> str:
    check = hashlib.sha256(b"safelight v1 link text\0" + share).hexdigest()[:5]
    return base32(share, 32) + base32(int(check, 16).to_bytes(3, "big"), 5)[1:]


def link_check(share: bytes) -> str:
    return hashlib.sha256(b"safelight v1 link check\0" + share).hexdigest()[:32]


def header(**changes: Any) -> bytes:
    """The header; a field that is `...` is left out."""
    fields = {
        "created": CREATED,
        "key_id": base32(KEY_ID, 26),
        "key_server": "https://keys.example.org",
        "link_check": link_check(LINK),
    } | changes
    fields = {name: value for name, value in fields.items() if value is not ...}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def file_key(link: bytes | None, server: bytes = SERVER) -> bytes:
    info = b"safelight v1 file key\0" + base32(KEY_ID, 26).encode()
    return HKDF(SHA512(), 32, None, info).derive(server + (link or b""))


def sealed(plaintext: bytes, head: bytes | None = None, link: bytes | None = LINK, **lies: Any) -> bytes:
    """A sealed report. `lies` put another magic or key, another context into the derivation, or see `body`."""
    head = header() if head is None else head
    context = lies.get("magic", b"SAFELIT1") + struct.pack(">I", len(head)) + head
    made = body(lies.get("key", file_key(link)), lies.get("bound", context), plaintext, **lies)
    if not lies:  # what is meant to be right must be so by `cryptography`'s own word
        decryptor = Cobblestone256Decryptor(file_key(link), context)
        assert decryptor.update(made) + decryptor.finalize() == plaintext
    return context + made


def body(key: bytes, context: bytes, plaintext: bytes, /, **lies: Any) -> bytes:
    """Salt, commitment and chunks. `cuts` are other places to cut, `first` another first number."""
    salt, hash_function = os.urandom(24), lies.get("hash_function", SHA512())
    info = lies.get("info", b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0")
    material = HKDFExpand(hash_function, 76, info + salt + context).derive(key)
    cipher, base = AESGCM(material[: lies.get("key_length", 32)]), int.from_bytes(material[32:44], "big")
    cuts = lies.get("cuts", [*range(0, len(plaintext) + 1, CHUNK), len(plaintext)])
    data = b""
    for number, (start, end) in enumerate(pairwise(cuts), lies.get("first", 0)):
        nonce = (base ^ number).to_bytes(12, lies.get("order", "big"))
        data += cipher.encrypt(nonce, plaintext[start:end], lies.get("associated"))
    return salt + material[44:] + data


def vector(name: str, verdict: str, file: bytes, **more: Any) -> Vector:
    """A vector of its own; `more` are a link and a server share other than the usual ones, and good entries' hashes."""
    return {"name": name, "verdict": verdict, "file": base64.b64encode(file).decode()} | more


def edited(name: str, verdict: str, base: str, *edits: Edit, **more: Any) -> Vector:
    """A vector told as changes to a good one: (offset, bytes removed, what is put in).

    What is put in: bytes, or (another good vector's name, offset, bytes) for a part of that one.
    """
    told = [[offset, removed, put.hex() if isinstance(put, bytes) else put] for offset, removed, put in edits]
    return {"name": name, "verdict": verdict, "from": base, "edits": told} | more
