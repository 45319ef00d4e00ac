"""What a key server answers with a share, and what must hold before the share is used (LOG.md section 6).

The same for a key that is made, one that is released, and one that an organisation recovers. No cipher here: the
caller verifies the signature of what `check` returns, and opens the sealed share with `info`.
"""

from dataclasses import dataclass
from typing import Any

from . import canonical, merkle, notes, receipts
from .errors import N_, BadProof

LARGEST = 8192  # bytes of an entry
CREATE, RELEASE, RECOVER = "create", "release", "recover"
ALLOWED = "allowed"  # the entry's detail `download`, where the sender lets the photos be saved
WANTED = "wanted"  # the entry's detail `mark`, where the sender wants the reader's name over the photos
_OTHER = N_(
    "The key server's log has an entry about something else than what was asked for. "
    "Do not rely on it; tell whoever runs the key server."
)


@dataclass(frozen=True)
class Request:
    """One request for a share: CREATE, RELEASE or RECOVER, which key server (URL) and key, and the Idempotency-Key."""

    action: str
    key_server: str
    key_id: str
    request_id: str

    def info(self, entry: bytes) -> bytes:
        """Return HPKE's `info`, which ties a sealed share to this request and to the entry's own bytes."""
        words = (f"safelight v1 {self.action}", self.key_server, self.key_id, self.request_id)
        return "\0".join((*words, "")).encode() + merkle.leaf_hash(entry)

    def check(
        self, answer: Any, key: notes.VerifierKey, remembered: str | None, witnessed: str | None = None
    ) -> receipts.Proved:
        """Check all but the signature: the entry is about this request, and the log holds it and all it held before.

        `answer` is the key server's JSON, `key` its log's, `remembered` the note of the checkpoint seen last,
        `witnessed` that of one that a witness has seen. Raises BadProof.
        """
        try:
            entry, path = answer["entry"].encode(), _hashes(answer["consistency"])
            since_witnessed = _hashes(answer["witnessed_consistency"]) if witnessed else []
            said = canonical.loads(entry[:LARGEST])
            about, asked = (entity["what"]["identifier"]["value"] for entity in said["entity"])
            granted = (said["subtype"][-1]["code"], said["outcome"]) == (self.action, "0")
        except (AttributeError, LookupError, TypeError, ValueError, BadProof):
            raise BadProof(_OTHER) from None
        if not granted or (about, asked) != (self.key_id, self.request_id):
            raise BadProof(_OTHER)
        proved = receipts.check(answer.get("receipt"), entry, key)
        check_since(remembered, proved.checkpoint, path)
        check_since(witnessed, proved.checkpoint, since_witnessed)
        return proved


def logged_file(entry: str) -> str | None:
    """Return the registered file's SHA-256, in hex, that a checked entry names."""
    return _detail(entry, "file_sha256")


def may_save(entry: str) -> bool:
    """Tell whether a checked entry of a release says that the sender lets the photos be saved."""
    return _detail(entry, "download") == ALLOWED


def rules(entry: str) -> dict[str, str]:
    """Return what a checked entry of a release says of its policy for its reader: empty where there is no such rule."""
    return {name: _detail(entry, name) or "" for name in ("mark", "not_after", "most_each", "most")}


def _detail(entry: str, name: str) -> str | None:
    for detail in canonical.loads(entry.encode())["entity"][0].get("detail", []):
        if detail["type"] == name:
            return str(detail["valueString"])
    return None


def size_of(remembered: str | None, key: notes.VerifierKey) -> int:
    """Return the size of a remembered checkpoint of this log, and 0 where there is none."""
    before = _read(remembered)
    return before.size if before and before.origin == key.name else 0


def _hashes(written: list[object]) -> list[bytes]:
    return [notes.read_hash(one) for one in written]


def check_since(remembered: str | None, now: notes.Checkpoint, path: list[bytes]) -> None:
    """Raise BadProof unless `path` proves that the log still holds what it held at the remembered checkpoint.

    Another origin is another log: after a restore, one that names the old checkpoint (LOG.md section 9).
    """
    before = _read(remembered)
    if before is None or before.origin != now.origin:
        before = notes.Checkpoint(now.origin, 0, merkle.EMPTY)
    merkle.check_consistency(before.size, before.root, now.size, now.root, path)


def _read(remembered: str | None) -> notes.Checkpoint | None:
    try:
        return notes.read_checkpoint(notes.read_note(remembered).text) if remembered else None
    except BadProof:
        return None  # what was kept here is damaged: as good as nothing
