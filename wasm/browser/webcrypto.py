"""Sealing and opening by the browser's own cipher (WebCrypto), chunk borders and nonces by `sealed`."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from js import Uint8Array, crypto
from pyodide.ffi import JsException, to_js
from safelight_js import decryptRun, encryptRun

from sealed.cobblestone import CHUNK, DAMAGED, SEALED_CHUNK, StreamKeys, chunk_count, plain_length, seal_steps
from sealed.errors import WrongKeyOrDamaged
from sealed.header import SALT_LENGTH, Header
from sealed.keys import file_key

RUN = 256  # chunks, 4 MiB: the fastest of those that `make bench` tries in Chromium


async def sha256(data: Any) -> str:
    """Return the SHA-256 of a Uint8Array in hex."""
    digest = await crypto.subtle.digest("SHA-256", data)
    return bytes(digest.to_bytes()).hex()


async def cipher(key: bytes, use: str = "decrypt") -> Any:
    """Return AES-GCM under a key (32 bytes), for one use, as a CryptoKey."""
    return await crypto.subtle.importKey("raw", to_js(key), "AES-GCM", False, to_js([use]))


class Body:
    """An encrypted body of a known length, any part of which can be decrypted alone.

    `data` is a Uint8Array from the first chunk to the end of the file; parts of it may still be
    missing. `length` is the plaintext's, in bytes: only a claim until the last chunk has been read.
    """

    def __init__(self, keys: StreamKeys, data: Any) -> None:
        """Raise WrongKeyOrDamaged or NotSealed where no body can have this length."""
        self._keys, self._data, self._cipher = keys, data, None
        self._count = chunk_count(data.length)
        self.length = plain_length(data.length)

    def sealed_end(self, end: int) -> int:
        """Return how many bytes of the body must be there for the plaintext up to `end`."""
        return min(-(-end // CHUNK) * SEALED_CHUNK, int(self._data.length))

    async def read(self, start: int, end: int, done: Callable[[int], object] = lambda _: None) -> Any:
        """Return the plaintext from `start` to `end` as a Uint8Array of its own, telling `done` how far it is.

        Raises WrongKeyOrDamaged, and then hands out nothing.
        """
        first, last = start // CHUNK, min(-(-end // CHUNK), self._count)
        plain = Uint8Array.new(min(last * CHUNK, self.length) - first * CHUNK)
        for run in range(first, last, RUN):
            until = min(run + RUN, last)
            await self._decrypt(run, until - run, plain.subarray((run - first) * CHUNK, (until - first) * CHUNK))
            done(min(until * CHUNK, end))
        begin = start - first * CHUNK
        return plain if (begin, plain.length) == (0, end - start) else plain.slice(begin, begin + end - start)

    async def check_end(self) -> None:
        """Authenticate the last chunk, and with it the length. Raises WrongKeyOrDamaged."""
        last = self._count - 1
        await self._decrypt(last, 1, Uint8Array.new(self.length - last * CHUNK))

    async def _decrypt(self, first: int, count: int, out: Any) -> None:
        if self._cipher is None:
            self._cipher = await cipher(self._keys.key)
        sealed = self._data.subarray(first * SEALED_CHUNK, (first + count) * SEALED_CHUNK)
        try:
            await decryptRun(self._cipher, to_js(self._keys.nonces(first, count)), sealed, out)
        except JsException:
            raise WrongKeyOrDamaged(DAMAGED) from None


async def decrypt(keys: StreamKeys, data: Any, done: Callable[[int], object]) -> Any:
    """Decrypt a whole body, a Uint8Array, into another; its last chunk first.

    Tells `done` how many bytes of plaintext are ready. Raises WrongKeyOrDamaged, NotSealed.
    """
    body = Body(keys, data)
    await body.check_end()
    return await body.read(0, body.length, done)


async def seal(header: Header, server_share: bytes, link_share: bytes, pieces: Iterable[bytes]) -> AsyncIterator[Any]:
    """Yield the sealed report, in Uint8Arrays, for pieces of plaintext."""
    context, salt = header.context(), secrets.token_bytes(SALT_LENGTH)
    keys = StreamKeys.derive(file_key(server_share, link_share, header.key_id), salt, context)
    yield to_js(context + salt + keys.commitment)
    key = await cipher(keys.key, "encrypt")
    for nonces, plain in seal_steps(keys, pieces, RUN):
        yield await encryptRun(key, to_js(nonces), to_js(plain))
