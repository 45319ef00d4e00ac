"""The file host as a witness of logs (LOG.md section 8): it cosigns what goes on from what it has cosigned before.

https://c2sp.org/tlog-witness. Whoever asks needs no pass: a checkpoint is believed for its log's signature alone.
"""

from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy.orm import Session

from sealed import cosignatures, merkle
from sealed.cosignatures import AddCheckpoint, origin_hash
from sealed.errors import BadProof
from sealed.notes import Checkpoint, Note, Signature, VerifierKey, read_checkpoint, read_note

from .. import clock
from ..database import Database
from ..problems import Problem
from .models import Witnessed


class OtherSize(Exception):
    """The old size in a request is not `size`, that of the checkpoint cosigned last."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Witness:
    """Cosigns, under one key, the checkpoints of the logs whose keys it was told."""

    def __init__(
        self, database: Database, key: VerifierKey, signing: Ed25519PrivateKey, logs: Iterable[VerifierKey]
    ) -> None:
        self._database, self._key, self._signing = database, key, signing
        self._logs = {log.name: log for log in logs}

    def add(self, text: str) -> str:
        """Witness a checkpoint, given as the request's text; return the line that cosigns it, once it is kept.

        Raises OtherSize, and Problem 400, 403, 404 or 422 for what tlog-witness has these answers.
        """
        try:
            request = cosignatures.read(text)
            checkpoint = read_checkpoint(request.note.text)
        except BadProof:
            raise Problem(400, "bad_request", "This is no checkpoint to be witnessed. See tlog-witness.") from None
        if request.old > checkpoint.size:
            raise Problem(400, "bad_request", "The old size is larger than the checkpoint's.")
        signed = self._signed(request.note, checkpoint)
        with self._database.write() as session:
            self._check(session, request, checkpoint)
            cosigned = Note(signed.text, (*signed.signatures, self._cosign(signed.text)))
            session.merge(Witnessed(origin_hash=origin_hash(checkpoint.origin), note=cosigned.write()))
        return cosigned.write().removeprefix(signed.write())

    def newest(self, name: str) -> str:
        """Return the note of the newest checkpoint cosigned of an origin, by the origin's hash. Raises Problem 404."""
        with self._database.read() as session:
            found = session.get(Witnessed, name)
        if found is None:
            raise _unknown()
        return found.note

    def _signed(self, note: Note, checkpoint: Checkpoint) -> Note:
        """Return the note with its log's own signature, verified, and no other. Raises Problem 404, 403."""
        log = self._logs.get(checkpoint.origin)
        if log is None:
            raise _unknown()
        try:
            public_key, signature, message = note.signed_by(log)
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        except (BadProof, InvalidSignature, ValueError):
            raise Problem(403, "not_signed", "This checkpoint is not signed by its log.") from None
        return Note(note.text, (Signature(log.name, log.key_id, signature),))

    def _check(self, session: Session, request: AddCheckpoint, new: Checkpoint) -> None:
        """Raise OtherSize or Problem 422 unless the log goes on from where it was. The transaction is a writing one."""
        found = session.get(Witnessed, origin_hash(new.origin))
        old = read_checkpoint(read_note(found.note).text) if found else Checkpoint(new.origin, 0, merkle.EMPTY)
        if request.old != old.size:
            raise OtherSize(old.size)
        try:
            merkle.check_consistency(old.size, old.root, new.size, new.root, request.proof)
        except BadProof:
            raise Problem(422, "not_consistent", "The log does not begin with what was witnessed before.") from None

    def _cosign(self, text: str) -> Signature:
        now = clock.now()
        return cosignatures.cosignature(self._key, now, self._signing.sign(cosignatures.message(now, text)))


def _unknown() -> Problem:
    return Problem(404, "unknown_log", "This log is not witnessed here.")
