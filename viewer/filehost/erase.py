"""Deletes what an account has stored, once its portal tells that its person has erased it."""

from sqlalchemy import delete, select

from .. import leavers
from ..leavers import Change
from ..passes import Pass
from .models import Blob, Upload
from .server import FileHost


def erase(here: FileHost, portal: Pass, change: Change) -> dict[str, object]:
    """Refuse a portal's account from now on, and delete every report that it brought, whole or not.

    Returns as leavers.note does, when nothing is left. The refusal is on the disk first, so nothing comes after it.
    Each report goes in a transaction of its own, file before row, as when its sender deletes it: what breaks off is
    told again by the portal, and goes on where it was.
    """
    with here.database.write() as session:
        told = leavers.note(session, portal, change)
    for kind in (Upload, Blob):
        while _delete_one(here, kind, portal.issuer, change.account):
            pass
    return told


def _delete_one(here: FileHost, kind: type[Blob] | type[Upload], issuer: str, account: str) -> bool:
    """Delete a report of an account's; False where it has none any more."""
    its = select(kind.id).where(kind.issuer == issuer, kind.account == account).order_by(kind.id).limit(1)
    with here.database.write() as session:
        report = session.scalar(its)
        if report is None:
            return False
        here.storage.remove(report)
        session.execute(delete(kind).where(kind.id == report))
        return True
