"""What may come back from a provider, or from who pretends to be one, that is no answer to our question."""

import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from tests.oidc.lying import Provider

Lie = Callable[[Provider], Any]


def told(**claims: Any) -> Lie:
    return lambda provider: provider.claims.update(claims)


def signed(alg: str) -> Lie:
    return lambda provider: setattr(provider, "alg", alg)


LIES: dict[str, Lie] = {
    "another issuer": told(iss="https://evil.example"),
    "another audience": told(aud="another client"),
    "another audience, too": told(aud=["safelight", "another client"]),
    "another authorized party": told(azp="another client"),
    "another nonce": told(nonce="n"),
    "no nonce": told(nonce=None),
    "a nonce that is none": told(nonce=7),
    "expired": told(exp=int(time.time()) - 120),
    "no end": told(exp=None),
    "not yet made": told(iat=int(time.time()) + 3600),
    "no subject": told(sub=None),
    "an empty subject": told(sub=""),
    "a long subject": told(sub="s" * 256),
    "unsigned": signed("none"),
    "signed by our own secret": signed("HS256"),
    "an unknown key": lambda provider: setattr(provider, "kid", "2"),
    "another key": lambda provider: setattr(provider, "key", generate_private_key(SECP256R1())),
    "userinfo of somebody else": lambda provider: provider.userinfo.update(sub="person-8"),
    "a token endpoint that refuses": lambda provider: provider.status.update({"/token": 400}),
}

ANSWERS: dict[str, dict[str, str | None]] = {
    "another state": {"state": "s"},
    "no state": {"state": None},
    "another provider (RFC 9207)": {"iss": "https://evil.example"},
    "no code": {"code": None},
    "a refusal": {"error": "access_denied"},
    "a code of another turn": {"code": "stolen"},
}
