"""Lets a log go on under a new origin after a restore from a backup (LOG.md section 9)."""

from sqlalchemy.orm import Session

from sealed.errors import BadProof
from sealed.notes import Checkpoint, Note, VerifierKey, write_base64

from .. import log_file
from ..database import Database
from ..log_file import Restart
from ..passes import Pass
from . import log
from .log import Log

_OPERATOR = ("urn:safelight:key-server", "operator")  # issuer and account: no portal's
_SAME = "SAFELIGHT_KEYSERVER_LOG must be a higher number than that of the log before, {}, at the same address."


def restart(database: Database, new: Log, last: Note) -> Restart:
    """Append the entry that names the earlier origin's last checkpoint, under the first checkpoint of the new one.

    `last` is the newest note that is known of the earlier origin, from a witness; where the database has a newer
    checkpoint that goes on from it, that one is named. Raises BadProof.
    """
    known = log_file.check_signature(last, VerifierKey(last.text.partition("\n")[0], new.key.public_key))
    with database.write() as session:
        own = log.newest(session)
        before = _last_known(session, own, known)
        if not _is_higher(new.key.name, before.origin):
            raise BadProof(_SAME.format(before.origin))
        operator = Pass(*_OPERATOR, "", before.origin, (), "", "shell")
        root = write_base64(before.root)
        entry = new.append(session, operator, "restart", "granted", size=before.size, root=root)
        new.close(session, restarts=True)
        return Restart.of(entry.number, before, own)


def _last_known(session: Session, own: Checkpoint | None, known: Checkpoint) -> Checkpoint:
    """Return the witnessed checkpoint, or the database's own where that one goes on from it."""
    if own is None:
        return known
    if own.origin != known.origin:
        raise BadProof(f"That checkpoint is of {known.origin}. The one needed is of {own.origin}.")
    goes_on = known.size < own.size and log.root(session, known.size) == known.root
    return own if goes_on else known


def _is_higher(origin: str, than: str) -> bool:
    (url, _, number), (other, _, lower) = origin.rpartition("/"), than.rpartition("/")
    return url == other and int(number) > int(lower)
