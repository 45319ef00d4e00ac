"""Proofs that a request comes from this worker, by a key that cannot leave it (DPoP, RFC 9449: viewer/PASSES.md)."""

import asyncio
import hashlib
import json
import secrets
from typing import Any

import js
from js import Date, crypto
from pyodide.ffi import to_js

from sealed import base64url

from .convert import plain_object

_KEY = {"name": "ECDSA", "namedCurve": "P-256"}
_SIGNATURE = {"name": "ECDSA", "hash": "SHA-256"}
_ahead = 0  # seconds that the servers' clock is ahead of this device's


def set_clock(now: int) -> None:
    """Go by a server's clock from now on: `now` is what it says, in seconds since 1970."""
    global _ahead
    _ahead = now - _time()


def now() -> int:
    """Return the time by the servers' clock, as far as it is known, in seconds since 1970."""
    return _time() + _ahead


async def header(method: str, url: str, body: str, authorization: str, *, hashed: bool = False) -> dict[str, str]:
    """Return the DPoP header of one request; `authorization` is its other header, "" where there is none yet.

    `body` is what is sent, or, where it is `hashed`, its SHA-256 as base64url.
    """
    key, jwk = await _session_key()
    url = url.partition("?")[0]  # RFC 9449, section 4.2
    claims = {
        "htm": method,
        "htu": url if "://" in url else js.location.origin + url,
        "iat": now(),
        "jti": secrets.token_urlsafe(16),
        "body_sha256": body if hashed else _sha256(body),
    }
    if authorization:
        claims["ath"] = _sha256(authorization.removeprefix("DPoP "))
    parts = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}, claims
    signed = ".".join(base64url.encode(json.dumps(part).encode()) for part in parts)
    signature = await crypto.subtle.sign(plain_object(_SIGNATURE), key, to_js(signed.encode()))
    return {"DPoP": f"{signed}.{base64url.encode(signature.to_bytes())}"}


_made: "asyncio.Future[tuple[Any, dict[str, str]]] | None" = None


async def _session_key() -> tuple[Any, dict[str, str]]:
    """Return the private key and the public one as JWK; made once, and gone with the worker."""
    global _made
    if _made is None:  # the first two requests go out at once
        _made = asyncio.ensure_future(_make())
    return await _made


async def _make() -> tuple[Any, dict[str, str]]:
    # Not extractable: nobody who gets at this page's memory or messages can take the key elsewhere.
    pair = await crypto.subtle.generateKey(plain_object(_KEY), False, to_js(["sign"]))
    told = await crypto.subtle.exportKey("jwk", pair.publicKey)
    return pair.privateKey, {"kty": "EC", "crv": "P-256", "x": str(told.x), "y": str(told.y)}


def _time() -> int:
    return int(Date.now() / 1000)


def _sha256(text: str) -> str:
    return base64url.encode(hashlib.sha256(text.encode()).digest())
