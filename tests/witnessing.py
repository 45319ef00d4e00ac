"""What tests ask of a witness: checkpoints of small logs, signed as the installation's key server signs."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient

from sealed import cosignatures
from sealed.cosignatures import PATH, AddCheckpoint
from sealed.notes import Checkpoint, Note, Signature, VerifierKey, key_id
from tests.sealed.logs import Tree
from viewer import log_key
from viewer.config import Settings


class TestLog:
    """A log that can say anything, under the key of the installation's own."""

    __test__ = False

    def __init__(self, settings: Settings) -> None:
        self.key = log_key.known(settings)
        self.signing = log_key.signing_key(settings.keyserver_secret)

    def note(self, tree: Tree, size: int | None = None) -> Note:
        """The checkpoint of a tree, signed; of a wrong `size` too."""
        text = Checkpoint(self.key.name, tree.size if size is None else size, tree.root()).text()
        return Note(text, (signature(self.key, self.signing, text),))

    def request(self, tree: Tree, old: int, proof: list[bytes] | None = None) -> str:
        """The request to witness a tree that goes on from `old`."""
        path = tree.consistency(old) if proof is None else proof
        return AddCheckpoint(old, tuple(path), self.note(tree)).write()


def signature(key: VerifierKey, signing: Ed25519PrivateKey, text: str) -> Signature:
    by = key_id(key.name, signing.public_key().public_bytes_raw())
    return Signature(key.name, by, signing.sign(text.encode()))


def entries(count: int, name: str = "entry") -> list[bytes]:
    return [f"{name} {number}".encode() for number in range(count)]


def grown(size: int) -> Tree:
    """The log as it is, of so many entries."""
    return Tree(entries(size))


def forked(common: int, size: int) -> Tree:
    """Another log, which has only the first entries in common with it."""
    return Tree(entries(common) + entries(size - common, "other"))


def add(client: FlaskClient, text: str, **headers: str) -> Any:
    return client.post(f"{PATH}/add-checkpoint", data=text.encode(errors="surrogateescape"), headers=headers)


def newest(client: FlaskClient, origin: str) -> Any:
    return client.get(cosignatures.checkpoint_url(PATH, origin))
