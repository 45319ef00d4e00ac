"""The HTTP of sign_in.py for browsers and programs: to begin a sign-in, and to make it good for one's session key."""

import re
from typing import cast

from flask import Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from sealed import base64url

from .. import clock
from ..api import TIME, described, members
from ..bodies import json_object
from ..config import Settings
from ..gate import by_pass, the_pass
from ..problems import Problem
from . import sign_in_pages
from .routes import bp
from .server import KeyServer
from .sign_in import RETURNS, OwnSignIn

_HASH = re.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)  # of 32 bytes, in its one form
_TEXT = {"type": "string", "minLength": 1, "maxLength": 64}
_BEGUN = members({"address": {"type": "string", "format": "uri"}, "name": {"type": "string"}})
_BEGINNING = members(
    {
        "binding": {"type": "string", "pattern": f"^{_HASH.pattern}$", "description": "A secret's SHA-256, base64url."},
        "return": {"enum": list(RETURNS)},
    },
    more=True,
)
_ENDING = members({"secret": _TEXT, "code": _TEXT}, more=True)


def register(app: Flask, settings: Settings) -> None:
    """Add the pages of the sign-in, where there is one; what asks for it is of the key server's blueprint."""
    if settings.keyserver_sign_in:
        app.register_blueprint(sign_in_pages.bp)


@bp.post("/sign-ins")
@by_pass("key:release")
@described({201: _BEGUN}, "409-no_need 429-too_many", _BEGINNING)
def sign_ins_POST(report: str) -> ResponseReturnValue:
    """Begin to sign in where this server demands it besides a pass; answers a page of its own, for the person.

    `binding` is the SHA-256 of a random secret that only who begins it has; `return` says where the page leads
    afterwards: `link` and `sent` to the portal's pages about the report, `program` to a code to be typed.
    """
    body = json_object()
    binding, returns = body.get("binding"), body.get("return")
    if not isinstance(binding, str) or not _HASH.fullmatch(binding) or returns not in tuple(RETURNS):
        raise Problem(400, "bad_request", "To begin to sign in, say the hash of a secret, and where it leads back to.")
    own = _own()
    name = own.begin(the_pass(), base64url.decode(binding), str(returns))
    return jsonify(address=f"{_here().url}/sign-in/{name}", name=own.name), 201


@bp.post("/sign-ins/redeem")
@by_pass("key:release")
@described({200: members({"until": TIME})}, "403-sign_in_over 409-no_need", _ENDING)
def redeem_POST(report: str) -> ResponseReturnValue:
    """Make a sign-in good for the session key of this request, by the secret of who began it, and the code."""
    body = json_object()
    secret, code = body.get("secret"), body.get("code")
    if not all(isinstance(one, str) and 0 < len(one) <= 64 for one in (secret, code)):
        raise Problem(400, "bad_request", "To end a sign-in, say its secret and its code.")
    return jsonify(until=clock.text(_own().redeem(the_pass(), str(secret), str(code))))


def _own() -> OwnSignIn:
    own = _here().sign_in
    if own is None:
        raise Problem(409, "no_need", "This key server has no sign-in of its own. Go on without it.")
    return own


def _here() -> KeyServer:
    return cast(KeyServer, current_app.extensions["safelight.keyserver"])
