"""The key server's HTTP: JSON and passes, no cookies."""

import re
from typing import Any, cast

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from sealed import base64url
from sealed.released import CREATE, RECOVER, RELEASE

from .. import metrics
from ..api import COUNT, TIME, described, members
from ..bodies import json_object
from ..gate import by_pass, the_pass, the_proof
from ..problems import Problem
from ..text import _
from . import asking, keys, policy_form, shapes
from .acknowledge import acknowledge
from .answer import Asked, check_key
from .release import release
from .server import KeyServer

bp = Blueprint("keyserver", __name__, url_prefix="/v1/keys/<report>")
_IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


@bp.post("")
@by_pass("key:create")
@described(
    {201: shapes.MADE},
    "400-bad_policy 403-revoked 409-exists 422-used_before 503-stopped",
    shapes.MAKING,
    (shapes.IDEMPOTENCY_KEY,),
)
def key_POST(report: str) -> ResponseReturnValue:
    """Create a key with a policy, in the form of policy_form.py, `hpke_key` and `log_size`; answers its share."""
    body = json_object()
    asked = _asked(CREATE, body)
    policy = policy_form.read(body, must_name=True)
    return jsonify(keys.create(_here(), the_pass(), policy, asked).told()), 201


@bp.put("/file")
@by_pass("key:create")
@described({204: None}, "400-bad_file 409-exists 503-stopped", shapes.FILE)
def file_PUT(report: str) -> ResponseReturnValue:
    """Register the sealed file: `{"sha256": hex, "length": bytes}`."""
    body = json_object()
    sha256, length = body.get("sha256"), body.get("length")
    if not isinstance(sha256, str) or type(length) is not int or length.bit_length() > 63:
        raise Problem(400, "bad_file", "A file is registered by its SHA-256 and its length.")
    keys.register_file(_here(), the_pass(), sha256, length)
    return "", 204


@bp.post("/release")
@by_pass("key:release", uses_proof=True)
@described(
    {200: shapes.RELEASED},
    f"{shapes.REASONS} 403-look_only 422-used_before 503-stopped",
    shapes.ASKING,
    (shapes.IDEMPOTENCY_KEY,),
)
def release_POST(report: str) -> ResponseReturnValue:
    """Release the server share, sealed to `hpke_key`, once the log has it; `log_size` is the size seen last."""
    return _released(RELEASE)


@bp.post("/recover")
@by_pass("key:recover", uses_proof=True)
@described(
    {200: shapes.RELEASED},
    f"{shapes.OWN} 403-revoked 422-used_before 503-stopped",
    shapes.ASKING,
    (shapes.IDEMPOTENCY_KEY,),
)
def recover_POST(report: str) -> ResponseReturnValue:
    """Release the share to an administrator of the key's organisation, who holds its recovery key: logged as that."""
    return _released(RECOVER)


@bp.post("/acknowledgements")
@by_pass("key:release")
@described({200: members({"seen": TIME})}, "503-stopped", shapes.ENTRY)
def acknowledgements_POST(report: str) -> ResponseReturnValue:
    """Say that a photo has been seen: `{"entry": number of the release's entry in the log}`; or `saved`."""
    body = json_object()
    number, saved = body.get("entry"), _yes(body, "saved")
    if type(number) is not int or number.bit_length() > 63:
        raise Problem(400, "bad_request", "Say which release you acknowledge, by the number of its entry in the log.")
    return jsonify(seen=acknowledge(_here(), the_pass(), number, saved))


@bp.get("/policy")
@by_pass("log:read")
@described({200: shapes.STANDING}, "503-stopped")
def policy_GET(report: str) -> ResponseReturnValue:
    """A key's policy, and what has been taken of it."""
    return jsonify(keys.standing(_here(), the_pass()))


@bp.put("/policy")
@by_pass("policy:write")
@described({200: members({"version": COUNT})}, f"400-bad_policy {shapes.OWN} 409-revoked 503-stopped", shapes.POLICY)
def policy_PUT(report: str) -> ResponseReturnValue:
    """Change the policy from the next release on. Without `recipients`, they stay as they are."""
    return jsonify(version=keys.change(_here(), the_pass(), policy_form.read(json_object(), False)))


@bp.post("/requests")
@by_pass("key:release")
@described({200: members({"asked": TIME})}, f"{shapes.REASONS} 409-no_need 429-too_many 503-stopped")
def requests_POST(report: str) -> ResponseReturnValue:
    """Ask the owner for one opening, where a release was refused."""
    return jsonify(asked=asking.ask(_here(), the_pass()))


@bp.get("/requests")
@by_pass("log:read")
@described({200: shapes.REQUESTS}, "503-stopped")
def requests_GET(report: str) -> ResponseReturnValue:
    """Who has asked the owner, and which consents are still unused."""
    return jsonify(asking.requests(_here(), the_pass()))


@bp.post("/consents")
@by_pass("policy:write")
@described(
    {200: members({"until": TIME})}, f"{shapes.OWN} 404-not_asked 409-expired 409-revoked 503-stopped", shapes.ACCOUNT
)
def consents_POST(report: str) -> ResponseReturnValue:
    """Let an account that has asked open once: `{"account": id}`."""
    account = json_object().get("account")
    if not isinstance(account, str) or not (account.isascii() and account.isprintable()):
        raise Problem(400, "bad_request", "Say to which account you consent.")
    return jsonify(until=asking.consent(_here(), the_pass(), account))


@bp.post("/revoke")
@by_pass("policy:write")
@described({200: members({"revoked": TIME})}, "503-stopped")
def revoke_POST(report: str) -> ResponseReturnValue:
    """Revoke the key: it is never released again."""
    return jsonify(revoked=keys.revoke(_here(), the_pass()))


@bp.delete("")
@by_pass("policy:write")
@described({200: members({"deleted": TIME})}, "503-stopped")
def key_DELETE(report: str) -> ResponseReturnValue:
    """Destroy the key's share: nobody can ever have it again. The log stays. Done again, it is answered alike."""
    return jsonify(deleted=keys.delete(_here(), the_pass()))


@bp.get("/log")
@by_pass("log:read")
@described({200: shapes.ENTRIES}, "503-stopped")
def log_GET(report: str) -> ResponseReturnValue:
    """What the log knows about a key of one's own."""
    return jsonify(entries=keys.history(_here(), the_pass()))


def _released(action: str) -> ResponseReturnValue:
    body = json_object()
    asked, saves = _asked(action, body), action == RELEASE and _yes(body, "save")
    with metrics.counted():
        found = release(_here(), the_pass(), the_proof(), asked, saves)
    return jsonify(found.sealed.told() | {"file": {"sha256": found.file_sha256, "length": found.file_length}})


def _here() -> KeyServer:
    return cast(KeyServer, current_app.extensions["safelight.keyserver"])


def _yes(body: dict[str, Any], name: str) -> bool:
    if not isinstance(yes := body.get(name, False), bool):
        raise Problem(400, "bad_request", _("`{name}` must be true or false.", name=name))
    return yes


def _idempotency_key() -> str:
    """Without it, a retry after a lost answer would be a second release."""
    key = request.headers.get("Idempotency-Key", "")
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise Problem(400, "bad_request", "The request needs an Idempotency-Key of 16 to 64 letters and digits.")
    return key


def _asked(action: str, body: dict[str, Any]) -> Asked:
    """Take out of a body what is asked of every answer that holds a share. Raises Problem, 503 where there is none."""
    _here().witnesses.check()
    point, size, witnessed = body.pop("hpke_key", None), body.pop("log_size", None), body.pop("witnessed_size", 0)
    try:
        hpke_key = base64url.decode(point)
    except ValueError:
        hpke_key = b""
    check_key(hpke_key)
    if any(type(one) is not int or one < 0 for one in (size, witnessed)):
        raise Problem(400, "bad_request", "The request needs `log_size`, the size of the log seen last, or 0.")
    return Asked(action, _idempotency_key(), hpke_key, size, witnessed)
