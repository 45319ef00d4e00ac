"""What a portal asks of its servers in its own name, by passes that it issues to itself (PASSES.md)."""

import hashlib

from ..config import Settings
from ..proofs import thumbprint
from ..session_key import SessionKey
from .passes import PassIssuer

PATIENCE = (5, 30)  # seconds to connect, and to wait for an answer


class Itself:
    """One process of a portal, as its servers meet it: with a key that it keeps in its memory."""

    def __init__(self, settings: Settings, issuer: PassIssuer) -> None:
        self._url, self._issuer, self._key = settings.portal_url, issuer, SessionKey()

    def headers(self, method: str, server: str, path: str, scope: str, body: bytes = b"") -> dict[str, str]:
        """Return what shows a server at a base URL that a request comes from its portal."""
        token = self._issuer.issue(server, self._url, scope, "", [], 0, thumbprint(self._key.jwk))
        proof = self._key.proof(method, server + path, hashlib.sha256(body).digest(), token)
        return {"Authorization": f"DPoP {token}", "DPoP": proof}
