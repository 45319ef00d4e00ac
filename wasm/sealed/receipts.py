"""The receipt of a log entry (LOG.md section 4): a text that proves, offline, that the log holds the entry.

https://c2sp.org/tlog-proof, without its optional extra line.
"""

from dataclasses import dataclass

from . import merkle
from .errors import N_, BadProof
from .notes import (
    NOTE_LIMIT,
    Checkpoint,
    Note,
    VerifierKey,
    read_checkpoint,
    read_count,
    read_hash,
    read_note,
    write_base64,
)

FIRST_LINE = "c2sp.org/tlog-proof@v1"
RECEIPT_LIMIT = NOTE_LIMIT + 4096  # characters; the path of an entry among 10**18 has 2,700

_NO_RECEIPT = N_("This is not the receipt of a log entry, or it was changed on its way. Ask for it once more.")
_OTHER_LOG = N_(
    "This receipt comes from another log than it should. "
    "Check which key server it was given by; it proves nothing about this one."
)


@dataclass(frozen=True)
class Receipt:
    """The entry's number in the log (from 0), its audit path, and the signed checkpoint that the path leads to."""

    number: int
    path: tuple[bytes, ...]
    note: Note

    def write(self) -> str:
        """Return the receipt's text."""
        lines = (FIRST_LINE, f"index {self.number}", *map(write_base64, self.path))
        return "\n".join(lines) + "\n\n" + self.note.write()


@dataclass(frozen=True)
class Proved:
    """What a receipt proves once `signature` (64 bytes) is verified to be `public_key`'s (32 bytes) over `message`."""

    number: int
    checkpoint: Checkpoint
    public_key: bytes
    signature: bytes
    message: bytes


def read(text: object) -> Receipt:
    """Read a receipt as Receipt.write writes it; BadProof for anything else. Nothing is proved by that yet."""
    if not isinstance(text, str) or len(text) > RECEIPT_LIMIT:
        raise BadProof(_NO_RECEIPT)
    above, _, below = text.partition("\n\n")
    lines = above.split("\n")
    if len(lines) < 2:
        raise BadProof(_NO_RECEIPT)
    number = read_count(lines[1].removeprefix("index "))
    receipt = Receipt(number, tuple(map(read_hash, lines[2:])), read_note(below))
    if receipt.write() != text:
        raise BadProof(_NO_RECEIPT)
    return receipt


def check(text: object, entry: bytes, key: VerifierKey) -> Proved:
    """Check everything about a receipt but the signature, which the caller must verify: see Proved.

    `entry` is the entry's own bytes, as they came; `key` the log's, whose name is its origin. Raises BadProof
    for a text of another form, another log's, one that this key has not signed, and an entry that it does not prove.
    """
    receipt = read(text)
    checkpoint = read_checkpoint(receipt.note.text)
    if checkpoint.origin != key.name:
        raise BadProof(_OTHER_LOG)
    leaf = merkle.leaf_hash(entry)
    merkle.check_inclusion(leaf, receipt.number, checkpoint.size, receipt.path, checkpoint.root)
    return Proved(receipt.number, checkpoint, *receipt.note.signed_by(key))
