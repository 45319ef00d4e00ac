"""Runs in Pyodide, as the doors of the engine that is measured: each answers how many milliseconds it took.

Our decryption, and one bare WebCrypto call over as many bytes.
"""

from js import Object, Uint8Array, crypto, performance
from pyodide.ffi import to_js

from sealed.cobblestone import CHUNK, TAG, StreamKeys

from . import webcrypto

KEYS = StreamKeys.derive(bytes(32), bytes(24), b"")
made = {}


async def answer(door, args, tell):
    """Return the answer of one door: `make` (bytes), `ours` (chunks in a run; the usual number if 0), `raw`."""
    match door:
        case "make":
            await _make(args["size"])
            return {}
        case "ours":
            webcrypto.RUN = args["run"] or made["run"]
            start = performance.now()
            await webcrypto.decrypt(KEYS, made["body"], lambda done: None)
        case "raw":
            start = performance.now()
            await crypto.subtle.decrypt(_options(bytes(12)), made["cipher"], made["whole"])
    return {"milliseconds": performance.now() - start}


async def _make(size):
    """Seal zeros, chunk by chunk and as a whole."""
    usages = to_js(["encrypt", "decrypt"])
    cipher = await crypto.subtle.importKey("raw", to_js(KEYS.key), "AES-GCM", False, usages)
    count = size // CHUNK + 1
    body = Uint8Array.new(size + TAG * count)
    for number in range(count):
        plain = Uint8Array.new(min(CHUNK, size - number * CHUNK))
        chunk = await crypto.subtle.encrypt(_options(KEYS.nonces(number, 1)), cipher, plain)
        body.set(Uint8Array.new(chunk), number * (CHUNK + TAG))
    whole = await crypto.subtle.encrypt(_options(bytes(12)), cipher, Uint8Array.new(size))
    made.update(body=body, whole=whole, cipher=cipher, run=webcrypto.RUN)


def _options(nonce):
    return to_js({"name": "AES-GCM", "iv": to_js(nonce)}, dict_converter=Object.fromEntries)
