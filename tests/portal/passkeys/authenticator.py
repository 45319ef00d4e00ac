"""An authenticator and a browser in Python: they make passkeys and sign with them, rightly, or wrongly in one place."""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from tests.inprocess import PORTAL

Bend = Mapping[str, Callable[[Any], Any]]  # by the name of a step: what is put in the place of what it made
Json = dict[str, Any]
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
AS_IT_IS: Bend = {}


def text(data: bytes) -> str:
    """Base64url without padding, as WebAuthn's JSON has it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def read(written: str) -> bytes:
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))


class P256:
    """ES256."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        self.cose: dict[int, Any] = {1: 2, 3: -7, -1: 1, -2: x, -3: y}

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


class Ed25519:
    """EdDSA."""

    def __init__(self) -> None:
        self.key = ed25519.Ed25519PrivateKey.generate()
        self.cose: dict[int, Any] = {1: 1, 3: -8, -1: 6, -2: self.key.public_key().public_bytes_raw()}

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data)


class RSA:
    """RS256."""

    def __init__(self, bits: int = 2048) -> None:
        self.key = rsa.generate_private_key(65537, bits)
        n = self.key.public_key().public_numbers().n
        self.cose: dict[int, Any] = {1: 3, 3: -257, -1: n.to_bytes(bits // 8, "big"), -2: b"\x01\x00\x01"}

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@dataclass
class Authenticator:
    """One passkey, on a page of `origin`. `count` is its counter before it is used; None: it counts nothing."""

    key: P256 | Ed25519 | RSA = field(default_factory=P256)
    origin: str = PORTAL
    count: int | None = 0
    id: bytes = field(default_factory=lambda: os.urandom(32))
    user: bytes = b""

    def make(self, asked: Json, bend: Bend = AS_IT_IS) -> Any:
        """Answer what `POST /api/passkeys/options` asked."""
        self.user = bent(bend, "user", read(asked["user"]["id"]))
        client = self._client("webauthn.create", asked, bend)
        key = cbor2.dumps(bent(bend, "key", self.key.cose), canonical=False)
        credential = bent(bend, "attested id", self.id)
        attested = bytes(16) + len(credential).to_bytes(2, "big") + credential + bent(bend, "key bytes", key)
        data = self._data(UP | UV | AT, bend) + bent(bend, "attested", attested)
        statement = {"fmt": "none", "attStmt": {}, "authData": bent(bend, "data", data)}
        whole = cbor2.dumps(bent(bend, "object", statement))
        response = {"clientDataJSON": text(client), "attestationObject": text(bent(bend, "object bytes", whole))}
        return self._answer(response | {"transports": ["internal"]}, bend)

    def sign(self, asked: Json, bend: Bend = AS_IT_IS) -> Any:
        """Answer what `POST /api/sessions/passkey/options` asked."""
        client = self._client("webauthn.get", asked, bend)
        data = bent(bend, "data", self._data(UP | UV, bend))
        signature = bent(bend, "signature", self.key.sign(data + hashlib.sha256(client).digest()))
        response = {"clientDataJSON": text(bent(bend, "client after", client)), "signature": text(signature)}
        response["authenticatorData"] = text(bent(bend, "data after", data))
        response["userHandle"] = text(bent(bend, "user handle", self.user))
        return self._answer(response, bend)

    def _client(self, kind: str, asked: Json, bend: Bend) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": False}
        written: bytes = bent(bend, "client bytes", json.dumps(bent(bend, "client", said)).encode())
        return written

    def _data(self, flags: int, bend: Bend) -> bytes:
        if self.count is not None:
            self.count += 1
        site = hashlib.sha256(bent(bend, "site", "localhost").encode()).digest()
        count = bent(bend, "count", self.count or 0)
        return site + bytes([bent(bend, "flags", flags)]) + int(count).to_bytes(4, "big")

    def _answer(self, response: Json, bend: Bend) -> Any:
        whole = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return bent(bend, "answer", whole | {"response": bent(bend, "response", response)})


def bent(bend: Bend, step: str, value: Any) -> Any:
    """What a step makes, or what is put in its place."""
    return bend[step](value) if step in bend else value
