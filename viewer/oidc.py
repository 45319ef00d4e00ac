"""Asks an OpenID provider who somebody is: authorization code, PKCE and an ID token checked by the provider's own keys.

For a key server's own sign-in (keyserver/sign_in.py) and for hospitals' at the portal (portal/hospital_sign_in.py).
Sources: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3.7, and Discovery 1.0; RFC 7636 (PKCE); RFC 9207 (`iss`);
RFC 9700. No answer of the provider may lead elsewhere: redirects are not followed.
"""

import hmac
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from sealed import base64url

from . import contacts
from .passes import SKEW, IssuerKeys
from .problems import Problem
from .sign_ins import SignIn
from .text import N_

PATIENCE = 900  # seconds from the beginning to the end of a sign-in

ALGORITHMS = (
    "RS256",
    "PS256",
    "ES256",
    "EdDSA",
)  # by public keys only: no `none`, and nothing that a client could sign
_PATIENCE = (5, 10)  # seconds to connect, and to wait for an answer
_METADATA_KEPT = 600  # seconds
_TRY_AGAIN = 1  # seconds between two tries to reach the provider
_LONGEST = 255  # characters of a subject: OpenID Connect Core, section 2
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_REFUSED = (OAuthError, jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError)
_log = logging.getLogger("safelight")


class NotSignedIn(Exception):
    """What came back is no sign-in that we asked for; the text is for the log, and quotes nothing."""


@dataclass(frozen=True)
class Turn:
    """What binds one turn at the provider to one browser: `state`, `nonce` and PKCE's verifier."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, secret: bytes, browser: str) -> "Turn":
        """Return the turn of the browser that alone has `browser`, a secret of its cookie's.

        Made of that and of a secret of ours, so that nothing of it is kept.
        """
        of = (f"safelight v1 sign-in {name}\0{browser}".encode() for name in ("state", "nonce", "verifier"))
        return cls(*(base64url.encode(hmac.digest(secret, one, "sha256")) for one in of))

    def began(self, answer: dict[str, str]) -> bool:
        """Tell whether what came back answers this turn, by its state."""
        return hmac.compare_digest(answer.get("state", "").encode(), self.state.encode())


@dataclass(frozen=True)
class Person:
    """Who signed in: the provider's own lasting name for them, and what contacts, in their one form, it vouches for.

    `name` is what it says that people call them; perhaps empty.
    """

    subject: str
    contacts: tuple[str, ...]
    name: str = ""


class Provider:
    """One OpenID provider, and us as its client; `back` is our address to which it sends people back.

    `asks` are the scopes, besides `openid`, of what it is asked to tell.
    """

    def __init__(self, told: SignIn, back: str, asks: str) -> None:
        self._told, self._back, self._asks = told, back, asks
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: _Keys | None = None
        self._asked = -float("inf")

    def address(self, turn: Turn) -> str:
        """Return where somebody signs in. Raises Problem 503 where the provider cannot be reached."""
        endpoint = self._known()["authorization_endpoint"]
        with self._session() as session:
            url, __ = session.create_authorization_url(
                endpoint, state=turn.state, nonce=turn.nonce, code_verifier=turn.verifier
            )
        return str(url)

    def person(self, answer: dict[str, str], turn: Turn) -> Person:
        """Return who came back, by the answer in our address's query.

        Raises NotSignedIn, and Problem 503 where the provider cannot be reached.
        """
        known = self._known()
        self.check_answer(answer, turn, known)
        try:
            token = self._exchange(known["token_endpoint"], answer["code"], turn)
            claims = self._claims(str(token["id_token"]), turn.nonce)
            if "userinfo_endpoint" in known:
                claims |= self._userinfo(known["userinfo_endpoint"], str(token["access_token"]), claims["sub"])
            return Person(claims["sub"], tuple(_vouched(claims)), _name(claims))
        except requests.RequestException as error:
            if error.response is not None and error.response.status_code < 500:
                raise NotSignedIn("refused by the provider") from None
            raise _unreachable(error) from None
        except _REFUSED as error:
            raise NotSignedIn(type(error).__name__) from None

    def check_answer(self, answer: dict[str, str], turn: Turn, known: dict[str, Any]) -> None:
        """Raise NotSignedIn unless an answer is to this turn, and this provider's (RFC 9207: mixed-up providers)."""
        if not turn.began(answer):
            raise NotSignedIn("another state")
        must = known.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", None if must else self._told.issuer) != self._told.issuer:
            raise NotSignedIn("another provider")
        if "error" in answer or not answer.get("code"):
            raise NotSignedIn("refused by the provider")

    def _exchange(self, endpoint: str, code: str, turn: Turn) -> dict[str, Any]:
        with self._session() as session:
            token = session.fetch_token(
                endpoint, code=code, code_verifier=turn.verifier, timeout=_PATIENCE, allow_redirects=False
            )
        return dict(token)

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """Return what an ID token says, once all of OpenID Connect Core 3.1.3.7 that concerns us has been checked."""
        header = jwt.get_unverified_header(token)
        if header["alg"] not in ALGORITHMS or self._keys is None:
            raise jwt.InvalidAlgorithmError("no such algorithm")
        claims: dict[str, Any] = jwt.decode(
            token,
            self._keys.get(header["kid"]).key,
            algorithms=[header["alg"]],
            audience=self._told.client,
            issuer=self._told.issuer,
            leeway=SKEW,
            options={"require": ["iss", "aud", "sub", "iat", "exp", "nonce"]},
        )
        if claims["aud"] not in (self._told.client, [self._told.client]):
            raise jwt.InvalidAudienceError("for others too")
        if claims.get("azp", self._told.client) != self._told.client:
            raise jwt.InvalidAudienceError("for another client")
        if not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
            raise jwt.InvalidTokenError("another nonce")
        if not 0 < len(claims["sub"]) <= _LONGEST or not claims["sub"].isascii():
            raise jwt.InvalidTokenError("no subject")
        return claims

    def _userinfo(self, endpoint: str, access_token: str, subject: str) -> dict[str, Any]:
        found = _get(endpoint, {"Authorization": f"Bearer {access_token}"})
        if found["sub"] != subject:
            raise ValueError("about somebody else")
        return {name: found[name] for name in _TOLD if name in found}

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self._told.client,
            self._told.secret or None,
            token_endpoint_auth_method="client_secret_basic" if self._told.secret else "none",
            scope=f"openid {self._asks}",
            redirect_uri=self._back,
            code_challenge_method="S256",
        )

    def _known(self) -> dict[str, Any]:
        """Return what the provider says of itself, asked for now and then; Problem 503 where it was never told."""
        with self._lock:
            age = time.monotonic() - self._asked
            if age > (_METADATA_KEPT if self._metadata else _TRY_AGAIN):
                self._learn()
                self._asked = time.monotonic()  # those who have waited for it do not ask once more
            if not self._metadata:
                raise _unreachable(None)
            return self._metadata

    def _learn(self) -> None:
        issuer = self._told.issuer
        try:
            found = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", {})
            if found["issuer"] != issuer:  # Discovery 1.0, section 4.3
                raise ValueError("another provider")
            for name in _ENDPOINTS:
                if urlsplit(found[name]).scheme not in ("https", urlsplit(issuer).scheme):
                    raise ValueError("an address without TLS")
        except (requests.RequestException, KeyError, TypeError, ValueError) as error:
            _log.error("the sign-in provider cannot be asked: %s", type(error).__name__)
            return  # what was known goes on being good
        if self._keys is None or self._keys.address != found["jwks_uri"]:
            self._keys = _Keys(issuer, found["jwks_uri"])
        self._metadata = found


class _Keys(IssuerKeys):
    """The provider's public keys; kept, and asked for again, as those of portals are."""

    def __init__(self, issuer: str, address: str) -> None:
        super().__init__(issuer)
        self.address = address

    def _fetch(self) -> dict[str, jwt.PyJWK] | None:
        try:
            found = jwt.PyJWKSet.from_dict(_get(self.address, {}))
        except (requests.RequestException, jwt.PyJWTError, ValueError) as error:
            _log.error("the sign-in provider's keys cannot be had: %s", type(error).__name__)
            return None
        # Only what verifies: a shared secret in there would let anybody sign who has read it.
        return {key.key_id: key for key in found.keys if key.key_id and key.algorithm_name in ALGORITHMS}


_TOLD = ("email", "email_verified", "phone_number", "phone_number_verified", "name")


def _vouched(claims: dict[str, Any]) -> list[str]:
    """Return the contacts that the provider says it has verified; others count for nothing."""
    found = []
    for name in ("email", "phone_number"):
        if claims.get(f"{name}_verified") is True and isinstance(claims.get(name), str):
            try:
                found.append(contacts.canonical(claims[name]))
            except contacts.BadContact:
                continue
    return found


def _name(claims: dict[str, Any]) -> str:
    name = claims.get("name")
    name = " ".join(name.split()) if isinstance(name, str) else ""
    return name if name.isprintable() else ""


def _get(address: str, headers: dict[str, str]) -> dict[str, Any]:
    answer = requests.get(address, headers=headers, timeout=_PATIENCE, allow_redirects=False)
    answer.raise_for_status()
    found = answer.json() if answer.status_code == 200 else None
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _unreachable(error: Exception | None) -> Problem:
    if error is not None:
        _log.error("the sign-in provider cannot be asked: %s", type(error).__name__)
    sentence = N_("The sign-in cannot be reached right now. Nothing was opened. Try again in a minute.")
    return Problem(503, "busy", sentence)
