"""Runs in Pyodide: our decryption against one bare WebCrypto call over the same bytes. Prints JSON."""

import json
import time

from js import Object, Uint8Array, crypto
from pyodide.ffi import to_js

from browser import webcrypto
from sealed.cobblestone import CHUNK, StreamKeys

MIB = 1024 * 1024
SIZE = 64 * MIB + 5
keys = StreamKeys.derive(bytes(32), bytes(24), b"")


def options(nonce):
    """Return WebCrypto's options for one AES-GCM call."""
    return to_js({"name": "AES-GCM", "iv": to_js(nonce)}, dict_converter=Object.fromEntries)


async def sealed(cipher):
    """Seal zeros chunk by chunk, so that there is something to open."""
    count = SIZE // CHUNK + 1
    body = Uint8Array.new(SIZE + 16 * count)
    for number in range(count):
        plain = Uint8Array.new(min(CHUNK, SIZE - number * CHUNK))
        chunk = await crypto.subtle.encrypt(options(keys.nonces(number, 1)), cipher, plain)
        body.set(Uint8Array.new(chunk), number * (CHUNK + 16))
    return body


async def best(action, times=5):
    """Return the seconds of the fastest of several runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        await action()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


usages = to_js(["encrypt", "decrypt"])
cipher = await crypto.subtle.importKey("raw", to_js(keys.key), "AES-GCM", False, usages)  # noqa: F704
body = await sealed(cipher)  # noqa: F704
bare = await crypto.subtle.encrypt(options(bytes(12)), cipher, Uint8Array.new(SIZE))  # noqa: F704
figures = {}
for run in (1, 16, 64, 256):
    webcrypto.RUN = run
    figures[f"run of {run}"] = await best(lambda: webcrypto.decrypt(keys, body, lambda done: None))  # noqa: F704
figures["bare"] = await best(lambda: crypto.subtle.decrypt(options(bytes(12)), cipher, bare))  # noqa: F704
figures["sha256"] = await best(lambda: webcrypto.sha256(body))  # noqa: F704
print(json.dumps({name: SIZE / MIB / seconds for name, seconds in figures.items()}))
