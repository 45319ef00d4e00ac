"""Requests by pass and proof, all of it right; a test spoils one thing and sends them to every route."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import ECAlgorithm
from werkzeug.test import TestResponse

from sealed import base64url
from tests.filehost.steps import PIECE, TUS
from tests.inprocess import REPORT
from tests.shares import asking
from viewer import clock, gate
from viewer.config import Settings
from viewer.portal.passes import PassIssuer
from viewer.proofs import thumbprint

URLS = {"keyserver": "http://localhost:8001", "filehost": "http://localhost:8002"}
BODY = json.dumps({"sha256": "00", "length": 7} | asking()).encode()
KEY = ec.generate_private_key(ec.SECP256R1())


def jwk_of(key: Any) -> dict[str, Any]:
    found: dict[str, Any] = ECAlgorithm.to_jwk(key, as_dict=True)
    return found


JWK = jwk_of(KEY.public_key())


@dataclass
class Asked:
    """One request. `header`, `jwk` and `claims` are changes to the proof; None takes something away."""

    role: str
    method: str
    path: str
    scope: str
    issuer: PassIssuer
    audience: str
    object: str = REPORT
    key: Any = KEY
    alg: str = "ES256"
    header: dict[str, Any] = field(default_factory=dict)
    jwk: dict[str, Any] = field(default_factory=lambda: dict(JWK))
    claims: dict[str, Any] = field(default_factory=dict)
    jkt: str = ""
    scheme: str = "DPoP"
    host: str = "localhost"
    query: str = ""
    body: bytes = BODY
    change_pass: Callable[[str], str] = lambda token: token
    change_proofs: Callable[[str], list[str]] = lambda proof: [proof]

    def send(self, client: FlaskClient) -> TestResponse:
        """Send it with a fresh pass and a fresh proof."""
        return self.send_with(client, *self.tokens())

    def tokens(self) -> tuple[str, list[str]]:
        """The pass, and the proofs that go along."""
        jkt = self.jkt or thumbprint(self.jwk)
        token = self.issuer.issue(self.audience, "READER", self.scope, self.object, [], 10**6, jkt)
        token = self.change_pass(token)
        claims = {
            "htm": self.method,
            "htu": URLS[self.role] + self.path,
            "iat": clock.now(),
            "jti": secrets.token_urlsafe(16),
            "ath": base64url.encode(hashlib.sha256(token.encode()).digest()),
            "body_sha256": base64url.encode(hashlib.sha256(BODY).digest()),
        }
        kept = {name: value for name, value in (claims | self.claims).items() if value is not None}
        header = {"typ": "dpop+jwt", "jwk": self.jwk} | self.header
        return token, self.change_proofs(jwt.encode(kept, self.key, self.alg, headers=header))

    def send_with(self, client: FlaskClient, token: str, proofs: list[str]) -> TestResponse:
        fields = [("Authorization", f"{self.scheme} {token}"), *(("DPoP", proof) for proof in proofs)]
        fields += [("Host", self.host), ("Idempotency-Key", "k" * 24)]
        fields += [("Content-Type", PIECE if self.scope == "blob:put" else "application/json")]
        fields += [*TUS.items(), ("Upload-Length", str(len(BODY))), ("Upload-Offset", "0")]
        query = {"query_string": self.query, "buffered": True}
        return client.open(self.path, method=self.method, headers=fields, data=self.body, **query)


def routes(app: Flask, settings: Settings) -> Iterator[Asked]:
    """A good request for every route that is entered by pass."""
    issuer = PassIssuer(settings.portal_url, settings.portal_secret)
    for rule in app.url_map.iter_rules():
        role, scope = rule.endpoint.partition(".")[0], getattr(app.view_functions[rule.endpoint], "access", "")
        for method in gate.methods(rule):
            if ":" in scope:
                path = re.sub("<[^>]+>", "7", re.sub("<(report|organisation)>", REPORT, rule.rule))
                about = REPORT if REPORT in path else ""
                yield Asked(role, method, path, scope, issuer, URLS[role], about)


def statuses(app: Flask, settings: Settings, spoil: Callable[[Asked], object]) -> dict[str, int]:
    """Spoil and send a request to every route; return what each answered.

    There is no such report: what is let in is answered by something else than 401.
    """
    found = {}
    for asked in routes(app, settings):
        spoil(asked)
        answer = asked.send(app.test_client())
        assert answer.status_code != 500, asked.path
        if answer.status_code == 401 and asked.method != "HEAD":
            assert answer.json and answer.json["error"] in ("bad_pass", "wrong_time")
            assert answer.headers["WWW-Authenticate"] == 'DPoP algs="ES256"'
        found[f"{asked.method} {asked.path}"] = answer.status_code
    assert len(found) >= 15 and {path.split("/")[2] for path in found} >= {"keys", "blobs", "events", "accounts"}
    return found
