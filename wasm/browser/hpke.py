"""HPKE in the browser: a key pair for one answer, which only this page can open, and sealing to somebody else's.

The steps are those of sealed/hpke.py.
"""

from typing import Any

from js import crypto
from pyodide.ffi import JsException, to_js

from sealed import hpke
from sealed.errors import WrongKeyOrDamaged

from .convert import plain_object
from .webcrypto import cipher

_CURVE = {"name": "ECDH", "namedCurve": "P-256"}


class KeyPair:
    """`public` is an uncompressed P-256 point (65 bytes); `private` a CryptoKey that no script can export."""

    def __init__(self, private: Any, public: bytes) -> None:
        self._private, self.public = private, public

    @classmethod
    async def generate(cls) -> "KeyPair":
        """Make a fresh pair; it is forgotten with the page."""
        pair = await crypto.subtle.generateKey(plain_object(_CURVE), False, to_js(["deriveBits"]))
        public = await crypto.subtle.exportKey("raw", pair.publicKey)
        return cls(pair.privateKey, public.to_bytes())

    async def open(self, sealed: bytes, info: bytes) -> bytes:
        """Return what was sealed to this pair with this `info`. Raises WrongKeyOrDamaged, whatever is wrong."""
        enc, ciphertext = sealed[: hpke.POINT], sealed[hpke.POINT :]
        try:
            secret = hpke.shared_secret(await self.dh(enc), enc, self.public)
            key, nonce = hpke.key_schedule(secret, info)
            how = plain_object({"name": "AES-GCM", "iv": to_js(nonce)})
            plain = await crypto.subtle.decrypt(how, await cipher(key), to_js(ciphertext))
        except JsException:
            raise WrongKeyOrDamaged(hpke.DAMAGED) from None
        return bytes(plain.to_bytes())

    async def dh(self, point: bytes) -> bytes:
        """Return 32 bytes. Here points are refused that are not on the curve, which could leak the private key."""
        public = await crypto.subtle.importKey("raw", to_js(point), plain_object(_CURVE), False, to_js([]))
        bits = await crypto.subtle.deriveBits(plain_object({"name": "ECDH", "public": public}), self._private, 256)
        return bytes(bits.to_bytes())


async def seal(data: bytes, public_key: bytes, info: bytes) -> bytes:
    """Return enc ‖ ciphertext for the owner of `public_key` (65 bytes) alone. Raises ValueError where it is none."""
    pair = await KeyPair.generate()
    try:
        secret = hpke.shared_secret(await pair.dh(public_key), pair.public, public_key)
    except JsException:
        raise ValueError("an HPKE public key is an uncompressed point of P-256, 65 bytes") from None
    key, nonce = hpke.key_schedule(secret, info)
    how = plain_object({"name": "AES-GCM", "iv": to_js(nonce)})
    sealed = await crypto.subtle.encrypt(how, await cipher(key, "encrypt"), to_js(data))
    return pair.public + bytes(sealed.to_bytes())
