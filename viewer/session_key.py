"""The key by which one run of a program proves that its passes are its own (DPoP, RFC 9449: PASSES.md)."""

import hashlib
import json
import secrets

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from sealed import base64url

from . import clock
from .proofs import ALGORITHM, TYPE


class SessionKey:
    """An ECDSA P-256 key that never leaves this process's memory."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        told = json.loads(ECAlgorithm.to_jwk(self._key.public_key()))
        self.jwk: dict[str, str] = {name: told[name] for name in ("kty", "crv", "x", "y")}
        self._ahead = 0

    def set_clock(self, now: int) -> None:
        """Go by a server's clock from now on: `now` is what it says, in seconds since 1970."""
        self._ahead = now - clock.now()

    def proof(self, method: str, url: str, body_sha256: bytes, access_token: str = "") -> str:
        """Return the DPoP header of one request, to a URL without query; `access_token` is the pass, if any."""
        claims = {
            "htm": method,
            "htu": url,
            "iat": clock.now() + self._ahead,
            "jti": secrets.token_urlsafe(16),
            "body_sha256": base64url.encode(body_sha256),
        }
        if access_token:
            claims["ath"] = base64url.encode(hashlib.sha256(access_token.encode()).digest())
        return jwt.encode(claims, self._key, ALGORITHM, headers={"typ": TYPE, "jwk": self.jwk})
