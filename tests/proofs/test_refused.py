"""Whatever is wrong with a pass or its proof lets nobody in, on any route; and each check is what keeps them out."""

import base64
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from flask import Flask

from sealed import base64url
from tests.inprocess import REPORT
from tests.proofs.asked import BODY, JWK, KEY, URLS, Asked, jwk_of, statuses
from viewer import clock, gate, passes, proofs
from viewer.config import Settings
from viewer.portal.passes import PassIssuer
from viewer.proofs import Proof

Spoil = Callable[[Asked], object]
Control = Callable[[pytest.MonkeyPatch, Flask], object]
OTHER = ec.generate_private_key(ec.SECP256R1())
LONGER = ec.generate_private_key(ec.SECP521R1())
RSA = rsa.generate_private_key(65537, 2048)
STRANGER = PassIssuer("https://portal.example.org", bytes(32))
IN_ANOTHER_FORM = JWK["x"][:-1] + chr(ord(JWK["x"][-1]) + 1)  # the two bits that base64url has left over


def changed(**changes: Any) -> Spoil:
    """Other fields of the request; a function gets the request and returns the field."""

    def spoil(asked: Asked) -> None:
        for name, value in changes.items():
            setattr(asked, name, value(asked) if callable(value) and not name.startswith("change_") else value)

    return spoil


def claim(**claims: Any) -> Spoil:
    return changed(claims=lambda asked: {n: v(asked) if callable(v) else v for n, v in claims.items()})


def url(change: Callable[[str], str]) -> Spoil:
    return claim(htu=lambda asked: change(URLS[asked.role] + asked.path))


def other_role(asked: Asked) -> str:
    return URLS["filehost" if asked.role == "keyserver" else "keyserver"]


def signed_by(key: Any, alg: str = "ES256", **jwk: Any) -> Spoil:
    return changed(key=key, alg=alg, jwk=JWK | jwk)


def without(*checks: str) -> Control:
    """A verifier that leaves out some of its checks, by name."""

    def control(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
        real = proofs._must
        monkeypatch.setattr(proofs, "_must", lambda check, holds: None if check in checks else real(check, holds))

    return control


def patched(owner: Any, name: str, value: Any) -> Control:
    return lambda monkeypatch, app: monkeypatch.setattr(owner, name, value)


def any_form(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """A verifier that reads base64url as the standard library does."""
    monkeypatch.setattr(base64url, "decode", lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def any_signature(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """A verifier that reads a proof and does not look who signed it."""
    unverified = {"verify_signature": False}
    read = lambda token: (jwt.get_unverified_header(token)["jwk"], jwt.decode(token, options=unverified))  # noqa: E731
    monkeypatch.setattr(proofs, "_signed", read)


def any_key(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    monkeypatch.setattr(Proof, "check_key", lambda self, jkt: None)


def no_proof_asked_for(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    any_key(monkeypatch, app)
    monkeypatch.setattr(gate, "prove", lambda *_, **more: Proof("", secrets.token_hex(16), clock.now(), b""))
    monkeypatch.setattr(Proof, "check_body", lambda self, sha256: None)


def the_first_of_two(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    real = proofs.verify
    monkeypatch.setattr(proofs, "verify", lambda token, *rest: real(token.partition(",")[0], *rest))


def any_audience(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    without("htu")(monkeypatch, app)
    for verifier in app.extensions["safelight.verifiers"].values():
        monkeypatch.setattr(verifier, "audience", next(url for url in URLS.values() if url != verifier.audience))


def listed(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """The stranger is an issuer on the list."""

    class Keys:
        issuer = STRANGER.issuer

        def get(self, kid: str) -> jwt.PyJWK:
            return jwt.PyJWK(STRANGER.jwks["keys"][0])

    for verifier in app.extensions["safelight.verifiers"].values():
        monkeypatch.setitem(verifier._issuers, STRANGER.issuer, Keys())


any_time = patched(proofs, "WINDOW", 10**9)

# What is wrong, and the check without which it comes in.
NEGATIVES: dict[str, tuple[Spoil, Control]] = {
    "no proof": (changed(change_proofs=lambda proof: []), no_proof_asked_for),
    "two proofs": (changed(change_proofs=lambda proof: [proof, proof]), the_first_of_two),
    "the pass as a bearer token": (changed(scheme="Bearer"), patched(passes, "SCHEME", "Bearer")),
    "another method": (claim(htm="BREW"), without("htm")),
    "the method in small letters": (claim(htm=lambda asked: asked.method.lower()), without("htm")),
    "another path": (url(lambda url: url + "/"), without("htu")),
    "another report": (url(lambda url: url.replace(REPORT, "") + REPORT[::-1]), without("htu")),
    "another host": (url(lambda url: url.replace("localhost", "evil.example")), without("htu")),
    "the host that the Host header says": (
        changed(
            host="evil.example", claims=lambda asked: {"htu": URLS[asked.role].replace("localhost:800", "evil.example")}
        ),
        without("htu"),
    ),
    "another port": (url(lambda url: url.replace(":800", ":900")), without("htu")),
    "another scheme": (url(lambda url: url.replace("http:", "https:")), without("htu")),
    "an address with a query": (url(lambda url: url + "?a=b"), without("htu")),
    "an address with a fragment": (url(lambda url: url + "#a"), without("htu")),
    "the other role's address": (claim(htu=lambda asked: other_role(asked) + asked.path), without("htu")),
    "another body": (changed(body=BODY + b" "), patched(Proof, "check_body", lambda self, sha256: None)),
    "another key than the pass names": (changed(jkt=proofs.thumbprint(jwk_of(OTHER.public_key()))), any_key),
    "a pass that names no key": (changed(jkt="-"), any_key),
    "another pass": (claim(ath=base64url.encode(bytes(32))), without("ath")),
    "too old": (claim(iat=lambda asked: clock.now() - 62), any_time),
    "too new": (claim(iat=lambda asked: clock.now() + 62), any_time),
    "a time with a fraction": (claim(iat=lambda asked: clock.now() + 0.5), without("iat")),
    "a short id": (claim(jti=lambda asked: secrets.token_hex(7)), without("jti")),
    "a long id": (claim(jti=lambda asked: secrets.token_hex(33)), without("jti")),
    "an id of other signs": (claim(jti=lambda asked: "é" + secrets.token_hex(16)), without("jti")),
    "a claim too many": (claim(nonce="a"), without("claims")),
    "another type": (changed(header={"typ": "JWT"}), without("typ")),
    "no type": (changed(header={"typ": None}), any_signature),
    "a header too many": (changed(header={"kid": "a"}), without("header")),
    "signed by another key": (signed_by(OTHER), any_signature),
    "not signed": (signed_by(None, "none"), any_signature),
    "HMAC by the public key": (signed_by(base64.urlsafe_b64decode(JWK["x"] + "="), "HS256"), any_signature),
    "RSA": (signed_by(RSA, "RS256"), any_signature),
    "another algorithm's name": (changed(key=LONGER, alg="ES512"), any_signature),
    "a private key": (changed(jwk=jwk_of(KEY)), without("jwk")),
    "a key with a name": (changed(jwk=JWK | {"kid": "a"}), without("jwk")),
    "a key in another form": (changed(jwk=JWK | {"x": IN_ANOTHER_FORM}), any_form),
    "a key of another curve": (changed(jwk=JWK | {"crv": "P-384"}), any_signature),
    "a key of no curve": (changed(jwk=JWK | {"y": JWK["x"]}), any_signature),
    "a key of another kind": (changed(jwk=JWK | {"kty": "OKP"}), any_signature),
    "a pass for the other role": (changed(audience=other_role), any_audience),
    "a stranger's pass": (changed(issuer=lambda asked: STRANGER), listed),
}

# What is not there at all is missed in more than one place.
MISSING: dict[str, Spoil] = {
    **{f"no {name}": claim(**{name: None}) for name in ("htm", "htu", "iat", "jti", "ath", "body_sha256")},
    "no key": changed(header={"jwk": None}),
    "no pass": changed(change_pass=lambda token: ""),
    "half a proof": changed(change_proofs=lambda proof: [proof.rpartition(".")[0]]),
    "no JWT": changed(change_proofs=lambda proof: ["a.b.c"]),
    "a deep one": changed(change_proofs=lambda proof: [f"{'W1tb' * 1500}.e30.e30"]),
    "a list as its key": changed(header={"jwk": []}),
    "an id that is no text": claim(jti=7),
    "a hash that is no text": claim(body_sha256=7),
    "a time that is no number": claim(iat="now"),
    "a time without end": claim(iat=10**400),
}


def test_control_all_right_comes_in_on_every_route(app: Flask, settings: Settings) -> None:
    assert 401 not in statuses(app, settings, lambda asked: None).values()


@pytest.mark.parametrize("what", NEGATIVES)
def test_refused_on_every_route(app: Flask, settings: Settings, what: str) -> None:
    assert set(statuses(app, settings, NEGATIVES[what][0]).values()) == {401}


@pytest.mark.parametrize("what", NEGATIVES)
def test_control_without_its_check_it_comes_in(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    spoil, control = NEGATIVES[what]
    control(monkeypatch, app)
    assert 401 not in statuses(app, settings, spoil).values()


@pytest.mark.parametrize("what", MISSING)
def test_refused_where_something_is_missing_or_of_no_sense(app: Flask, settings: Settings, what: str) -> None:
    assert set(statuses(app, settings, MISSING[what]).values()) == {401}


def test_no_check_is_without_its_negative() -> None:
    checks = set(re.findall(r'_must\("(\w+)"', Path(proofs.__file__).read_text()))
    tested = set(re.findall(r'without\("(\w+)"\)', Path(__file__).read_text()))
    assert checks - tested == {"alg"}, "PyJWT refuses other algorithms too: both are left out by any_signature"


def test_the_query_is_no_part_of_a_proof(app: Flask, settings: Settings) -> None:
    """RFC 9449, section 4.2. By query we ask only which part of what one may read anyway: `since` and `after`."""
    assert 401 not in statuses(app, settings, changed(query="since=7&after=7")).values()
