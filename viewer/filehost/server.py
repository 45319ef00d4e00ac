"""What the file host's views work with."""

from dataclasses import dataclass
from typing import cast

from flask import current_app
from sqlalchemy.orm import Session

from .. import leavers, proofs
from ..database import Database
from ..passes import Pass
from ..problems import not_available
from ..proofs import Proof
from .models import Blob, Upload
from .storage import FolderStorage


@dataclass(frozen=True)
class FileHost:
    """Its parts, and its address; of one account, `bytes_per_day` are taken in any 24 hours."""

    url: str
    database: Database
    storage: FolderStorage
    bytes_per_day: int

    def use(self, proof: Proof, asker: Pass) -> None:
        """Note a proof as used. Raises Problem 401 where it was before, 404 for an account that has been disabled."""
        with self.database.write() as session:
            proofs.use(session, proof)
            leavers.refuse(session, asker)


def here() -> FileHost:
    """Return this application's file host."""
    return cast(FileHost, current_app.extensions["safelight.filehost"])


def is_own(found: Blob | Upload | None, asker: Pass) -> bool:
    """Tell whether something is there that was brought by who asks."""
    return found is not None and (found.issuer, found.account) == (asker.issuer, asker.account)


def own(session: Session, asker: Pass, report: str) -> Blob | Upload:
    """Return what there is of a report that the asker brought. Raises Problem 404, also for a disabled account."""
    leavers.refuse(session, asker)
    found = session.get(Blob, report) or session.get(Upload, report)
    if found is None or not is_own(found, asker):
        raise not_available()
    return found
