"""A small log for tests: its stored nodes, its signed checkpoints, its receipts."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sealed import merkle, notes, receipts
from sealed.notes import Checkpoint, Note, Signature, VerifierKey

ORIGIN = "keys.example.org/log/1"
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey(ORIGIN, SECRET.public_key().public_bytes_raw())


class Tree(dict[merkle.Node, bytes]):
    """The stored nodes; `asked` remembers which ones a call has read."""

    def __init__(self, entries: list[bytes]) -> None:
        super().__init__()
        self.size, self.asked = 0, set[merkle.Node]()
        for entry in entries:
            self.append(entry)

    def append(self, entry: bytes) -> None:
        for level, index, found in merkle.completed(self.size, merkle.leaf_hash(entry), self.get_node):
            assert (level, index) not in self
            self[level, index] = found
        self.size += 1

    def get_node(self, level: int, index: int) -> bytes:
        self.asked.add((level, index))
        return self[level, index]

    def root(self) -> bytes:
        return merkle.root(self.size, self.get_node)

    def inclusion(self, number: int) -> list[bytes]:
        return merkle.hashes(merkle.inclusion(number, self.size), self.get_node)

    def consistency(self, old: int) -> list[bytes]:
        return merkle.hashes(merkle.consistency(old, self.size), self.get_node)


def sign(text: str, name: str = ORIGIN, secret: Ed25519PrivateKey = SECRET) -> Signature:
    by = notes.key_id(name, secret.public_key().public_bytes_raw())
    return Signature(name, by, secret.sign(text.encode()))


def receipt(tree: Tree, number: int, *cosignatures: Signature) -> str:
    """The receipt of an entry, as the key server writes it."""
    text = Checkpoint(ORIGIN, tree.size, tree.root()).text()
    note = Note(text, (sign(text), *cosignatures))
    return receipts.Receipt(number, tuple(tree.inclusion(number)), note).write()


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Raise InvalidSignature unless it is one: by `cryptography`, not by us."""
    Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
