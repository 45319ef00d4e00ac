"""Passes: who this browser's person is, signed by the portal, believed for two minutes (design: section 6).

The portal issues them (portal/passes.py); key server and file host verify them here, and beside them the proof
that a request comes from the browser that got the pass (proofs.py).
"""

import hmac
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

import jwt
import requests

from . import proofs
from .problems import Problem, bad_pass

ALGORITHM = "EdDSA"
TYPE = "safelight-pass+jwt"
SCHEME = "DPoP"  # of the Authorization header: RFC 9449, section 7.1
LIFETIME = 120  # seconds
SKEW = 60  # seconds by which clocks may differ
JWKS_PATH = "/.well-known/jwks.json"
_CLAIMS = [
    "iss",
    "aud",
    "sub",
    "iat",
    "exp",
    "jti",
    "scope",
    "object",
    "contacts",
    "jurisdiction",
    "signed_in_by",
    "cnf",
]
_KEYS_KEPT = 600  # seconds
_TRY_AGAIN = 1  # seconds between two tries to reach an issuer, whatever strangers send
_ASK_AGAIN = 10  # seconds between two questions to one issuer, whatever strangers send
_log = logging.getLogger("safelight")
Jwks = dict[str, Any]  # RFC 7517, section 5


@dataclass(frozen=True)
class Contact:
    """A contact that the issuer has verified: its canonical form, and when (seconds since 1970)."""

    value: str
    verified_at: int


@dataclass(frozen=True)
class Pass:
    """A verified pass. `object` is the report's id; `limit` the bytes that may be stored, for `blob:put`.

    `organisation` is the id of the organisation of the issuer's that the account belongs to, empty where there is none.
    `jkt` is the thumbprint (RFC 7638) of the one key whose proofs go with it; no key has an empty one.
    `observed` is what the server itself saw of the request that it came with, by name: the log commits to it.
    """

    issuer: str
    account: str
    scope: str
    object: str
    contacts: tuple[Contact, ...]
    jurisdiction: str
    signed_in_by: str
    limit: int = 0
    jkt: str = ""
    organisation: str = ""
    observed: tuple[tuple[str, str], ...] = ()


class PassVerifier:
    """Verifies passes for one audience (a base URL), from the issuers on one list."""

    def __init__(self, audience: str, issuers: tuple[str, ...], here: dict[str, Jwks]) -> None:
        """`here` has the public keys of the issuers that run in this very process, by address."""
        self.audience = audience
        self._issuers = {issuer: IssuerKeys(issuer, here.get(issuer)) for issuer in issuers}

    def verify(self, authorization: str, scope: str, report: str) -> Pass:
        """Return the pass in an Authorization header, for this scope and report id.

        Raises Problem 401 for anything else: one answer, whatever is wrong with it.
        """
        kind, _, token = authorization.partition(" ")
        try:
            if kind != SCHEME:
                raise jwt.InvalidTokenError("no pass")
            found = self._decode(token)
            # Compared in constant time: an id is what a link is good for.
            is_for_this = found.scope == scope and hmac.compare_digest(found.object.encode(), report.encode())
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError):
            raise bad_pass() from None
        if not is_for_this:
            raise bad_pass()
        return found

    def _decode(self, token: str) -> Pass:
        header, claimed = map(proofs.unverified, token.split(".")[:2])
        keys = self._issuers[claimed["iss"]]
        if header.get("typ") != TYPE or set(header) != {"alg", "typ", "kid"}:
            raise jwt.InvalidTokenError("no pass")
        claims: dict[str, Any] = jwt.decode(
            token,
            keys.get(header["kid"]),
            algorithms=[ALGORITHM],
            audience=self.audience,
            issuer=keys.issuer,
            leeway=SKEW,
            options={"require": _CLAIMS, "strict_aud": True},
        )
        if not 0 < claims["exp"] - claims["iat"] <= LIFETIME:
            raise jwt.InvalidTokenError("lives too long")
        contacts = tuple(Contact(str(c["value"]), int(c["verified_at"])) for c in claims["contacts"])
        return Pass(
            claims["iss"],
            str(claims["sub"]),
            str(claims["scope"]),
            str(claims["object"]),
            contacts,
            str(claims["jurisdiction"]),
            str(claims["signed_in_by"]),
            int(claims.get("limit", 0)),
            str(claims["cnf"]["jkt"]),
            str(claims.get("organisation", "")),
        )


class IssuerKeys:
    """The public keys of one issuer (JWKS, RFC 7517), fetched when needed and kept for ten minutes.

    Of an issuer in this process, `jwks`: while it ends it takes no more questions, not even from itself, and what
    has been begun would wait for it in vain.
    """

    def __init__(self, issuer: str, jwks: Jwks | None = None) -> None:
        self.issuer = issuer
        self._jwks = jwks
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked = -float("inf")
        self._down = False

    def get(self, kid: str) -> jwt.PyJWK:
        """Return the key with this id; KeyError where the issuer has none such.

        Raises Problem 503 where it would have to be asked and cannot be reached.
        """
        with self._lock:
            age = time.monotonic() - self._asked
            patience = _TRY_AGAIN if self._down else _ASK_AGAIN
            if age > _KEYS_KEPT or (kid not in self._keys and age > patience):
                found = self._fetch()
                self._asked, self._down, self._keys = time.monotonic(), found is None, found or self._keys
            if self._down and kid not in self._keys:
                raise Problem(503, "busy", "The sign-in server cannot be reached right now. Try again.")
            return self._keys[kid]

    def _fetch(self) -> dict[str, jwt.PyJWK] | None:
        """Return the issuer's keys, or None where it cannot be reached: those that are known go on being good."""
        try:
            found = jwt.PyJWKSet.from_dict(self._jwks or self._ask())
        except (requests.RequestException, jwt.PyJWTError, ValueError) as error:
            _log.error("issuer's keys cannot be had: %s", type(error).__name__)
            return None
        return {key.key_id: key for key in found.keys if key.key_id and key.algorithm_name == ALGORITHM}

    def _ask(self) -> Any:
        answer = requests.get(self.issuer + JWKS_PATH, timeout=5, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()
