"""The body's encryption, Cobblestone-256, as steps: keys, nonces, borders; no cipher (FORMAT.md section 4).

Who calls the cipher: `cryptography` in CPython, WebCrypto in the browser.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from . import hkdf
from .errors import N_, NotSealed, WrongKeyOrDamaged

CHUNK = 16_384  # bytes of plaintext; the last chunk has fewer
TAG = 16
SEALED_CHUNK = CHUNK + TAG
_INFO = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"

DAMAGED = N_(
    "This file was changed or cut off on its way, or its key is another one's. Ask the sender to send it again."
)


@dataclass(frozen=True)
class StreamKeys:
    """What is derived for one file. `key` goes to the cipher and nowhere else."""

    key: bytes = field(repr=False)
    base_nonce: bytes = field(repr=False)
    commitment: bytes

    @classmethod
    def derive(cls, file_key: bytes, salt: bytes, context: bytes) -> "StreamKeys":
        """Derive from a file key (32 bytes), the file's salt (24 bytes) and its context."""
        material = hkdf.expand(file_key, _INFO + salt + context, 76, "sha512")
        return cls(material[:32], material[32:44], material[44:])

    def check(self, commitment: bytes) -> None:
        """Raise WrongKeyOrDamaged unless the file was sealed under these keys."""
        if not hmac.compare_digest(self.commitment, commitment):
            raise WrongKeyOrDamaged(DAMAGED)

    def nonces(self, first: int, count: int) -> bytes:
        """Return the nonces of `count` chunks from number `first` on, 12 bytes each."""
        base = int.from_bytes(self.base_nonce, "big")
        return b"".join((base ^ i).to_bytes(12, "big") for i in range(first, first + count))


def chunk_count(length: int) -> int:
    """Return how many chunks a body of `length` sealed bytes has.

    `length` counts from the first chunk to the end of the file. Raises NotSealed where
    no chunk can be there, WrongKeyOrDamaged where the last one is full (a file cut at a border) or has no whole tag.
    """
    full, last = divmod(length, SEALED_CHUNK)
    if length < TAG:
        raise NotSealed("This file ends before its content begins. Ask the sender to send it again.")
    if last < TAG:
        raise WrongKeyOrDamaged(DAMAGED)
    return full + 1


def plain_length(length: int) -> int:
    """Return the bytes of plaintext in a body of `length` sealed bytes; errors as chunk_count."""
    return length - TAG * chunk_count(length)


def seal_steps(keys: StreamKeys, pieces: Iterable[bytes], run: int = 1) -> Iterator[tuple[bytes, bytes]]:
    """Cut plaintext pieces of any size into runs of `run` chunks: (a nonce for each, bytes to encrypt).

    The last run is the one whose last chunk is short; that chunk may be empty.
    """
    number = 0
    for piece in _rechunk(pieces, CHUNK * run):
        count = min(len(piece) // CHUNK + 1, run)
        yield keys.nonces(number, count), piece
        number += count


def open_steps(keys: StreamKeys, pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Cut sealed pieces of any size into chunks: (nonce, bytes to decrypt), tag at their end.

    Raises WrongKeyOrDamaged at the end where the last chunk is no short one.
    """
    for number, chunk in enumerate(_rechunk(pieces, SEALED_CHUNK)):
        if len(chunk) < TAG:
            raise WrongKeyOrDamaged(DAMAGED)
        yield keys.nonces(number, 1), chunk


def _rechunk(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Cut into pieces of `size` and one last piece that is shorter, empty if need be."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        whole = len(kept) // size * size
        for start in range(0, whole, size):
            yield bytes(kept[start : start + size])
        del kept[:whole]
    yield bytes(kept)
