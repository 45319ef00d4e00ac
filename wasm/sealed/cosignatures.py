"""A witness's cosignature under a checkpoint, and the request for one (LOG.md section 8); no cipher here.

https://c2sp.org/tlog-cosignature (cosignature/v1, Ed25519) and https://c2sp.org/tlog-witness.
"""

import hashlib
from dataclasses import dataclass

from .errors import N_, BadProof
from .notes import (
    NOTE_LIMIT,
    SIGNATURE_LENGTH,
    Note,
    Signature,
    VerifierKey,
    read_count,
    read_hash,
    read_note,
    write_base64,
)

PATH = "/v1/witness"  # at a file host: the prefix of its witness
PROOF_LIMIT = 63  # hashes: tlog-witness, "add-checkpoint"
REQUEST_LIMIT = NOTE_LIMIT + 4096  # bytes; 63 lines of 45 and the old size are 2,860
_TIME_LENGTH = 8  # bytes, big-endian
_NO_REQUEST = N_(
    "This is not a request to witness a checkpoint: an old size, a proof, an empty line and the checkpoint."
)
_NOT_COSIGNED = N_("The checkpoint is not cosigned by the witness that it should come from.")


def message(seconds: int, text: str) -> bytes:
    """Return what a witness signs of a checkpoint's text, at a time in seconds since 1970."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosignature(key: VerifierKey, seconds: int, signature: bytes) -> Signature:
    """Return the signature line that holds a witness's signature (64 bytes) of `message`."""
    return Signature(key.name, key.key_id, seconds.to_bytes(_TIME_LENGTH, "big") + signature)


def cosigned_by(note: Note, key: VerifierKey) -> tuple[bytes, bytes, bytes]:
    """Return what an Ed25519 verifier takes: public key (32 bytes), signature (64), message.

    Raises BadProof unless this witness has cosigned, once, with a time. It proves nothing until it is verified.
    """
    found = note.signature_of(key)
    seconds = int.from_bytes(found[:_TIME_LENGTH], "big")
    if len(found) != _TIME_LENGTH + SIGNATURE_LENGTH or not 0 < seconds < 1 << 63:
        raise BadProof(_NOT_COSIGNED)
    return key.public_key, found[_TIME_LENGTH:], message(seconds, note.text)


def origin_hash(origin: str) -> str:
    """Return the name (64 hex digits) under which a witness gives out the checkpoint of an origin."""
    return hashlib.sha256(origin.encode()).hexdigest()


def checkpoint_url(prefix: str, origin: str) -> str:
    """Return where a witness gives out the newest checkpoint that it has cosigned of an origin."""
    return f"{prefix}/{origin_hash(origin)}/checkpoint"


@dataclass(frozen=True)
class AddCheckpoint:
    """The request to witness a checkpoint: the size witnessed before, the proof from it, and the signed note."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def write(self) -> str:
        """Return the request's text."""
        return "\n".join((f"old {self.old}", *map(write_base64, self.proof))) + "\n\n" + self.note.write()


def read(text: str) -> AddCheckpoint:
    """Read a request as AddCheckpoint.write writes it; BadProof for anything else."""
    above, _, below = text.partition("\n\n")
    lines = above.split("\n")
    if len(lines) > PROOF_LIMIT + 1:
        raise BadProof(_NO_REQUEST)
    old, proof = read_count(lines[0].removeprefix("old ")), tuple(map(read_hash, lines[1:]))
    request = AddCheckpoint(old, proof, read_note(below))
    if request.write() != text:
        raise BadProof(_NO_REQUEST)
    return request
