"""Issues passes: what the portal vouches for to key server and file host (design: section 6)."""

import hashlib
import json
import secrets

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from jwt.algorithms import OKPAlgorithm

from sealed import archive
from sealed.base32 import is_id

from .. import clock, contacts
from ..config import Settings
from ..gate import prove, public, signed_in
from ..passes import ALGORITHM, JWKS_PATH, LIFETIME, TYPE
from ..problems import Problem, not_available
from . import organisations, recovery
from .accounts import database, text
from .models import Contact, Report
from .reports import chosen_key_server, is_by_link, note_visitor, recipients_here

BLOB_LIMIT = archive.TOTAL_LIMIT + archive.TOTAL_LIMIT // 1000  # bytes: the sealed form adds 16 to each 16,384
SCOPES = {
    *("key:create", "policy:write", "log:read", "blob:put", "blob:delete"),  # of senders
    *("key:release", "blob:get", "key:recover", "log:audit"),
}


class PassIssuer:
    """Signs passes with the portal's Ed25519 key, derived from the portal's one secret."""

    def __init__(self, issuer: str, secret: bytes) -> None:
        self.issuer = issuer
        self._key = Ed25519PrivateKey.from_private_bytes(contacts.derive(secret, "pass signing key"))
        public_key = json.loads(OKPAlgorithm.to_jwk(self._key.public_key()))
        # The thumbprint of RFC 7638 and RFC 8037: these three members, sorted.
        members = {name: public_key[name] for name in ("crv", "kty", "x")}
        canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
        self._kid = hashlib.sha256(canonical).hexdigest()[:16]
        self.jwks = {"keys": [members | {"kid": self._kid, "alg": ALGORITHM, "use": "sig"}]}

    def issue(
        self,
        audience: str,
        account: str,
        scope: str,
        report: str,
        proved: list[Contact],
        limit: int,
        jkt: str,
        organisation: str = "",
        signed_in_by: str = "code",
        jurisdiction: str = "",
    ) -> str:
        """Return a pass for one audience, scope and report (or organisation), good for LIFETIME seconds.

        It is of use to the bearer of one key, whose thumbprint (RFC 7638) is `jkt`.
        """
        now = clock.now()
        claims = {
            "iss": self.issuer,
            "aud": audience,
            "sub": account,
            "iat": now,
            "exp": now + LIFETIME,
            "jti": secrets.token_urlsafe(16),
            "scope": scope,
            "object": report,
            "contacts": [{"value": c.value, "verified_at": c.verified_at} for c in proved],
            "jurisdiction": jurisdiction,
            "signed_in_by": signed_in_by,
            "cnf": {"jkt": jkt},
        }
        if organisation:
            claims["organisation"] = organisation
        if limit:
            claims["limit"] = limit
        return jwt.encode(claims, self._key, ALGORITHM, headers={"typ": TYPE, "kid": self._kid})


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get(JWKS_PATH)(jwks_GET)
    bp.post("/api/passes")(passes_POST)


@public
def jwks_GET() -> ResponseReturnValue:
    """The portal's public keys, by which others know its passes."""
    return jsonify(_issuer().jwks)


@signed_in
def passes_POST() -> ResponseReturnValue:
    """A pass for the signed-in person and the key that signed the request's proof.

    `{"report": id, "scope": scope, "key_server": address}`: one of the portal's key servers, the first by default;
    for senders that of the report. Whatever a file says, no pass goes anywhere else. For `log:audit` the id is the
    organisation's.

    A pass to ask for a release is given for every id, unknown ones and other people's too: the key server
    decides, and logs whom it refuses. All other passes are for the report's own people; where a report names
    nobody, whoever has its id may fetch it.
    """
    settings: Settings = current_app.extensions["safelight"]
    # Not noted as used: a proof that comes again gets a pass that is of use to its own key only.
    proof = prove(settings.portal_url)
    scope, about = text("scope"), text("report")
    if scope not in SCOPES:
        raise Problem(400, "bad_request", "There is no pass of this kind.")
    key_server = chosen_key_server(settings)
    if not is_id(about):
        raise not_available()
    with database().read() as session:
        report, used = session.get(Report, about), session.get_one(Contact, current_user.contact)
        named = recipients_here(session, current_user.account, about)
        of = organisations.membership(session, current_user.account)
        by_link, recovers = is_by_link(session, report), recovery.of_administrator(session, of, about) is not None
    owns = report is not None and report.sender_id == current_user.account
    sends, is_there = owns and current_user.may_send, report is not None and report.key_server == key_server
    may_have = {
        "key:create": sends and is_there,
        **dict.fromkeys(("policy:write", "log:read"), owns and is_there),  # also of who may send no more
        "blob:put": sends and report is not None and report.deleted_at is None,
        "blob:delete": owns,
        "key:release": True,
        "blob:get": named or by_link or recovers,
        "key:recover": recovers and is_there,
        "log:audit": of is not None and of.organisation == about and of.role in organisations.READERS,
    }
    if not may_have[scope]:
        raise not_available()
    if scope == "key:recover" or (by_link and scope in ("key:release", "blob:get") and not owns):
        note_visitor(about, current_user.contact)
    audience = settings.filehost_url if scope.startswith("blob:") else key_server
    limit = BLOB_LIMIT if scope == "blob:put" else 0
    # A pass names only what its request needs.
    # A key server with a sign-in of its own knows by it who the owner is, should a portal lie later.
    needed = (named or [used]) if scope == "key:release" else [used] if scope == "key:create" else []
    belongs = of.organisation if of and scope in ("key:create", "key:recover", "log:audit") else ""
    whose, how, country = current_user.account, current_user.signed_in_by, _country(scope)
    token = _issuer().issue(audience, whose, scope, about, needed, limit, proof.jkt, belongs, how, country)
    return jsonify({"pass": token})


def _country(scope: str) -> str:
    """Return what a pass says of where its person works: only key servers decide by that."""
    return "" if scope.startswith("blob:") else current_user.jurisdiction


def _issuer() -> PassIssuer:
    issuer: PassIssuer = current_app.extensions["safelight.passes"]
    return issuer
