"""Passes: only the one form is believed; everything else gets one answer."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from tests.inprocess import JKT, PORTAL, REPORT
from viewer import contacts, passes
from viewer.config import Settings
from viewer.passes import PassVerifier
from viewer.portal.passes import PassIssuer
from viewer.problems import Problem

Forge = Callable[[dict[str, Any], dict[str, Any], Ed25519PrivateKey], str]


def signed(claims: dict[str, Any], header: dict[str, Any], key: Ed25519PrivateKey) -> str:
    return jwt.encode(claims, key, "EdDSA", headers=header)


def changed(**changes: Any) -> Forge:
    """A pass with other claims, signed by the right key."""

    def forge(claims: dict[str, Any], header: dict[str, Any], key: Ed25519PrivateKey) -> str:
        kept = {name: value for name, value in (claims | changes).items() if value is not None}
        return signed(kept, header, key)

    return forge


def header(**changes: Any) -> Forge:
    return lambda claims, given, key: signed(claims, given | changes, key)


def by_hmac(claims: dict[str, Any], given: dict[str, Any], key: Ed25519PrivateKey) -> str:
    """The classic confusion: the public key as a shared secret."""
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return jwt.encode(claims, public, "HS256", headers=given)


FORGERIES: dict[str, Forge] = {
    "another key": lambda claims, given, key: signed(claims, given, Ed25519PrivateKey.generate()),
    "no signature": lambda claims, given, key: jwt.encode(claims, None, "none", headers=given),
    "HMAC by the public key": by_hmac,
    "one letter changed": lambda claims, given, key: signed(claims, given, key)[:-6] + "AAAAAA",
    "another type": header(typ="JWT"),
    "a header of its own": header(jku="https://evil.example/jwks.json"),
    "an unknown key id": header(kid="0" * 16),
    "another audience": changed(aud="https://keys.example.org"),
    "a list of audiences": changed(aud=[PORTAL, "https://keys.example.org"]),
    "another issuer": changed(iss="https://portal.example.org"),
    "another scope": changed(scope="blob:get"),
    "another report": changed(object="1" + REPORT[1:]),
    "no report": changed(object=None),
    "half a letter in the report": changed(object="\ud800" + REPORT[1:]),
    "a header that is a list": lambda claims, given, key: "W10." + signed(claims, given, key).partition(".")[2],
    "no contacts": changed(contacts=None),
    "contacts of another shape": changed(contacts=["registrar@example.org"]),
    "expired": changed(iat=1_000_000, exp=1_000_120),
    "not yet issued": changed(iat=9_000_000_000, exp=9_000_000_120),
    "good for an hour": changed(exp=9_000_000_000),
    "no end": changed(exp=None),
    "no key": changed(cnf=None),
    "a key of another shape": changed(cnf=JKT),
    "a key without thumbprint": changed(cnf={}),
}


@pytest.fixture
def parts(settings: Settings, app: Flask) -> tuple[dict[str, Any], dict[str, Any], Ed25519PrivateKey]:
    """A good pass's claims and header, and the portal's key."""
    token = PassIssuer(settings.portal_url, settings.portal_secret).issue(
        PORTAL, "READER", "key:release", REPORT, [], 0, JKT
    )
    claims = jwt.decode(token, options={"verify_signature": False})
    given = {name: jwt.get_unverified_header(token)[name] for name in ("typ", "kid")}
    key = Ed25519PrivateKey.from_private_bytes(contacts.derive(settings.portal_secret, "pass signing key"))
    return claims, given, key


@pytest.fixture
def verifier(app: Flask) -> PassVerifier:
    return PassVerifier(PORTAL, (PORTAL,), app.extensions["safelight.jwks"])


def test_control_the_good_pass_is_believed(verifier: PassVerifier, parts: Any) -> None:
    found = verifier.verify(f"DPoP {signed(*parts)}", "key:release", REPORT)
    assert (found.account, found.issuer, found.object, found.jkt) == ("READER", PORTAL, REPORT, JKT)


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_get_one_answer(verifier: PassVerifier, parts: Any, name: str) -> None:
    with pytest.raises(Problem) as refused:
        verifier.verify(f"DPoP {FORGERIES[name](*parts)}", "key:release", REPORT)
    assert (refused.value.status, refused.value.error) == (401, "bad_pass")


@pytest.mark.parametrize(
    "authorization",
    ["", "DPoP", "DPoP ", "DPoP a.b.c", "Basic YTpi", "DPoP \u00e9.\u00e9.\u00e9", f"DPoP {'W1tb' * 1500}.e30.e30"],
)
def test_no_pass_gets_the_same_answer(verifier: PassVerifier, authorization: str) -> None:
    with pytest.raises(Problem) as refused:
        verifier.verify(authorization, "key:release", REPORT)
    assert (refused.value.status, refused.value.error) == (401, "bad_pass")


class Issuer:
    """An issuer's address, which answers or not, and counts how often it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.up, self.asked, self.now = True, 0, 1000.0
        self.jwks = PassIssuer("https://portal.example", bytes(32)).jwks
        monkeypatch.setattr(passes.requests, "get", self.get)
        monkeypatch.setattr(passes.time, "monotonic", lambda: self.now)

    def get(self, url: str, **_more: Any) -> Any:
        self.asked += 1
        if not self.up:
            raise requests.ConnectionError
        answer = requests.Response()
        answer.status_code, answer._content = 200, json.dumps(self.jwks).encode()
        return answer


def test_an_issuer_that_is_down_is_not_asked_for_every_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = Issuer(monkeypatch)
    keys, kid = passes.IssuerKeys("https://portal.example"), issuer.jwks["keys"][0]["kid"]
    assert keys.get(kid).key_id == kid and issuer.asked == 1
    issuer.up, issuer.now = False, issuer.now + 700
    assert keys.get(kid).key_id == kid, "what is known goes on being good"
    for number in range(100):
        with pytest.raises(Problem):
            keys.get(f"unknown {number}")
    assert issuer.asked == 2
    issuer.up, issuer.now = True, issuer.now + 2
    with pytest.raises(KeyError):
        keys.get("unknown")
    assert issuer.asked == 3, "control: after a moment it is asked again"


def test_an_issuer_in_this_process_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers nobody any more while the process ends what it has begun."""
    issuer = Issuer(monkeypatch)
    issuer.up, kid = False, issuer.jwks["keys"][0]["kid"]
    assert passes.IssuerKeys("https://portal.example", issuer.jwks).get(kid).key_id == kid and issuer.asked == 0
    with pytest.raises(Problem):
        passes.IssuerKeys("https://portal.example").get(kid)
    assert issuer.asked == 1, "control: one elsewhere is asked, and cannot answer"


def test_the_roles_of_one_process_know_its_portal(app: Flask, parts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes.requests, "get", lambda *_, **__: pytest.fail("asks itself by HTTP"))
    for verifier in app.extensions["safelight.verifiers"].values():
        token = PassIssuer(PORTAL, app.extensions["safelight"].portal_secret).issue(
            verifier.audience, "READER", "key:release", REPORT, [], 0, JKT
        )
        assert verifier.verify(f"DPoP {token}", "key:release", REPORT).issuer == PORTAL
