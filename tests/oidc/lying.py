"""An OpenID provider in this process that can lie in every way."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm

from sealed import base64url
from tests.conftest import RECIPIENT
from viewer.sign_ins import SignIn

CLIENT, SECRET, NAME = "safelight", "client secret", "St Elsewhere"
Json = dict[str, Any]


@dataclass
class Provider:
    """What it tells; a test changes one thing of it."""

    url: str = ""
    subject: str = "person-7"
    person: Json = field(default_factory=lambda: {"email": RECIPIENT, "email_verified": True})
    claims: Json = field(default_factory=dict)  # in place of the ID token's right ones; None takes one away
    alg: str = "ES256"
    kid: str = "1"
    metadata: Json = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)  # of answers by path, in place of 200
    userinfo: Json = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # the paths
    turns: dict[str, dict[str, str]] = field(default_factory=dict)  # what was asked for, by code

    def __post_init__(self) -> None:
        self.key = self.published = generate_private_key(SECP256R1())

    @property
    def settings(self) -> SignIn:
        return SignIn(self.url, CLIENT, SECRET, NAME)

    def authorize(self, address: str) -> dict[str, str]:
        """Sign its person in; return what goes back to the client in the address."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/authorize"
        asked = {name: one for name, (one,) in parse_qs(parts.query).items()}
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = secrets.token_urlsafe(8)
        self.turns[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.url}

    def answer(self, path: str, body: str, authorization: str) -> tuple[int, Json]:
        self.asked.append(path)
        if path in self.status:
            return self.status[path], {}
        if path == "/token":
            return self._token({name: one for name, (one,) in parse_qs(body).items()}, authorization)
        if path == "/userinfo":
            return 200, {"sub": self.subject} | self.person | self.userinfo
        if path == "/keys":
            return 200, {"keys": [json.loads(ECAlgorithm.to_jwk(self.published.public_key())) | {"kid": "1"}]}
        return 200, self._metadata()

    def _metadata(self) -> Json:
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        told = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in names.items()}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | told | self.metadata

    def _token(self, asked: dict[str, str], authorization: str) -> tuple[int, Json]:
        turn = self.turns.pop(asked["code"], None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64url.encode(hashlib.sha256(asked["code_verifier"].encode()).digest())
        is_right = turn and challenge == turn["code_challenge"] and asked["redirect_uri"] == turn["redirect_uri"]
        if not turn or not is_right or authorization != f"Basic {basic}":
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        right = {"iss": self.url, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300}
        said = {name: one for name, one in (right | {"nonce": turn["nonce"]} | self.claims).items() if one is not None}
        key: Any = {"ES256": self.key, "HS256": SECRET.ljust(32), "none": None}[self.alg]
        token = jwt.encode(said, key, self.alg, headers={"kid": self.kid})
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that answers, by HTTP."""
    provider = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, told = provider.answer(urlsplit(self.path).path, body, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if 300 <= status < 400:
                self.send_header("Location", f"{provider.url}/elsewhere")
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
