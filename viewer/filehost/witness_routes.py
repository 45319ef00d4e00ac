"""The witness's HTTP: for any key server and any reader, without passes; text as tlog-witness has it, no cookies."""

from typing import cast

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from sealed.cosignatures import PATH, REQUEST_LIMIT

from ..api import described
from ..gate import by_servers, public
from .witness import OtherSize, Witness

bp = Blueprint("witness", __name__, url_prefix=PATH)
_TEXT = "text/plain; charset=utf-8"
_SIZE = "text/x.tlog.size"


@bp.post("/add-checkpoint")
@by_servers
@described(
    {200: "text/plain", 409: _SIZE},
    "400-bad_request 403-not_signed 404-unknown_log 413-request_entity_too_large 422-not_consistent",
    "text/plain",
)
def checkpoint_POST() -> ResponseReturnValue:
    """Cosign a checkpoint that goes on from the one cosigned before; answers the signature line."""
    request.max_content_length = REQUEST_LIMIT
    # What is no UTF-8 is refused where the note is read.
    text = request.get_data().decode(errors="surrogateescape")
    try:
        return Response(_here().add(text), content_type=_TEXT)
    except OtherSize as other:
        return Response(f"{other.size}\n", 409, content_type=_SIZE)


@bp.get("/<origin_hash>/checkpoint")
@public
@described({200: "text/plain"}, "404-unknown_log")
def checkpoint_GET(origin_hash: str) -> ResponseReturnValue:
    """The newest checkpoint cosigned of the origin with this SHA-256."""
    return Response(_here().newest(origin_hash), content_type=_TEXT)


def _here() -> Witness:
    return cast(Witness, current_app.extensions["safelight.witness"])
