"""Asks a key server for releases: here alone these tests know what a request and its answer look like."""

import hashlib
import http.client
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sealed.base32 import encode_id
from sealed.released import CREATE, RELEASE
from tests.shares import asking, opened
from viewer import clock
from viewer.portal.models import Contact
from viewer.portal.passes import PassIssuer
from viewer.proofs import thumbprint
from viewer.session_key import SessionKey

SECONDS = 60  # how long an answer may take


@dataclass(frozen=True)
class Answer:
    """What came back, byte for byte, and the share (32 bytes) that was in it; None where there was none."""

    status: int
    body: bytes = field(repr=False)
    share: bytes | None = field(repr=False, default=None)


class Asker:
    """One account that has made a key and may have it released. One thread at a time: it has one connection.

    Whatever is asked raises OSError or http.client.HTTPException where no answer came.
    """

    def __init__(self, issuer: PassIssuer, url: str) -> None:
        self.issuer, self.url, self.report = issuer, url, encode_id(secrets.token_bytes(16))
        self._contact = Contact(value=f"{self.report.lower()}@example.org", verified_at=1)
        self._key, self._line = SessionKey(), http.client.HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
        policy = {"recipients": [self._contact.value], "not_after": clock.text(clock.now() + 86_400)}
        body = json.dumps(policy | asking()).encode()
        made = self._request("POST", "", self.pass_("key:create"), self.report, body)
        self.share = self._share(made, CREATE, self.report)
        assert self.share, made.status
        file = json.dumps({"sha256": "ab" * 32, "length": 7}).encode()
        assert self._request("PUT", "/file", self.pass_("key:create"), "", file).status == 204

    def ask(self, idempotency_key: str, by_pass: str | None = None) -> Answer:
        """Ask for the release, with a fresh pass or with this one; always with a fresh proof."""
        token = self.pass_("key:release") if by_pass is None else by_pass
        answer = self._request("POST", "/release", token, idempotency_key, json.dumps(asking()).encode())
        return Answer(answer.status, answer.body, self._share(answer, RELEASE, idempotency_key))

    def knock(self) -> int:
        """Be turned away by a bad proof. The worker now holds a connection and the issuer's keys, but no database."""
        return self._request("POST", "/release", self.pass_("key:release"), "x" * 16, proved=b"another body").status

    def close(self) -> None:
        """Let go of the connection; a next request opens another."""
        self._line.close()

    def pass_(self, scope: str, audience: str = "", report: str = "", issuer: PassIssuer | None = None) -> str:
        """A fresh pass for this account and its session key."""
        to, about = audience or self.url, report or self.report
        account, jkt = f"ACCOUNT-{self.report}", thumbprint(self._key.jwk)
        return (issuer or self.issuer).issue(to, account, scope, about, [self._contact], 0, jkt)

    def bad_passes(self) -> Iterator[str]:
        """What is no pass, and passes that are not for this."""
        good = self.pass_("key:release")
        yield from ("", "x" * 4000, secrets.token_urlsafe(300), good[:-9], f"{good[:-4]}AAAA")
        for name in (self.issuer.issuer, "https://stranger.example"):
            yield self.pass_("key:release", issuer=PassIssuer(name, secrets.token_bytes(32)))
        yield self.pass_("key:release", audience="https://other.example")
        yield self.pass_("key:release", report=encode_id(secrets.token_bytes(16)))
        yield self.pass_("blob:get")

    def headers(self, method: str, address: str, by_pass: str, idempotency_key: str, said: bytes) -> dict[str, str]:
        """What goes with one request, with a fresh proof."""
        proof = self._key.proof(method, self.url + address, hashlib.sha256(said).digest(), by_pass)
        proved = {"Authorization": f"DPoP {by_pass}", "DPoP": proof}
        return proved | {"Idempotency-Key": idempotency_key, "Content-Type": "application/json"}

    def _request(
        self, method: str, path: str, by_pass: str, idempotency_key: str, body: bytes = b"", proved: bytes | None = None
    ) -> Answer:
        address, said = f"/v1/keys/{self.report}{path}", body if proved is None else proved
        try:
            self._line.request(method, address, body, self.headers(method, address, by_pass, idempotency_key, said))
            response = self._line.getresponse()
            return Answer(response.status, response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def _share(self, answer: Answer, action: str, request_id: str) -> bytes | None:
        told = json.loads(answer.body)
        return opened(told, self.url, self.report, request_id, action) if "sealed_share" in told else None
