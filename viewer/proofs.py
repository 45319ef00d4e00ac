"""Proofs: a browser's signature over one request, by the session key that its pass names (DPoP, RFC 9449).

Every request to key server and file host carries one, and so does the question for a pass: PASSES.md.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from typing import Any

import jwt
from sqlalchemy.orm import Session

from sealed import base64url

from . import clock
from .problems import Problem, bad_pass
from .sql import sql
from .text import N_

ALGORITHM = "ES256"
TYPE = "dpop+jwt"
WINDOW = 60  # seconds that a proof may be older or newer than now
BODY_LIMIT = 64 * 1024  # bytes that are read to be hashed, except of a file, which is streamed
_KEPT = 600  # seconds that a proof's id is kept: a server's clock that is put right must not open the door again
_SWEEP = 3  # expired ids that go with each new one: the table shrinks faster than it grows
_JTI = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_KEY = {"kty": "EC", "crv": "P-256"}
_CLAIMS = {"htm", "htu", "iat", "jti", "body_sha256"}
_NO_MORE = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}


@dataclass(frozen=True)
class Proof:
    """A verified proof: its key's thumbprint (RFC 7638), its id, its time, and the hash of the body it is for."""

    jkt: str
    jti: str
    iat: int
    body_sha256: bytes

    def check_key(self, jkt: str) -> None:
        """Raise Problem 401 unless the key is the one with this thumbprint."""
        if not hmac.compare_digest(self.jkt.encode(), jkt.encode()):
            raise bad_pass()

    def check_body(self, sha256: bytes) -> None:
        """Raise Problem 401 unless the request's body has this SHA-256."""
        if not hmac.compare_digest(self.body_sha256, sha256):
            raise bad_pass()


class _Wrong(Exception):
    """A check that failed, by its name."""


def verify(token: str, method: str, url: str, access_token: str) -> Proof:
    """Return the proof that a DPoP header holds, for this method, URL (without query) and pass ("" for none).

    The body and the key remain to be checked. Raises Problem 401: one answer, whatever is wrong with it; but to
    whom only the time is wrong it tells the server's, since many a phone's clock is off by more than a minute.
    """
    try:
        jwk, claims = _signed(token)
        ath = {"ath": base64url.encode(hashlib.sha256(access_token.encode()).digest())} if access_token else {}
        _must("claims", set(claims) == _CLAIMS | set(ath))
        _must("htm", claims["htm"] == method)
        _must("htu", claims["htu"] == url)
        _must("ath", not ath or hmac.compare_digest(str(claims["ath"]).encode(), ath["ath"].encode()))
        _must("jti", isinstance(claims["jti"], str) and bool(_JTI.fullmatch(claims["jti"])))
        _must("iat", type(claims["iat"]) is int)
        proof = Proof(thumbprint(jwk), claims["jti"], claims["iat"], base64url.decode(claims["body_sha256"]))
    except (jwt.PyJWTError, _Wrong, AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise bad_pass() from None
    now = clock.now()
    if abs(now - proof.iat) > WINDOW:
        sentence = N_("The clock of this device is not right. Set it to the right time, then try again.")
        raise Problem(401, "wrong_time", sentence, now=now)
    return proof


def use(session: Session, proof: Proof) -> None:
    """Use a proof up, in a write transaction of the caller's. Raises Problem 401 where it has been used before."""
    sql(session, _FORGET, (clock.now(), _SWEEP))
    # Hashed: of one length, and nothing that a client chose comes to lie in the database.
    digest = hashlib.sha256(f"{proof.jkt}.{proof.jti}".encode()).digest()
    if not sql(session, _REMEMBER, (digest, proof.iat + _KEPT)):
        raise bad_pass()


# Each role that verifies proofs has this table in its own database.
_FORGET = "DELETE FROM used_proof WHERE id IN (SELECT id FROM used_proof WHERE until < ? ORDER BY until LIMIT ?)"
_REMEMBER = "INSERT INTO used_proof (id, until) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id"


def thumbprint(jwk: dict[str, str]) -> str:
    """Return the thumbprint of a public P-256 key (RFC 7638): of these four members, sorted."""
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return base64url.encode(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def unverified(segment: str) -> dict[str, Any]:
    """Return what a segment of a JWT holds; it tells which key to verify by, and PyJWT then reads it again, strictly.

    PyJWT's own functions for this read the whole token. Raises ValueError.
    """
    found = json.loads(base64url.decode(segment))
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _signed(token: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the public key and the claims of a JWT that is signed by this key."""
    header = unverified(token.partition(".")[0])
    _must("header", set(header) == {"typ", "alg", "jwk"})
    _must("typ", header["typ"] == TYPE)
    _must("alg", header["alg"] == ALGORITHM)
    jwk = header["jwk"]
    _must("jwk", set(jwk) == {"kty", "crv", "x", "y"} and jwk.items() >= _KEY.items())
    for name in ("x", "y"):
        base64url.decode(jwk[name])  # in its one form: or a key would have several thumbprints
    claims = jwt.decode(token, jwt.PyJWK(jwk, ALGORITHM), algorithms=[ALGORITHM], options=_NO_MORE)  # type: ignore[arg-type]
    return jwk, claims


def _must(check: str, holds: bool) -> None:
    if not holds:
        raise _Wrong(check)
