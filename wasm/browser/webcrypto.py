"""Decryption by the browser's own cipher (WebCrypto), chunk borders and nonces by `sealed`."""

from collections.abc import Callable
from typing import Any

from js import Uint8Array, crypto
from pyodide.ffi import JsException, to_js
from safelight_js import decryptRun

from sealed.cobblestone import CHUNK, DAMAGED, SEALED_CHUNK, StreamKeys, chunk_count, plain_length
from sealed.errors import WrongKeyOrDamaged

RUN = 64  # chunks, 1 MiB: measured fastest, see FIGURES in the README


async def sha256(data: Any) -> str:
    """Return the SHA-256 of a Uint8Array in hex."""
    digest = await crypto.subtle.digest("SHA-256", data)
    return bytes(digest.to_bytes()).hex()


async def decrypt(keys: StreamKeys, body: Any, done: Callable[[int], object]) -> Any:
    """Decrypt a whole body, a Uint8Array from the first chunk to the end of the file, into another.

    The last chunk goes first: until it is authentic, the length is only a claim. Tells `done`
    the plaintext bytes that are ready. Raises WrongKeyOrDamaged, NotSealed.
    """
    count, length = chunk_count(body.length), plain_length(body.length)
    plain = Uint8Array.new(length)
    cipher = await _import_key(keys.key)
    last = count - 1
    await _run(cipher, keys, body, plain, last, 1)
    for first in range(0, last, RUN):
        size = min(RUN, last - first)
        await _run(cipher, keys, body, plain, first, size)
        done((first + size) * CHUNK)
    done(length)
    return plain


async def _run(cipher: Any, keys: StreamKeys, body: Any, plain: Any, first: int, count: int) -> None:
    sealed = body.subarray(first * SEALED_CHUNK, (first + count) * SEALED_CHUNK)
    out = plain.subarray(first * CHUNK, (first + count) * CHUNK)
    try:
        await decryptRun(cipher, to_js(keys.nonces(first, count)), sealed, out)
    except JsException:
        raise WrongKeyOrDamaged(DAMAGED) from None


async def _import_key(key: bytes) -> Any:
    return await crypto.subtle.importKey("raw", to_js(key), "AES-GCM", False, to_js(["decrypt"]))
