"""Tells the log's witnesses its newest checkpoint (LOG.md section 8), beside the requests, which never wait for it.

A witness that has seen more of the log than the database holds, or otherwise, tells that entries were lost or
changed: from then on no share is handed out, until the log goes on under a new origin.
"""

import logging
import threading
import time
from collections.abc import Iterable

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sealed import cosignatures, notes
from sealed.cosignatures import AddCheckpoint
from sealed.errors import BadProof

from .. import metrics
from ..database import Database
from ..witness_key import Witness
from . import log
from .refusals import stopped

PAUSE = 1  # seconds between two checkpoints told: what is committed meanwhile goes under one
REST = 30  # seconds for which a witness that failed is left alone
_QUIET = 60  # seconds between two lines about one witness
_PATIENCE = (5, 10)  # seconds to connect, and to wait for the next bytes
_ANSWER_LIMIT = notes.NOTE_LIMIT  # bytes: at most 16 signature lines
_TRIES = 3  # of one checkpoint: other processes of this key server tell the witness too
_log = logging.getLogger("safelight")


class Lost(Exception):
    """The database lacks entries that a witness has seen, or has others in their place; the text says which."""


class Failed(Exception):
    """A witness did not do its part; the text says what it did instead."""


class Witnesses:
    """The witnesses of one log. The thread that tells them starts with a process's first COMMIT."""

    def __init__(self, database: Database, witnesses: Iterable[Witness]) -> None:
        self._all = [_Told(database, witness, place) for place, witness in enumerate(witnesses, 1)]
        self._due, self._lock = threading.Event(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def check(self) -> None:
        """Raise Problem 503 once a witness has told that the log is not what it was."""
        if self._stopped:
            raise stopped()

    def wake(self) -> None:
        """Say that something was committed. Returns at once."""
        self._due.set()
        with self._lock:  # a process that was forked off another one has none of its threads
            if self._all and not self._stopped and not (self._thread and self._thread.is_alive()):
                self._thread = threading.Thread(target=self._run, name="witnesses", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopped:
            self._due.wait(REST)
            self._due.clear()
            try:
                for one in self._all:
                    one.tell()
            except Lost as lost:
                self._stopped = True
                _log.critical(
                    "%s No share is handed out any more. If the database was restored from a backup, set "
                    "SAFELIGHT_KEYSERVER_LOG to the next number, run: safelight log restart, and start anew.",
                    lost,
                )
            time.sleep(PAUSE)


class _Told:
    """One witness, and what it is known to have seen; `place` is its number among them, from 1 on."""

    def __init__(self, database: Database, witness: Witness, place: int) -> None:
        self._database, self._witness, self._place = database, witness, place
        self._session = requests.Session()  # its connection stays open
        self._seen = 0  # entries, as it said itself
        self._confirmed = 0  # entries that it has cosigned for us
        self._rests_until = self._quiet_until = -float("inf")

    def tell(self) -> None:
        """Tell it the newest checkpoint, where it has not cosigned that. Raises Lost; other faults are logged."""
        if time.monotonic() < self._rests_until:
            return
        try:
            for _ in range(_TRIES):
                if self._once():
                    return
        except Lost:
            raise
        except Exception as error:  # whatever it is, the key server goes on, and it is tried again
            self._rests_until = time.monotonic() + REST
            self._complain(error)

    def _once(self) -> bool:
        """Try once; True where the witness has cosigned the newest checkpoint, False where it has another size."""
        request = self._request()  # read behind its last answer: whatever we told it was committed before
        if request is None:
            return True
        size = notes.read_checkpoint(request.note.text).size
        status, body = self._post(request.write())
        if status == 200:
            _check(request.note, body, self._witness.key)
            self._seen = self._confirmed = size
            metrics.witnessed(self._place, size)
            return True
        if status == 409:
            self._seen = notes.read_count(body.removesuffix("\n"))
            return False
        if status == 422:
            raise Lost(
                f"The witness {self._witness.url} has seen {request.old} entries of this log that are not those "
                "of the database: they were changed."
            )
        raise Failed(f"answered {status}")

    def _request(self) -> AddCheckpoint | None:
        """Return what there is to be told, and None where there is nothing. Raises Lost."""
        with self._database.read() as session:
            found = log.seen_since(session, self._seen)
        if found is None:
            return None
        note, proof = notes.read_note(found[0]), tuple(found[1])
        size = notes.read_checkpoint(note.text).size
        if size < self._seen:
            raise Lost(
                f"The witness {self._witness.url} has seen {self._seen} entries of this log, the database has {size}: "
                "it was rolled back."
            )
        return None if size == self._confirmed else AddCheckpoint(self._seen, proof, note)

    def _post(self, text: str) -> tuple[int, str]:
        url, headers = f"{self._witness.url}/add-checkpoint", {"Content-Type": "text/plain; charset=utf-8"}
        with self._session.post(
            url, text.encode(), headers=headers, timeout=_PATIENCE, allow_redirects=False, stream=True
        ) as answer:
            body = answer.raw.read(_ANSWER_LIMIT, decode_content=True)
        return answer.status_code, body.decode("utf-8", "surrogateescape")

    def _complain(self, error: Exception) -> None:
        """Log what went wrong, at most once a minute; of unforeseen exceptions their kind only."""
        if time.monotonic() < self._quiet_until:
            return
        self._quiet_until = time.monotonic() + _QUIET
        what = error if isinstance(error, Failed | BadProof) else type(error).__name__
        _log.warning("witness %s does not witness the log: %s", self._witness.url, what)


def _check(note: notes.Note, body: str, key: notes.VerifierKey) -> None:
    """Raise Failed or BadProof unless an answer holds the witness's cosignature of a note's text."""
    public_key, signature, message = cosignatures.cosigned_by(notes.read_note(f"{note.text}\n{body}"), key)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Failed("answered a cosignature that is not its own") from None
