"""The log's public side, for witnesses: hashes and counts, and nothing of any entry."""

import base64
from typing import cast

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from ..api import described, query
from ..gate import public
from ..problems import Problem
from ..text import _
from . import log, shapes
from .server import KeyServer

bp = Blueprint("log", __name__, url_prefix="/v1/log")


@bp.get("/checkpoint")
@public
@described({200: shapes.CHECKPOINT}, "400-bad_request", parameters=(query("since", "The size of the log seen last."),))
def checkpoint_GET() -> ResponseReturnValue:
    """The newest checkpoint, and the proof since the size that `?since=` names; an empty log has no checkpoint."""
    since = count("since", 0)
    here = cast(KeyServer, current_app.extensions["safelight.keyserver"])
    with here.database.read() as session:
        found = log.seen_since(session, since)
    note, proof = found or (None, [])
    return jsonify(checkpoint=note, consistency=[base64.b64encode(one).decode() for one in proof])


def count(name: str, otherwise: int) -> int:
    """Return the number that a query names. Raises Problem 400 for anything but up to 18 digits."""
    text = request.args.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Problem(400, "bad_request", _("`{name}` must be a number of up to 18 digits.", name=name))
    return int(text)
