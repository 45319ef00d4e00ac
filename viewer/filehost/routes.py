"""The file host's HTTP: sealed bytes in once, out in ranges; by pass, no cookies."""

from dataclasses import dataclass
from typing import cast

from flask import Blueprint, current_app, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock, leavers, metrics, proofs
from ..api import COUNT, SHA256, TEXT, described, header, members
from ..database import Database
from ..gate import by_pass, the_pass, the_proof
from ..passes import Pass
from ..problems import Problem, not_available
from ..proofs import Proof
from .models import Blob
from .storage import FolderStorage, Received, TooLong

_SEALED = "application/octet-stream"
_RANGE = header("Range", TEXT, False, "One range of bytes, as RFC 9110 has it, such as `bytes=0-65535`.")
_IF_RANGE = header("If-Range", TEXT, False, "The ETag of what was had before: else the whole file comes.")
bp = Blueprint("filehost", __name__, url_prefix="/v1/blobs/<report>")

_DAY = 86_400  # seconds


@dataclass(frozen=True)
class FileHost:
    """What the views work with; of one account, `bytes_per_day` are taken in any 24 hours."""

    database: Database
    storage: FolderStorage
    bytes_per_day: int

    def use(self, proof: Proof, asker: Pass) -> None:
        """Note a proof as used. Raises Problem 401 where it was before, 404 for an account that has been disabled."""
        with self.database.write() as session:
            proofs.use(session, proof)
            leavers.refuse(session, asker)


@bp.put("")
@by_pass("blob:put")
@described(
    {201: members({"length": COUNT, "sha256": SHA256})}, "409-exists 411-no_length 413-too_large 429-too_much", _SEALED
)
def blob_PUT(report: str) -> ResponseReturnValue:
    """Store a sealed report, once; it is visible when it has arrived whole. Answers its length and SHA-256."""
    here, limit = _here(), the_pass().limit
    request.max_content_length = limit
    if request.content_length is None:  # with it, werkzeug itself refuses a body that ends early
        raise Problem(411, "no_length", "The length of the file must be told first.")
    try:
        received = here.storage.receive(request.stream, limit, the_proof().check_body)
    except TooLong:
        raise Problem(413, "too_large", "This report is larger than this server takes.") from None
    _keep(here, received, report)
    return jsonify(length=received.length, sha256=received.sha256), 201


@bp.get("")
@by_pass("blob:get")
@described(
    {200: _SEALED, 206: _SEALED, 304: None}, "416-requested_range_not_satisfiable", parameters=(_RANGE, _IF_RANGE)
)
def blob_GET(report: str) -> ResponseReturnValue:
    """Give out a sealed report, or the range of it that was asked for."""
    here = _here()
    with here.database.read() as session:
        leavers.refuse(session, the_pass())  # not in `use`: the proofs of this route are not noted
        blob = session.get(Blob, report)
    if blob is None or blob.issuer != the_pass().issuer:  # no portal gives away what another one's people stored
        raise not_available()
    _mend_range(blob.length)
    return send_file(here.storage.path(report), _SEALED, conditional=True, etag=blob.sha256, last_modified=None)


@by_pass(leavers.SCOPE)
@described({200: leavers.CHANGE}, "", leavers.CHANGE)
def account_PUT(account: str) -> ResponseReturnValue:
    """For a portal itself: refuse an account of its own from now on, or no more: `{"disabled", "number"}`."""
    change = leavers.read(account)
    with _here().database.write() as session:
        return jsonify(leavers.note(session, the_pass(), change))


def _mend_range(length: int) -> None:
    """Let the last bytes be asked for where there are fewer: that is all of them (RFC 9110, section 14.1.2).

    Werkzeug answers 416; a browser asks so before it knows how long the file is.
    """
    asked = request.range
    if asked and asked.units == "bytes" and len(asked.ranges) == 1 and asked.ranges[0][0] < -length:
        request.environ["HTTP_RANGE"] = "bytes=0-"


def _keep(here: FileHost, received: Received, report: str) -> None:
    """Make received bytes the blob of this id, or remove them.

    The row is the truth: a name without a row, left by a crash between the two, is simply replaced by the next try.
    """
    asker = the_pass()
    try:
        with here.database.write() as session:
            leavers.refuse(session, asker)  # who may have been disabled while the bytes came
            found = session.get(Blob, report)
            if found is not None:
                if (found.sha256, found.issuer, found.account) != (received.sha256, asker.issuer, asker.account):
                    raise Problem(409, "exists", "There is a file with this id already. Begin a new report.")
                return  # the answer to the first try was lost
            _check_quota(session, here.bytes_per_day - received.length)
            blob = Blob(id=report, length=received.length, sha256=received.sha256, issuer=asker.issuer,
                        account=asker.account, created_at=clock.now())  # fmt: skip
            session.add(blob)
            session.flush()
            here.storage.keep(received, report)
    finally:
        received.path.unlink(missing_ok=True)


def _check_quota(session: Session, most: int) -> None:
    """Raise Problem 429 where the asker has stored more than `most` bytes in the last 24 hours.

    Only now, when all has come: an answer before that would be lost, since a connection ends that is not read to its
    end, and the sender would be told that there is none. And two uploads at a time cannot both pass.
    """
    asker = the_pass()
    own = Blob.issuer == asker.issuer, Blob.account == asker.account
    lately = select(func.sum(Blob.length)).where(*own, Blob.created_at > clock.now() - _DAY)
    if (session.scalar(lately) or 0) > most:
        metrics.limited("bytes")
        raise Problem(
            429,
            "too_much",
            "You have sent as much in the last 24 hours as this server takes from one person. Nothing of this report "
            "was kept. Send it tomorrow, or ask whoever runs the server for more.",
        )


def _here() -> FileHost:
    return cast(FileHost, current_app.extensions["safelight.filehost"])
