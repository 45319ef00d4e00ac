"""An exported log: read and proved offline, line by line, with nothing but the log's key (LOG.md section 7)."""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sealed import canonical, merkle, notes
from sealed.errors import BadProof
from sealed.released import LARGEST

_LONGEST = notes.NOTE_LIMIT + LARGEST  # bytes of a line


@dataclass(frozen=True)
class Verified:
    """How many entries and checkpoints have been proved, and the last checkpoint's note."""

    entries: int
    checkpoints: int
    newest: str


def check_signature(note: notes.Note, key: notes.VerifierKey) -> notes.Checkpoint:
    """Return the checkpoint that a log has signed. Raises BadProof."""
    public_key, signature, message = note.signed_by(key)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadProof("A checkpoint is not signed by the log that it should come from.") from None
    return notes.read_checkpoint(note.text)


def verify(lines: Iterable[bytes], key: notes.VerifierKey, witnessed: Iterable[str] = ()) -> Verified:
    """Prove an exported log: every entry in its place under signed checkpoints, and these the ones witnessed.

    `witnessed` are notes that somebody else has kept: the log must have been at each of them. Raises BadProof,
    naming the line.
    """
    wanted: dict[int, set[bytes]] = {}  # two witnesses may have seen two roots at one size: then one was lied to
    for text in witnessed:
        seen = check_signature(notes.read_note(text), key)
        wanted.setdefault(seen.size, set()).add(seen.root)
    tree = _Tree()
    covered = checkpoints = 0
    newest = ""
    for number, line in enumerate(lines, 1):
        said = _read(line.rstrip(b"\n"), number)
        if set(said) == {"checkpoint"}:
            newest = said["checkpoint"]
            found = check_signature(notes.read_note(newest), key)
            if (found.origin, found.size, found.root) != (key.name, tree.size, tree.root()) or found.size <= covered:
                raise BadProof(f"Line {number}: this checkpoint is of another log than the lines before it.")
            covered, checkpoints = found.size, checkpoints + 1
        else:
            if said.get("id") != str(tree.size):
                raise BadProof(f"Line {number}: entry {tree.size} of the log should be here.")
            tree.add(line.rstrip(b"\n"))
        if tree.size in wanted and wanted.pop(tree.size) != {tree.root()}:
            raise BadProof(f"Line {number}: a witness has seen this log otherwise. It was rewritten.")
    if tree.size != covered:
        raise BadProof(f"The last {tree.size - covered} entries are under no checkpoint.")
    if wanted:
        raise BadProof(f"A witness has seen {max(wanted)} entries in this log; it has {tree.size}. It was cut off.")
    return Verified(tree.size, checkpoints, newest)


def _read(line: bytes, number: int) -> dict[str, str]:
    try:
        said = canonical.loads(line[:_LONGEST])
    except ValueError:
        raise BadProof(f"Line {number} was changed: it is no entry of a log.") from None
    if not isinstance(said, dict):
        raise BadProof(f"Line {number} was changed: it is no entry of a log.")
    return said


class _Tree:
    """A tree that only grows: it keeps the complete subtrees of which its root is made."""

    def __init__(self) -> None:
        self.size = 0
        self._nodes: dict[merkle.Node, bytes] = {}

    def add(self, entry: bytes) -> None:
        """Append a leaf."""
        grown = list(merkle.completed(self.size, merkle.leaf_hash(entry), self._get))
        self._nodes |= {(level, index): digest for level, index, digest in grown}
        self.size += 1
        self._nodes = {node: self._nodes[node] for node in merkle.needed([(0, self.size)])}

    def root(self) -> bytes:
        """Return the root (32 bytes)."""
        return merkle.root(self.size, self._get)

    def _get(self, level: int, index: int) -> bytes:
        return self._nodes[level, index]
