"""Sealing and opening in CPython: `cryptography`'s ciphers around the shared container code."""

import hashlib
import io
import itertools
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sealed import archive, base32, cobblestone, keys, report
from sealed.cobblestone import CHUNK, SEALED_CHUNK
from sealed.errors import WrongKeyOrDamaged
from sealed.header import FRONT_LIMIT, Front, Header, read_front

_PIECE = 1024 * 1024  # bytes encrypted, hashed and written at a time: larger ones leave the processor's cache
_ADDED = 4096  # bytes that a piece can grow by: 16 for each of its chunks, 56 at the front
_WAITING = 4  # pieces that may wait to be hashed
Piece = bytes | memoryview
_RUN = 64  # chunks read from the disk at a time


def seal(header: Header, server_share: bytes, link_share: bytes | None, plaintext: Iterable[bytes]) -> Iterator[Piece]:
    """Yield the sealed report, piece by piece, for pieces of plaintext.

    `server_share` is 32 bytes, `link_share` 20 bytes or None. A piece is good until _WAITING more have been asked
    for: its memory is used again (new memory for each would cost more time than its encryption).
    """
    context = header.context()
    file_key = keys.file_key(server_share, link_share, header.key_id)
    encryptor = Cobblestone256Encryptor(file_key, context)
    yield context
    buffers = itertools.cycle([bytearray(_PIECE + _ADDED) for _ in range(_WAITING + 1)])
    for large in plaintext:
        view = memoryview(large)
        for start in range(0, len(view), _PIECE):
            buffer = next(buffers)
            length = encryptor.update_into(view[start : start + _PIECE], buffer)
            yield memoryview(buffer)[:length]
    yield encryptor.finalize()


def write(file: IO[bytes], pieces: Iterable[Piece]) -> tuple[str, int]:
    """Write the pieces of a sealed report; return their SHA-256 in hex and their length in bytes.

    They are hashed beside the making and writing of the next ones: hashing takes as long as everything else.
    """
    digest, length = hashlib.sha256(), 0
    waiting: deque[Future[None]] = deque()
    with ThreadPoolExecutor(1) as hashing:
        for piece in pieces:
            if len(waiting) == _WAITING:
                waiting.popleft().result()
            waiting.append(hashing.submit(digest.update, piece))
            file.write(piece)
            length += len(piece)
        for future in waiting:
            future.result()
    return digest.hexdigest(), length


def digest(file: IO[bytes]) -> tuple[str, int]:
    """Return a file's SHA-256 in hex and its length in bytes."""
    found = hashlib.sha256()
    file.seek(0)
    while piece := file.read(_PIECE):
        found.update(piece)
    return found.hexdigest(), file.tell()


def front(file: IO[bytes]) -> Front:
    """Read the front of a sealed file. Raises NotSealed."""
    file.seek(0)
    return read_front(file.read(FRONT_LIMIT))


class SealedFile:
    """A sealed file that is opened: its entries and details. Each entry is decrypted when it is read.

    Raises SealedError's leaves, here and when reading.
    """

    def __init__(self, file: IO[bytes], server_share: bytes, link_share: bytes | None) -> None:
        head = front(file)
        head.header.check_link(link_share)
        self._file, self._body = file, head.length
        body = file.seek(0, os.SEEK_END) - head.length
        total = cobblestone.plain_length(body)
        file_key = keys.file_key(server_share, link_share, head.header.key_id)
        self._keys = cobblestone.StreamKeys.derive(file_key, head.salt, head.context)
        self._keys.check(head.commitment)
        self._cipher = AESGCM(self._keys.key)
        # The last chunk first: only it says how long the plaintext is.
        start = archive.directory_start(self._decrypt(max(0, total - 64), total), total)
        self.entries = archive.read_directory(self._decrypt(start, total), start)
        photos = [entry.name for entry in self.entries if entry.name.startswith("photos/")]
        words = next(entry for entry in self.entries if entry.name == "report.xml")
        self.details = report.read(self.read(words), photos)

    def read(self, entry: archive.Entry) -> bytes:
        """Return the content of an entry, authenticated and checked."""
        return entry.read(self._decrypt(entry.start, entry.end))

    def _decrypt(self, start: int, end: int) -> bytes:
        """Return the plaintext from `start` to `end`, by the chunks that hold these bytes and the one behind."""
        first, behind = start // CHUNK, end // CHUNK + 1
        self._file.seek(self._body + first * SEALED_CHUNK)
        plain = bytearray()
        try:
            for run in range(first, behind, _RUN):
                count = min(_RUN, behind - run)
                sealed, nonces = memoryview(self._file.read(count * SEALED_CHUNK)), self._keys.nonces(run, count)
                for i in range(count):
                    chunk = sealed[i * SEALED_CHUNK : (i + 1) * SEALED_CHUNK]
                    plain += self._cipher.decrypt(nonces[12 * i : 12 * i + 12], chunk, None)
        except InvalidTag:
            raise WrongKeyOrDamaged(cobblestone.DAMAGED) from None
        skip = first * CHUNK
        return bytes(memoryview(plain)[start - skip : end - skip])


def open_whole(data: bytes, server_share: bytes, link: str | None) -> tuple[report.Details, dict[str, bytes]]:
    """Open a whole sealed report: its details and the content of every entry by name.

    `link` is the link's fragment, or None where there is none. Raises SealedError's leaves.
    """
    file = io.BytesIO(data)
    front(file)
    opened = SealedFile(file, server_share, None if link is None else base32.read_link_text(link))
    return opened.details, {entry.name: opened.read(entry) for entry in opened.entries}
