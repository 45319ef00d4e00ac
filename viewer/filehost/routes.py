"""The file host's HTTP: sealed bytes in once, out in ranges; by pass, no cookies."""

from dataclasses import dataclass
from typing import cast

from flask import Blueprint, current_app, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from .. import clock
from ..database import Database
from ..gate import by_pass, the_pass, the_proof
from ..problems import Problem, not_available
from ..proofs import Proof, use
from .models import Blob
from .storage import FolderStorage, Received, TooLong

bp = Blueprint("filehost", __name__, url_prefix="/v1/blobs/<report>")


@dataclass(frozen=True)
class FileHost:
    """What the views work with."""

    database: Database
    storage: FolderStorage

    def use(self, proof: Proof) -> None:
        """Note a proof as used. Raises Problem 401 where it was before."""
        with self.database.write() as session:
            use(session, proof)


@bp.put("")
@by_pass("blob:put")
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
def blob_GET(report: str) -> ResponseReturnValue:
    """Give out a sealed report, or the range of it that was asked for."""
    here = _here()
    with here.database.read() as session:
        blob = session.get(Blob, report)
    if blob is None or blob.issuer != the_pass().issuer:  # no portal gives away what another one's people stored
        raise not_available()
    return send_file(
        here.storage.path(report), "application/octet-stream", conditional=True, etag=blob.sha256, last_modified=None
    )


def _keep(here: FileHost, received: Received, report: str) -> None:
    """Make received bytes the blob of this id, or remove them.

    The row is the truth: a name without a row, left by a crash between the two, is simply replaced by the next try.
    """
    asker = the_pass()
    try:
        with here.database.write() as session:
            found = session.get(Blob, report)
            if found is not None:
                if (found.sha256, found.issuer, found.account) != (received.sha256, asker.issuer, asker.account):
                    raise Problem(409, "exists", "There is a file with this id already. Begin a new report.")
                return  # the answer to the first try was lost
            blob = Blob(id=report, length=received.length, sha256=received.sha256, issuer=asker.issuer,
                        account=asker.account, created_at=clock.now())  # fmt: skip
            session.add(blob)
            session.flush()
            here.storage.keep(received, report)
    finally:
        received.path.unlink(missing_ok=True)


def _here() -> FileHost:
    return cast(FileHost, current_app.extensions["safelight.filehost"])
