"""Signed notes and the log's checkpoints (LOG.md section 3), written and read in one form each.

https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint, for Ed25519. No signature is made or
verified here: whoever has a cipher signs `message`, and verifies what `Note.signed_by` returns.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from .errors import N_, BadProof
from .merkle import HASH_LENGTH

# A note of 16 signatures has to be read, and a post-quantum one may have nearly 5 kB (signed-note, "Format").
SIGNATURES_LIMIT = 16
NOTE_LIMIT = 128 * 1024  # characters
NAME_LIMIT = 256  # characters; a key server's URL has at most 200
PUBLIC_KEY_LENGTH = 32
SIGNATURE_LENGTH = 64
ED25519 = b"\1"  # signature types: a log's own signature,
COSIGNATURE = b"\4"  # and a witness's (sealed/cosignatures.py)
_KEY_ID_LENGTH = 4
_THREE_LINES = re.compile("(.+)\n(.+)\n(.+)\n")
_COUNT = re.compile("0|[1-9][0-9]{0,17}")  # below 10**18, and so below 2**63
_KEY = re.compile(r"([^+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]{44})")
# Control characters but the newline, and surrogates, which are no text in UTF-8.
_FORBIDDEN = re.compile("[\0-\x09\x0b-\x1f\ud800-\udfff]")
_BEFORE_NAME = "\u2014 "

_NO_NOTE = N_(
    "This receipt or checkpoint of the log is not in its one form, or was changed on its way. Ask for it once more."
)
_NO_KEY = N_("This is not the verification key of a log. Ask whoever runs the key server for it once more.")
_NO_WITNESS = N_("This is not the verification key of a witness. Ask whoever runs the witness for it once more.")
_NOT_SIGNED = N_(
    "This receipt or checkpoint is not signed by the log that it should come from. "
    "Do not rely on it; tell whoever runs the key server."
)


@dataclass(frozen=True)
class VerifierKey:
    """An Ed25519 public key (32 bytes) under a name: for a log, its origin; and what it signs."""

    name: str
    public_key: bytes
    kind: bytes = ED25519

    def __post_init__(self) -> None:
        if not _is_name(self.name) or len(self.public_key) != PUBLIC_KEY_LENGTH:
            raise _no_key(self.kind)

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature line names this key."""
        return key_id(self.name, self.public_key, self.kind)

    def text(self) -> str:
        """Return the key as people hand it on: name, key id and key."""
        return f"{self.name}+{self.key_id.hex()}+{write_base64(self.kind + self.public_key)}"


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its origin, its number of entries, its root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not (_is_name(self.origin) and _COUNT.fullmatch(str(self.size)) and len(self.root) == HASH_LENGTH):
            raise BadProof(_NO_NOTE)

    def text(self) -> str:
        """Return the text that is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{write_base64(self.root)}\n"


@dataclass(frozen=True)
class Signature:
    """One signature line: who signed, by which key (4 bytes), and the signature itself."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True)
class Note:
    """A text, its last newline included, and its signatures; those of keys that nobody here knows are kept."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        return self.text.encode()

    def write(self) -> str:
        """Return the whole note."""
        lines = (f"{_BEFORE_NAME}{by.name} {write_base64(by.key_id + by.signature)}\n" for by in self.signatures)
        return f"{self.text}\n{''.join(lines)}"

    def signature_of(self, key: VerifierKey) -> bytes:
        """Return the bytes of this key's one signature. Raises BadProof where it has not signed, or not once."""
        found = [by.signature for by in self.signatures if (by.name, by.key_id) == (key.name, key.key_id)]
        if len(found) != 1:
            raise BadProof(_NOT_SIGNED)
        return found[0]

    def signed_by(self, key: VerifierKey) -> tuple[bytes, bytes, bytes]:
        """Return what an Ed25519 verifier takes: public key (32 bytes), signature (64), message.

        Raises BadProof unless this key has signed, once. The note proves nothing until the signature is verified.
        """
        signature = self.signature_of(key)
        if len(signature) != SIGNATURE_LENGTH:
            raise BadProof(_NOT_SIGNED)
        return key.public_key, signature, self.message


def key_id(name: str, public_key: bytes, kind: bytes = ED25519) -> bytes:
    """Return the key id (4 bytes) of an Ed25519 public key under a name."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:_KEY_ID_LENGTH]


def read_key(text: object, kind: bytes = ED25519) -> VerifierKey:
    """Read a key of one kind as VerifierKey.text writes it; BadProof for anything else."""
    found = _KEY.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise _no_key(kind)
    key = VerifierKey(found[1], base64.b64decode(found[2])[1:], kind)
    if key.text() != text:
        raise _no_key(kind)
    return key


def read_note(text: object) -> Note:
    """Read a note as Note.write writes it; BadProof for anything else.

    Bytes from a file are decoded with `errors="surrogateescape"` first: what is no UTF-8 is refused here.
    """
    if not isinstance(text, str) or len(text) > NOTE_LIMIT or _FORBIDDEN.search(text):
        raise BadProof(_NO_NOTE)
    above, _, below = text.rpartition("\n\n")
    lines = below.split("\n")[:-1]
    if not 1 <= len(lines) <= SIGNATURES_LIMIT:
        raise BadProof(_NO_NOTE)
    note = Note(above + "\n", tuple(map(_read_signature, lines)))
    if note.write() != text:
        raise BadProof(_NO_NOTE)
    return note


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note as Checkpoint.text writes it; BadProof for anything else, extension lines too."""
    found = _THREE_LINES.fullmatch(text)
    if not found:
        raise BadProof(_NO_NOTE)
    return Checkpoint(found[1], read_count(found[2]), read_hash(found[3]))


def read_count(text: str) -> int:
    """Read a number from 0 to 10**18 - 1, without leading zeros; BadProof for anything else."""
    if not _COUNT.fullmatch(text):
        raise BadProof(_NO_NOTE)
    return int(text)


def write_base64(data: bytes) -> str:
    """Return standard base64 (RFC 4648 section 4)."""
    return base64.b64encode(data).decode()


def read_base64(text: object) -> bytes:
    """Read standard base64 in its one form; BadProof for anything else."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        raise BadProof(_NO_NOTE) from None
    if write_base64(data) != text:  # bits behind the last byte, and what b64decode lets pass
        raise BadProof(_NO_NOTE)
    return data


def read_hash(text: object) -> bytes:
    """Read the base64 of 32 bytes; BadProof for anything else."""
    data = read_base64(text)
    if len(data) != HASH_LENGTH:
        raise BadProof(_NO_NOTE)
    return data


def _no_key(kind: bytes) -> BadProof:
    return BadProof(_NO_WITNESS if kind == COSIGNATURE else _NO_KEY)


def _read_signature(line: str) -> Signature:
    name, _, written = line.removeprefix(_BEFORE_NAME).partition(" ")
    data = read_base64(written)
    if not _is_name(name) or len(data) <= _KEY_ID_LENGTH:
        raise BadProof(_NO_NOTE)
    return Signature(name, data[:_KEY_ID_LENGTH], data[_KEY_ID_LENGTH:])


def _is_name(text: str) -> bool:
    """Tell whether `text` can name a key: no space of any script, no plus, nothing that a note cannot hold."""
    if not 0 < len(text) <= NAME_LIMIT or "+" in text or _FORBIDDEN.search(text):
        return False
    return not any(character.isspace() for character in text)
