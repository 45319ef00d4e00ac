"""What tests need that talk to the application without a server between."""

import hashlib
import os
from pathlib import Path
from typing import Any

from flask.testing import EnvironBuilder, FlaskClient
from werkzeug.test import TestResponse

from tests.api import answers
from tests.postgresql import databases
from viewer.config import Settings
from viewer.portal.passes import PassIssuer
from viewer.proofs import thumbprint
from viewer.session_key import SessionKey

PORTAL = "http://localhost"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
REPORT = "0123456789ABCDEFGHJKMNPQRS"
KEY = SessionKey()  # of everybody here
JKT = thumbprint(KEY.jwk)


def settings(data: Path) -> Settings:
    """All three roles in one process, with secrets made up on the spot."""
    return Settings.from_environment(
        {
            "SAFELIGHT_DATA": str(data),
            "SAFELIGHT_PORTAL_URL": PORTAL,
            "SAFELIGHT_PHONE_REGION": "AU",
            "SAFELIGHT_MAIL": "json://127.0.0.1:1/mail/{to}",
            "SAFELIGHT_PORTAL_SECRET": os.urandom(32).hex(),
            "SAFELIGHT_KEYSERVER_SECRET": os.urandom(32).hex(),
            "SAFELIGHT_KEYSERVER_KEK": os.urandom(32).hex(),
            "SAFELIGHT_KEYSERVER_WITNESSES": "",  # no thread that asks beside the tests, no server to be asked
            "SAFELIGHT_FILEHOST_SECRET": os.urandom(32).hex(),
            **databases(),
        }
    )


class Bearer:
    """Makes the headers of one account's requests to key server and file host; ProvingClient adds the proofs."""

    def __init__(self, issuer: PassIssuer, account: str, contact: str = "", organisation: str = "") -> None:
        self.issuer, self.account, self.contact, self.organisation = issuer, account, contact, organisation

    def headers(self, scope: str, report: str = REPORT, key: str = "a" * 24, limit: int = 0) -> dict[str, str]:
        """A fresh pass for one scope and report, and an idempotency key."""
        from viewer.portal.models import Contact

        proved = [Contact(value=self.contact, verified_at=1)] if self.contact else []
        token = self.issuer.issue(PORTAL, self.account, scope, report, proved, limit, JKT, self.organisation)
        return {"Authorization": f"DPoP {token}", "Idempotency-Key": key}


class ProvingClient(FlaskClient):
    """Adds a fresh proof by KEY to requests with a pass and no proof; holds answers against the OpenAPI document."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        kept = {name: more.pop(name) for name in ("buffered", "follow_redirects") if name in more}
        builder = EnvironBuilder(self.application, *args, **more)
        kind, _, token = builder.headers.get("Authorization", "").partition(" ")
        if kind == "DPoP" and "DPoP" not in builder.headers:
            body = builder.input_stream.read() if builder.input_stream else b""
            url, digest = PORTAL + builder.path, hashlib.sha256(body).digest()
            builder.headers["DPoP"] = KEY.proof(builder.method, url, digest, token)
            builder.input_stream and builder.input_stream.seek(0)
        answer = super().open(builder, **kept)
        if builder.path.startswith("/v1/"):
            answers.check(self.application, answer)
        return answer
