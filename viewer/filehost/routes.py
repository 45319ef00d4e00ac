"""The file host's HTTP: sealed bytes out in ranges, and away; by pass, no cookies. The way in: upload_routes.py."""

from flask import Blueprint, Response, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from .. import leavers
from ..api import TEXT, described, header
from ..gate import by_pass, the_pass
from ..problems import not_available
from . import erase, upload_routes, uploads
from .models import Blob
from .server import here

_SEALED = "application/octet-stream"
_RANGE = header("Range", TEXT, False, "One range of bytes, as RFC 9110 has it, such as `bytes=0-65535`.")
_IF_RANGE = header("If-Range", TEXT, False, "The ETag of what was had before: else the whole file comes.")
bp = Blueprint("filehost", __name__, url_prefix="/v1/blobs/<report>")
upload_routes.add(bp)


@bp.get("", provide_automatic_options=False)
@by_pass("blob:get")
@described(
    {200: _SEALED, 206: _SEALED, 304: None}, "416-requested_range_not_satisfiable", parameters=(_RANGE, _IF_RANGE)
)
def blob_GET(report: str) -> ResponseReturnValue:
    """Give out a sealed report, or the range of it that was asked for."""
    with here().database.read() as session:
        leavers.refuse(session, the_pass())  # not in `use`: the proofs of this route are not noted
        blob = session.get(Blob, report)
    if blob is None or blob.issuer != the_pass().issuer:  # no portal gives away what another one's people stored
        raise not_available()
    _mend_range(blob.length)
    path = here().storage.path(report)
    try:
        return send_file(path, _SEALED, conditional=True, etag=blob.sha256, last_modified=None)
    except FileNotFoundError:  # removed just now, or since the database's backup
        raise not_available() from None


@bp.delete("", provide_automatic_options=False)
@by_pass("blob:delete")
@described({204: None})
def blob_DELETE(report: str) -> ResponseReturnValue:
    """Remove a report of one's own for good, whole or not."""
    uploads.remove(here(), the_pass(), report)
    return Response(status=204)


@by_pass(leavers.SCOPE)
@described({200: leavers.CHANGE}, "", leavers.CHANGE)
def account_PUT(account: str) -> ResponseReturnValue:
    """For a portal itself: refuse an account of its own from now on, or no more: `{"disabled", "number"}`."""
    change = leavers.read(account)
    with here().database.write() as session:
        return jsonify(leavers.note(session, the_pass(), change))


@by_pass(leavers.SCOPE)
@described({200: leavers.CHANGE}, "", leavers.CHANGE)
def erasure_PUT(account: str) -> ResponseReturnValue:
    """For a portal itself: delete all that an account of its own has stored, its open uploads too.

    Refuses the account from now on, too: `{"disabled": true, "number"}`. The answer comes when nothing is left; where
    there was none, it is told again.
    """
    return jsonify(erase.erase(here(), the_pass(), leavers.read_erasure(account)))


def _mend_range(length: int) -> None:
    """Let the last bytes be asked for where there are fewer: that is all of them (RFC 9110, section 14.1.2).

    Werkzeug answers 416; a browser asks so before it knows how long the file is.
    """
    asked = request.range
    if asked and asked.units == "bytes" and len(asked.ranges) == 1 and asked.ranges[0][0] < -length:
        request.environ["HTTP_RANGE"] = "bytes=0-"
