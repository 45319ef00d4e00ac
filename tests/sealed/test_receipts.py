"""The receipt of a log entry: everything but the untouched one is refused, by BadProof or by its signature."""

import hashlib
import random
from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sealed import merkle, notes, receipts
from sealed.errors import BadProof
from sealed.notes import Note, Signature, VerifierKey
from sealed.receipts import Receipt
from tests.conftest import ROOT
from tests.sealed.logs import KEY, ORIGIN, Tree, receipt, sign, verify

ENTRIES = [b'{"number":%d}' % number for number in range(130)]
TREE = Tree(ENTRIES)
NUMBER = 77
ENTRY, GOOD = ENTRIES[NUMBER], receipt(TREE, NUMBER)


def opened(text: object, entry: bytes = ENTRY, key: VerifierKey = KEY) -> int:
    """Check a receipt and its signature, as every caller has to; return the entry's number."""
    proved = receipts.check(text, entry, key)
    verify(proved.public_key, proved.signature, proved.message)
    return proved.number


def test_the_form_is_the_specification_s() -> None:
    # transparency-dev/formats, proof/tlog_proof_test.go, "proof without extra data" and "proof with empty hashes".
    one, two = (hashlib.sha256(text).digest() for text in (b"hash1", b"hash2"))
    note = Note("test checkpoint\n", (sign("test checkpoint\n"),))
    lines = f"{notes.write_base64(one)}\n{notes.write_base64(two)}\n"
    assert Receipt(5, (one, two), note).write() == f"c2sp.org/tlog-proof@v1\nindex 5\n{lines}\n{note.write()}"
    assert Receipt(0, (), note).write() == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note.write()}"
    assert receipts.read(Receipt(5, (one, two), note).write()) == Receipt(5, (one, two), note)


def test_the_example_of_the_documentation() -> None:
    documented = (ROOT / "wasm" / "sealed" / "LOG.md").read_text().partition("## 5. Example")[2].partition("## 6.")[0]
    examples = "".join(line[4:] or "\n" for line in documented.splitlines(True) if line[:4] in ("    ", "\n"))
    key, _, text = examples.strip("\n").partition("\n\n")
    assert opened(text + "\n", b'{"number":3}', notes.read_key(key)) == 3
    assert text + "\n" == receipt(Tree(ENTRIES[:5]), 3)


def test_every_entry_of_every_log_to_24_has_a_receipt_that_holds() -> None:
    tree = Tree([])
    for entry in ENTRIES[:24]:
        tree.append(entry)
        for number in range(tree.size):
            assert opened(receipt(tree, number), ENTRIES[number]) == number


def test_what_is_proved() -> None:
    proved = receipts.check(GOOD, ENTRY, KEY)
    assert (proved.number, proved.checkpoint) == (NUMBER, notes.Checkpoint(ORIGIN, 130, TREE.root()))
    assert proved.message == proved.checkpoint.text().encode()


def test_cosignatures_go_along_and_are_not_judged() -> None:
    witnesses = [Signature(f"witness.example/{n}", bytes([n] * 4), bytes(76)) for n in range(15)]
    text = receipt(TREE, NUMBER, *witnesses)
    assert opened(text) == NUMBER
    assert receipts.read(text).note.signatures[1:] == tuple(witnesses)


def test_another_entry_log_or_key_is_refused() -> None:
    for entry in (ENTRIES[NUMBER + 1], b"", ENTRY + b"\n", ENTRY[:-1]):
        with pytest.raises(BadProof):
            opened(GOOD, entry)
    with pytest.raises(BadProof, match="another log"):
        opened(GOOD, key=VerifierKey("keys.example.org/log/2", KEY.public_key))
    with pytest.raises(BadProof, match="not signed"):
        opened(GOOD, key=VerifierKey(ORIGIN, bytes(32)))


def test_a_log_that_is_signed_by_another_under_its_name_is_refused() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    kept = receipts.read(GOOD)
    (by,) = kept.note.signatures
    forged = Signature(ORIGIN, by.key_id, stranger.sign(kept.note.message))
    text = Receipt(NUMBER, kept.path, Note(kept.note.text, (forged,))).write()
    with pytest.raises(InvalidSignature):
        opened(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "\n\n",
        GOOD.replace("@v1", "@v2"),
        GOOD.replace("@v1\n", "@v1\nextra AAAA\n"),
        GOOD.replace("index 77", "index 077"),
        GOOD.replace("index 77", "index  77"),
        GOOD.replace("index 77", "index +77"),
        GOOD.replace("index 77", "index \u0667\u0667"),
        GOOD.replace("index 77", "index 78"),
        GOOD.replace("index 77", "77"),
        GOOD.replace("index 77\n", ""),
        GOOD.replace("index 77\n", "index 77\nindex 77\n"),
        GOOD.replace("\n\n", "\n", 1),
        GOOD.replace("\n\n", "\n\n\n", 1),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("=\n", "\n", 1),
        GOOD.replace("=\n", "= \n", 1),
        " " + GOOD,
        "\ufeff" + GOOD,
        GOOD + "\n",
        GOOD[:-1],
        GOOD + GOOD,
        GOOD.partition("\n\n")[0],
        GOOD.partition("\n\n")[2],
        GOOD.replace("\n\n", "\n" + "A" * 43 + "=\n\n", 1),
        GOOD.replace("\n\n", ("\n" + "A" * 43 + "=") * 25_000 + "\n\n", 1),
        GOOD.replace("index 77", "index " + "7" * 2**20),
        GOOD.encode().replace(b"index", b"ind\xe9x").decode(errors="surrogateescape"),
    ],
    ids=lambda _: "text",
)
def test_another_form_is_refused(text: object) -> None:
    assert opened(GOOD) == NUMBER
    with pytest.raises(BadProof):
        receipts.check(text, ENTRY, KEY)


def test_a_path_without_end_is_not_even_read() -> None:
    path = tuple(receipts.read(GOOD).path)
    assert receipts.read(Receipt(NUMBER, path * 7, receipts.read(GOOD).note).write()).path == path * 7
    with pytest.raises(BadProof):
        receipts.read(Receipt(NUMBER, path * 7000, receipts.read(GOOD).note).write())


ALPHABET = "ABCxyz0189+/= \n\0\r\u2014\u0661\ud800"


def tampered(by: random.Random) -> tuple[str, bytes]:
    """The receipt or its entry with a character or line altered, swapped, dropped or added."""
    at, lines = by.randrange(len(GOOD)), GOOD.split("\n")
    one, other = by.randrange(len(lines)), by.randrange(len(lines))
    match by.randrange(8):
        case 0:
            return GOOD[:at] + by.choice(ALPHABET) + GOOD[at + 1 :], ENTRY
        case 1:
            return GOOD[:at] + by.choice(ALPHABET) + GOOD[at:], ENTRY
        case 2:
            return GOOD[:at] + GOOD[at + by.randrange(1, 50) :], ENTRY
        case 3:
            return GOOD[:at] + chr(ord(GOOD[at]) ^ 1 << by.randrange(7)) + GOOD[at + 1 :], ENTRY
        case 4:
            lines[one], lines[other] = lines[other], lines[one]
        case 5:
            del lines[one]
        case 6:
            lines.insert(one, lines[other])
        case _:
            where = by.randrange(len(ENTRY))
            return GOOD, ENTRY[:where] + bytes([ENTRY[where] ^ by.randrange(1, 256)]) + ENTRY[where + 1 :]
    return "\n".join(lines), ENTRY


def accepted(check: Callable[[str, bytes], object]) -> int:
    """How many of 5,000 tamperings pass; any other error than BadProof or InvalidSignature ends the test."""
    by, passed = random.Random(77), 0
    for _ in range(5000):
        while (bad := tampered(by)) == (GOOD, ENTRY):
            pass
        try:
            check(*bad)
            passed += 1
        except (BadProof, InvalidSignature):
            pass
    return passed


def test_5_000_tamperings_are_refused() -> None:
    assert accepted(opened) == 0


def test_control_without_signature_or_without_tree_tamperings_pass() -> None:
    def unverified(text: str, entry: bytes) -> None:
        receipts.check(text, entry, KEY)

    def unproved(text: str, entry: bytes) -> None:
        verify(*receipts.read(text).note.signed_by(KEY))

    assert accepted(unverified) > 0
    assert accepted(unproved) > 0


def test_the_size_is_believed_for_its_signature_only() -> None:
    # Trees of 7 and 8 leaves share the form of entry 0's path: the path alone does not tell their sizes.
    tree = Tree(ENTRIES[:8])
    leaf, path, root = merkle.leaf_hash(ENTRIES[0]), tree.inclusion(0), tree.root()
    merkle.check_inclusion(leaf, 0, 7, path, root)
    text = receipt(tree, 0).replace("\n8\n", "\n7\n")
    assert receipts.check(text, ENTRIES[0], KEY).checkpoint.size == 7
    with pytest.raises(InvalidSignature):
        opened(text, ENTRIES[0])
