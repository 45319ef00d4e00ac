"""Uploads that are open: how much of a sealed report has come, piece by piece, until it is whole.

The row in the database is the truth: a piece counts when its bytes are on the disk, then the row says so. What lies in
the file beyond that is no part of it, and is written over by the next piece. Nobody gets a report before it is a Blob.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock, leavers, metrics
from ..passes import Pass
from ..problems import Problem, not_available
from .models import Blob, Upload
from .server import FileHost, is_own, own
from .storage import Busy, Held

LIFETIME = 86_400  # seconds that an upload waits for its next piece
_DAY = 86_400  # seconds
_SWEEP = 3  # uploads over their time that go with each new one


@dataclass(frozen=True)
class Progress:
    """How far a report has come: `offset` bytes of `length`. A whole one has a `sha256`, in hex.

    Any other waits `until` a time; `begun` is its row's.
    """

    offset: int
    length: int
    until: int = 0
    begun: str = ""
    sha256: str = ""


def allow(here: FileHost, asker: Pass, report: str, length: int) -> None:
    """Look whether an upload of so many bytes could begin, before any comes. Raises Problem as `begin` does."""
    with here.database.read() as session:
        _allow(here, session, asker, report, length)


def begin(here: FileHost, asker: Pass, report: str, length: int) -> Progress:
    """Begin an upload; where the asker has one open, from nothing.

    Raises Problem 404 for a disabled account, 409 where the id is taken, 429.
    """
    with here.database.write() as session:
        _allow(here, session, asker, report, length)
        _sweep(here, session, report)
        here.storage.make(report)
        upload = Upload(id=report, length=length, received=0, begun=secrets.token_hex(8), issuer=asker.issuer,
                        account=asker.account, until=clock.now() + LIFETIME)  # fmt: skip
        return _progress(session.merge(upload))


def progress(here: FileHost, asker: Pass, report: str) -> Progress:
    """Return how far the asker's report has come. Raises Problem 404."""
    with here.database.read() as session:
        found = own(session, asker, report)
    if isinstance(found, Blob):
        return Progress(found.length, found.length, sha256=found.sha256)
    # A database from a backup knows of uploads whose files were not in it.
    if found.until < clock.now() or here.storage.length(report) < found.received:
        raise not_available()
    return _progress(found)


def goes_on(here: FileHost, asker: Pass, report: str, offset: int, size: int) -> Progress:
    """Return how far a report has come, where a piece of `size` bytes can go on at `offset`.

    Raises Problem 404, 409, 413.
    """
    found = progress(here, asker, report)
    if found.sha256 or found.offset != offset:
        raise _elsewhere()
    if size > found.length - offset:
        raise Problem(413, "too_large", "This is more than was told of the file when its upload began.")
    return found


def append(here: FileHost, asker: Pass, report: str, before: Progress, piece: IO[bytes], size: int) -> Progress:
    """Add a piece to what was there `before` it came; with the last one, the report is stored.

    Raises Problem 404, 409 where it is another upload by now, 423.
    """
    with _held(here, report) as file:
        if progress(here, asker, report) != before:
            raise _elsewhere()
        file.put(piece, before.offset)
        done = before.offset + size
        sha256 = file.sha256() if done == before.length else ""
        with here.database.write() as session:
            upload = own(session, asker, report)  # the asker may have been disabled, the upload ended
            if not isinstance(upload, Upload) or _progress(upload) != before:
                raise _elsewhere()
            if sha256:
                session.delete(upload)
                session.add(_blob(upload, sha256))
                return Progress(done, done, sha256=sha256)
            upload.received, upload.until = done, clock.now() + LIFETIME
            return _progress(upload)


def end(here: FileHost, asker: Pass, report: str) -> None:
    """End an open upload, and forget what has come. Raises Problem 404."""
    _remove(here, asker, report, Upload)


def remove(here: FileHost, asker: Pass, report: str) -> None:
    """Remove all that there is of a report, for good. Raises Problem 404."""
    _remove(here, asker, report, Upload, Blob)


def _remove(here: FileHost, asker: Pass, report: str, *kinds: type) -> None:
    with here.database.write() as session:
        found = own(session, asker, report)
        if not isinstance(found, kinds):
            raise not_available()
        here.storage.remove(report)  # before the row: what was answered to be gone is gone
        session.delete(found)


def _progress(upload: Upload) -> Progress:
    return Progress(upload.received, upload.length, upload.until, upload.begun)


def _blob(upload: Upload, sha256: str) -> Blob:
    return Blob(
        id=upload.id,
        length=upload.length,
        sha256=sha256,
        issuer=upload.issuer,
        account=upload.account,
        created_at=clock.now(),
    )


def _allow(here: FileHost, session: Session, asker: Pass, report: str, length: int) -> None:
    leavers.refuse(session, asker)
    open_one = session.get(Upload, report)
    if session.get(Blob, report) or (open_one and not is_own(open_one, asker)):
        raise Problem(409, "exists", "There is a file with this id already. Begin a new report.")
    mine = Upload.issuer == asker.issuer, Upload.account == asker.account, Upload.id != report
    coming = session.scalar(select(func.sum(Upload.length)).where(*mine, Upload.until >= clock.now())) or 0
    own_blobs = Blob.issuer == asker.issuer, Blob.account == asker.account
    lately = select(func.sum(Blob.length)).where(*own_blobs, Blob.created_at > clock.now() - _DAY)
    if coming + (session.scalar(lately) or 0) + length > here.bytes_per_day:
        metrics.limited("bytes")
        raise Problem(
            429,
            "too_much",
            "You have sent as much in the last 24 hours as this server takes from one person. Nothing of this report "
            "was kept. Send it tomorrow, or ask whoever runs the server for more.",
        )


def _sweep(here: FileHost, session: Session, report: str) -> None:
    """Forget some uploads that have waited too long, whosever they are; not the one that begins anew."""
    over = Upload.until < clock.now(), Upload.id != report
    for upload in session.scalars(select(Upload).where(*over).order_by(Upload.until).limit(_SWEEP)).all():
        here.storage.remove(upload.id)
        session.delete(upload)


@contextmanager
def _held(here: FileHost, report: str) -> Iterator[Held]:
    try:
        with here.storage.hold(report) as file:
            yield file
    except Busy:
        raise Problem(423, "locked", "Another request is just adding to this upload. Ask how far it is.") from None
    except FileNotFoundError:
        raise not_available() from None


def _elsewhere() -> Problem:
    return Problem(409, "wrong_offset", "The upload is not where this piece goes on. Ask how far it is.")
