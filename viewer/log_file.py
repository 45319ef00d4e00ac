"""An exported log: read and proved offline, line by line, with nothing but the log's key (LOG.md section 7)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sealed import canonical, merkle, notes
from sealed.errors import BadProof
from sealed.notes import Checkpoint, VerifierKey
from sealed.released import LARGEST

_LONGEST = notes.NOTE_LIMIT + LARGEST  # bytes of a line


@dataclass(frozen=True)
class Restart:
    """A restore from a backup: how many entries were kept, and the last checkpoint known of the log before.

    At least `lost` entries are not in the export.
    """

    kept: int
    before: Checkpoint
    lost: int

    @classmethod
    def of(cls, kept: int, before: Checkpoint, newest: Checkpoint | None) -> "Restart":
        """Tell what was lost, where `newest` is the last checkpoint that was kept."""
        return cls(kept, before, 0 if before == newest else max(before.size - kept, 1))


@dataclass(frozen=True)
class Verified:
    """How many entries and checkpoints have been proved, the last checkpoint's note, and the restores in between."""

    entries: int
    checkpoints: int
    newest: str
    restarts: tuple[Restart, ...] = ()


def check_signature(note: notes.Note, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint that a log has signed. Raises BadProof."""
    public_key, signature, message = note.signed_by(key)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadProof("A checkpoint is not signed by the log that it should come from.") from None
    return notes.read_checkpoint(note.text)


def read_signed(text: str, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint in a note that a log has signed, under its present origin or an earlier one of its own.

    One key signs under all of them, each time by the origin's name (LOG.md section 9). Raises BadProof.
    """
    note = notes.read_note(text)
    origin = note.text.partition("\n")[0]
    is_earlier = origin.rpartition("/")[0] == key.name.rpartition("/")[0] and 0 < _number(origin) < _number(key.name)
    signed_by = replace(key, name=origin) if is_earlier else key
    found = check_signature(note, signed_by)
    if found.origin != signed_by.name:
        raise BadProof("This checkpoint comes from another log.")
    return found


def verify(lines: Iterable[bytes], key: VerifierKey, witnessed: Iterable[str] = ()) -> Verified:
    """Prove an exported log: every entry in its place under signed checkpoints, and these the ones witnessed.

    `witnessed` are notes that somebody else has kept: the log must have been at each of them. Raises BadProof,
    naming the line.
    """
    seen = [read_signed(text, key) for text in witnessed]
    log = _Log(key, {one.size for one in seen})
    for number, line in enumerate(lines, 1):
        try:
            log.read(line.rstrip(b"\n"))
        except BadProof as error:
            raise BadProof(f"Line {number}: {error}") from None
    return log.end(seen)


@dataclass
class _Log:
    """What has been read so far. `wanted` are the sizes at which somebody has seen the log."""

    key: VerifierKey
    wanted: set[int]
    tree: "_Tree" = field(default_factory=lambda: _Tree())
    roots: dict[int, bytes] = field(default_factory=dict)  # at those sizes
    newest: str = ""
    covered: Checkpoint | None = None
    checkpoints: int = 0
    restarts: list[Restart] = field(default_factory=list)
    restarted: bool = False  # since the last checkpoint

    def __post_init__(self) -> None:
        self._note_root()

    def read(self, line: bytes) -> None:
        """Take one line. Raises BadProof."""
        said = _read(line)
        if set(said) == {"checkpoint"}:
            return self._checkpoint(said["checkpoint"])
        if said.get("id") != str(self.tree.size):
            raise BadProof(f"entry {self.tree.size} of the log should be here.")
        before = _restart_in(said)
        if before:
            self._restart(before)
        self.tree.add(line)
        self._note_root()
        return None

    def _note_root(self) -> None:
        if self.tree.size in self.wanted:
            self.roots[self.tree.size] = self.tree.root()

    def _checkpoint(self, text: str) -> None:
        found, last = read_signed(text, self.key), self.covered
        if (found.size, found.root) != (self.tree.size, self.tree.root()) or (last and found.size <= last.size):
            raise BadProof("this checkpoint is of another log than the lines before it.")
        if self.restarted:
            fits = _number(found.origin) > _number(self.restarts[-1].before.origin)
        else:
            fits = last is None or found.origin == last.origin
        if not fits:
            raise BadProof("this checkpoint bears another origin than the log had, and no restart tells why.")
        self.newest, self.covered, self.restarted = text, found, False
        self.checkpoints += 1

    def _restart(self, before: Checkpoint) -> None:
        if self.restarted or (self.covered and self.covered.origin != before.origin):
            raise BadProof("this entry says that another log than this one was restored.")
        self.restarts.append(Restart.of(self.tree.size, before, self.covered))
        self.restarted = True

    def end(self, witnessed: list[Checkpoint]) -> Verified:
        """Prove what can only be proved when all has been read. Raises BadProof."""
        covered = self.covered.size if self.covered else 0
        if self.tree.size != covered:
            raise BadProof(f"The last {self.tree.size - covered} entries are under no checkpoint.")
        if self.covered and self.covered.origin != self.key.name:
            raise BadProof(f"This is the log {self.covered.origin}, and not {self.key.name}.")
        for one in witnessed:
            self._passed(one)
        return Verified(self.tree.size, self.checkpoints, self.newest, tuple(self.restarts))

    def _passed(self, seen: Checkpoint) -> None:
        """Prove that the log was once at a checkpoint that somebody has seen. Raises BadProof."""
        restart = next((one for one in self.restarts if one.before.origin == seen.origin), None)
        if restart is None and seen.origin != self.key.name:
            raise BadProof(f"A witness has seen the log {seen.origin}, of which this export tells nothing.")
        end, known = (restart.kept, restart.before) if restart else (self.tree.size, None)
        if seen == known:
            return
        if seen.size > (known.size if known else end):
            raise BadProof(f"A witness has seen {seen.size} entries in this log; it has {end}. It was cut off.")
        if seen.size <= end and self.roots[seen.size] == seen.root:
            return
        if end < seen.size and known and seen.size < known.size:
            return  # of what was lost, nothing more can be proved
        raise BadProof(f"A witness has seen this log otherwise at {seen.size} entries. It was rewritten.")


def _read(line: bytes) -> dict[str, Any]:
    try:
        said = canonical.loads(line[:_LONGEST])
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise BadProof("this was changed: it is no entry of a log.")
    return said


def _restart_in(said: dict[str, Any]) -> Checkpoint | None:
    """Return the checkpoint that an entry names, if it is one of the action `restart`."""
    try:
        if said["subtype"][-1]["code"] != "restart":
            return None
    except (LookupError, TypeError):
        return None
    try:
        about = said["entity"][0]
        details = {detail["type"]: detail["valueString"] for detail in about["detail"]}
        origin, size, root = about["what"]["identifier"]["value"], details["size"], details["root"]
        return Checkpoint(origin, notes.read_count(size), notes.read_hash(root))
    except (LookupError, TypeError, BadProof):
        raise BadProof("this entry does not say which log was restored.") from None


def _number(origin: str) -> int:
    """Return the number at an origin's end, 0 where there is none."""
    number = origin.rpartition("/")[2]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 0


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
