"""An excerpt of a log, entry by entry: under its log's key and present or earlier origin, in falling order."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sealed import canonical
from sealed.errors import BadProof
from tests.keyserver.test_audit_event import LEAST
from tests.sealed.logs import KEY, ORIGIN, Tree, receipt
from viewer import log_excerpt
from viewer.keyserver.audit_event import encode

BODIES = [encode(replace(LEAST, number=number)) for number in range(5)]
LATER = replace(KEY, name=ORIGIN.replace("/1", "/2"))  # under which the same log goes on after a restore


def line(tree: Tree, number: int, body: bytes = b"") -> bytes:
    said = {"entry": (body or BODIES[number]).decode(), "receipt": receipt(tree, number)}
    return canonical.dumps(said) + b"\n"


@pytest.mark.parametrize("key", [KEY, LATER], ids=["present", "earlier"])
def test_each_entry_by_its_receipt(key: log_excerpt.VerifierKey) -> None:
    tree = Tree(BODIES)
    found = log_excerpt.verify([line(tree, number) for number in (4, 2, 0)], key)
    assert (found.entries, found.newest, found.oldest) == (3, 4, 0)
    assert log_excerpt.is_one(line(tree, 4)) and not log_excerpt.is_one(BODIES[4]), "an entry is no line of one"


def test_what_does_not_hold_is_told_by_its_line() -> None:
    tree, other = Tree(BODIES), Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(BadProof, match=r"Line 1: .*not signed"):
        log_excerpt.verify([line(tree, 4)], replace(KEY, public_key=other))
    with pytest.raises(BadProof, match=r"Line 1: .*not signed"):
        log_excerpt.verify([line(tree, 4)], replace(KEY, name="other.example.org/log/1"))
    with pytest.raises(BadProof, match="Line 2: the entries are not in their order"):
        log_excerpt.verify([line(tree, 2), line(tree, 4)], KEY)
    with pytest.raises(BadProof, match="Line 2: "):
        log_excerpt.verify([line(tree, 4), line(tree, 2, BODIES[3])], KEY)
    with pytest.raises(BadProof, match="Line 2: this was changed"):
        log_excerpt.verify([line(tree, 4), b'{"entry":"{}"}\n'], KEY)


def test_an_entry_that_says_that_it_is_another_one() -> None:
    """As only a log can make it that does not number what it holds."""
    tree = Tree([BODIES[0], BODIES[3]])
    with pytest.raises(BadProof, match="Line 1: this entry says that it is another one"):
        log_excerpt.verify([line(tree, 1, BODIES[3])], KEY)
