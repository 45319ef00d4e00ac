"""The key server's HTTP: JSON and passes, no cookies."""

import base64
import re
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from sealed.header import is_time, parse_time

from .. import contacts
from ..database import Database
from ..gate import by_pass, the_pass
from ..problems import Problem
from . import keys
from .release import release
from .vault import Vault

bp = Blueprint("keyserver", __name__, url_prefix="/v1/keys/<report>")
MOST_RECIPIENTS = 20
_IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


@dataclass(frozen=True)
class KeyServer:
    """What the views work with."""

    database: Database
    vault: Vault
    secret: bytes


@bp.post("")
@by_pass("key:create")
def key_POST(report: str) -> ResponseReturnValue:
    """Create a key: `{"recipients": [contact, …], "not_after": time}`; answers its server share."""
    here = _here()
    share = keys.create(here.database, here.vault, here.secret, the_pass(), _policy(), _idempotency_key())
    return jsonify(key_id=report, server_share=_base64url(share)), 201


@bp.put("/file")
@by_pass("key:create")
def file_PUT(report: str) -> ResponseReturnValue:
    """Register the sealed file: `{"sha256": hex, "length": bytes}`."""
    body = _body()
    sha256, length = body.get("sha256"), body.get("length")
    if not isinstance(sha256, str) or type(length) is not int:
        raise Problem(400, "bad_file", "A file is registered by its SHA-256 and its length.")
    keys.register_file(_here().database, the_pass(), sha256, length)
    return "", 204


@bp.post("/release")
@by_pass("key:release")
def release_POST(report: str) -> ResponseReturnValue:
    """Release the server share to the bearer of the pass, once the log has it."""
    here = _here()
    found = release(here.database, here.vault, here.secret, the_pass(), _idempotency_key())
    return jsonify(
        server_share=_base64url(found.server_share),
        file={"sha256": found.file_sha256, "length": found.file_length},
        entry={"number": found.number, "recorded": found.recorded},
    )


@bp.post("/revoke")
@by_pass("policy:write")
def revoke_POST(report: str) -> ResponseReturnValue:
    """Revoke the key: it is never released again."""
    return jsonify(revoked=keys.revoke(_here().database, the_pass()))


@bp.get("/log")
@by_pass("log:read")
def log_GET(report: str) -> ResponseReturnValue:
    """What the log knows about a key of one's own."""
    return jsonify(entries=keys.history(_here().database, the_pass()))


def _here() -> KeyServer:
    return cast(KeyServer, current_app.extensions["safelight.keyserver"])


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Problem(400, "bad_request", "The request must be a JSON object.")
    return body


def _policy() -> keys.Policy:
    body = _body()
    named, not_after = body.get("recipients"), body.get("not_after")
    if not isinstance(named, list) or not 0 < len(named) <= MOST_RECIPIENTS or not is_time(not_after):
        raise Problem(400, "bad_policy", f"A policy names 1 to {MOST_RECIPIENTS} recipients and an end, RFC 3339.")
    try:
        to = {contacts.canonical(str(contact)) for contact in named}
    except contacts.BadContact as error:
        raise Problem(400, "bad_policy", f"A recipient cannot be reached. {error}") from None
    return keys.Policy(tuple(sorted(to)), int(parse_time(cast(str, not_after)).timestamp()))


def _idempotency_key() -> str:
    """Without it, a retry after a lost answer would be a second release."""
    key = request.headers.get("Idempotency-Key", "")
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise Problem(400, "bad_request", "The request needs an Idempotency-Key of 16 to 64 letters and digits.")
    return key


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
