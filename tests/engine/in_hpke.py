"""Runs in Pyodide, under Node and in Chromium: what HPKE in the browser opens, and whether its key comes out."""

from pathlib import Path
from typing import Any

from js import Object, crypto
from pyodide.ffi import JsException, to_js
from vectors.hpke import surprises

from browser.hpke import KeyPair, seal
from sealed import hpke

CURVE = to_js({"name": "ECDH", "namedCurve": "P-256"}, dict_converter=Object.fromEntries)
FORMS = ("jwk", "pkcs8", "raw", "spki")
pairs: list[KeyPair] = []


async def open_(private: bytes, public: bytes, sealed: bytes, info: bytes) -> bytes:
    key = await crypto.subtle.importKey("pkcs8", to_js(private), CURVE, False, to_js(["deriveBits"]))
    return await KeyPair(key, public).open(sealed, info)


async def cases(folder: Path) -> dict[str, Any]:
    """What this runtime makes of the cases, and without info: the control."""
    text = (folder / "cases.json").read_text()
    found = {"surprises": await surprises(open_, text)}
    ours = hpke.key_schedule
    hpke.key_schedule = lambda shared_secret, info: ours(shared_secret, b"")
    try:
        return found | {"control": await surprises(open_, text)}
    finally:
        hpke.key_schedule = ours


async def fresh(_folder: Path) -> dict[str, Any]:
    """A fresh pair's public key, and the forms in which a script gets its private key out; of the control's, too."""
    pair = await KeyPair.generate()
    pairs.append(pair)
    control = await crypto.subtle.generateKey(CURVE, True, to_js(["deriveBits"]))
    exported = {"ours": await _exported(pair._private), "control": await _exported(control.privateKey)}
    return {"public": pair.public.hex(), "usages": list(pair._private.usages), "exported": exported}


async def opened(folder: Path) -> dict[str, Any]:
    """What the latest fresh pair opens."""
    sealed, info = (bytes.fromhex((folder / name).read_text()) for name in ("sealed", "info"))
    return {"plain": (await pairs[-1].open(sealed, info)).hex()}


async def sealed(folder: Path) -> dict[str, Any]:
    """What is sealed to a public key, twice, and what is made of points that are none."""
    public, info, plain = (bytes.fromhex((folder / name).read_text()) for name in ("public", "info", "plain"))
    refused = 0
    for no_point in (bytes(65), public[:-1] + bytes([public[-1] ^ 1]), public[:-1], b""):
        try:
            await seal(plain, no_point, info)
        except ValueError:
            refused += 1
    return {"sealed": [(await seal(plain, public, info)).hex() for _ in range(2)], "refused": refused}


async def _exported(key: Any) -> list[str]:
    found = []
    for form in FORMS:
        try:
            await crypto.subtle.exportKey(form, key)
        except JsException:
            continue
        found.append(form)
    return found
