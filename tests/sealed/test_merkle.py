"""The log's tree, judged by published vectors and by RFC 6962's own recursive definitions."""

import hashlib
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from sealed import merkle
from sealed.errors import BadProof
from sealed.merkle import EMPTY, Span
from tests.sealed.logs import Tree

# Leaves, roots and proofs of Certificate Transparency's reference tests: google/certificate-transparency,
# cpp/merkletree/merkle_tree_test.cc (kInputs, kSHA256Roots, kSHA256Paths, kSHA256Proofs; leaves are counted from 1
# there), and the same in transparency-dev/merkle, testonly/constants.go.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
H01, H02 = ROOTS[1], ROOTS[2]
H11 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
H23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
H44 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
H45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
H67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
H47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
PATHS = [(0, 1, []), (0, 8, [H11, H23, H47]), (5, 8, [H44, H67, ROOTS[4]]), (2, 3, [H02]), (1, 5, [H01, H23, H44])]
PROOFS = [(1, 1, []), (1, 8, [H11, H23, H47]), (6, 8, [H45, H67, ROOTS[4]]), (2, 5, [H23, H44])]

MOST = 130
ENTRIES = [bytes([number]) for number in range(MOST)]


# RFC 6962 sections 2.1, 2.1.1 and 2.1.2, word for word, over D[start:end] of ENTRIES.
def parted(start: int, end: int) -> int:
    return start + max(2**power for power in range(8) if 2**power < end - start)


@cache
def mth(start: int, end: int) -> bytes:
    if start == end:
        return hashlib.sha256().digest()
    if end - start == 1:
        return hashlib.sha256(b"\x00" + ENTRIES[start]).digest()
    k = parted(start, end)
    return hashlib.sha256(b"\x01" + mth(start, k) + mth(k, end)).digest()


def audit_path(m: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    k = parted(start, end)
    return [*audit_path(m, start, k), mth(k, end)] if m < k else [*audit_path(m, k, end), mth(start, k)]


def subproof(m: int, start: int, end: int, b: bool) -> list[bytes]:
    if m == end:
        return [] if b else [mth(start, end)]
    k = parted(start, end)
    return [*subproof(m, start, k, b), mth(k, end)] if m <= k else [*subproof(m, k, end, False), mth(start, k)]


def in_hex(found: list[bytes]) -> list[str]:
    return [one.hex() for one in found]


def test_published_roots_and_proofs() -> None:
    trees = [Tree(LEAVES[:size]) for size in range(9)]
    assert in_hex([tree.root() for tree in trees]) == ROOTS
    for number, size, path in PATHS:
        assert in_hex(trees[size].inclusion(number)) == path
        merkle.check_inclusion(
            merkle.leaf_hash(LEAVES[number]), number, size, trees[size].inclusion(number), trees[size].root()
        )
    for old, new, proof in PROOFS:
        assert in_hex(trees[new].consistency(old)) == proof
        merkle.check_consistency(old, trees[old].root(), new, trees[new].root(), trees[new].consistency(old))


def test_published_digests_of_all_trees_to_130() -> None:
    # transparency-dev/merkle, testonly/vectors_test.go, for draft-ietf-plants-merkle-tree-certs: rolling digests over
    # every subtree [start, end) of 130 leaves, a subtree being a tree of its own.
    roots, paths, tree = hashlib.sha256(), hashlib.sha256(), Tree(ENTRIES)
    for start, end in subtrees():

        def get(level: int, index: int, start: int = start) -> bytes:
            return tree[level, index + (start >> level)]

        roots.update(f"[{start}, {end}) {merkle.root(end - start, get).hex()}\n".encode())
        for number in range(end - start):
            path = in_hex(merkle.hashes(merkle.inclusion(number, end - start), get))
            paths.update(" ".join([f"{start + number} [{start}, {end})", *path, ""]).strip().encode() + b"\n")
    assert roots.hexdigest() == "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"
    assert paths.hexdigest() == "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"


def subtrees() -> Iterator[Span]:
    for end in range(MOST + 1):
        for start in range(end + 1):
            if start in (0, end) or start % (1 << (end - start - 1).bit_length()) == 0:
                yield start, end


def test_every_proof_to_130_leaves_is_that_of_the_rfc_and_holds() -> None:
    tree = Tree([])
    for size in range(1, MOST + 1):
        tree.asked.clear()
        tree.append(ENTRIES[size - 1])
        assert tree.asked <= merkle.needed([(0, size - 1)])
        assert tree.root() == mth(0, size)
        for number in range(size):
            path = audit_path(number, 0, size)
            assert tree.inclusion(number) == path
            merkle.check_inclusion(mth(number, number + 1), number, size, path, mth(0, size))
        for old in range(1, size + 1):
            path = subproof(old, 0, size, True)
            assert tree.consistency(old) == path
            merkle.check_consistency(old, mth(0, old), size, mth(0, size), path)


def test_one_query_knows_every_node_that_a_proof_reads() -> None:
    tree = Tree(ENTRIES)
    proofs = [merkle.inclusion(n, MOST) for n in range(MOST)] + [merkle.consistency(n, MOST) for n in range(MOST)]
    for spans in [[(0, MOST)], *proofs]:
        tree.asked.clear()
        merkle.hashes(spans, tree.get_node)
        assert tree.asked == merkle.needed(spans)
    most = 2_000_003
    assert max(len(merkle.needed(merkle.inclusion(n, most))) for n in range(0, most, 9973)) <= 2 * 21
    assert max(len(merkle.needed(merkle.consistency(n, most))) for n in range(1, most, 9973)) <= 2 * 21


def test_the_empty_log_and_equal_sizes() -> None:
    one, two = mth(0, 1), mth(0, 2)
    merkle.check_consistency(0, EMPTY, 0, EMPTY, [])
    merkle.check_consistency(0, EMPTY, 2, two, [])
    merkle.check_consistency(2, two, 2, two, [])
    assert merkle.consistency(0, 5) == merkle.consistency(5, 5) == []
    # After transparency-dev/merkle, testdata/consistency/additional.
    for old, old_root, new, new_root, path in (
        (0, EMPTY, 1, EMPTY, [EMPTY]),
        (1, one, 1, two, []),
        (2, two, 1, one, []),
        (1, one, 1, one, [one]),
        (1, one, 2, two, []),
        (0, one, 1, one, []),
        (0, EMPTY, 0, one, []),
        (0, EMPTY, 2, two, [two]),
        (0, EMPTY, 2, two[:31], []),
        (-1, one, 2, two, []),
    ):
        with pytest.raises(BadProof):
            merkle.check_consistency(old, old_root, new, new_root, path)
    for number, size in ((0, 0), (1, 1), (-1, 1), (2, 1)):
        with pytest.raises(BadProof):
            merkle.check_inclusion(one, number, size, [], one)
        with pytest.raises(ValueError):
            merkle.inclusion(number, size)
    for old, new in ((2, 1), (-1, 1)):
        with pytest.raises(ValueError):
            merkle.consistency(old, new)
    for short in (b"", one[1:]):  # testdata/inclusion/single-entry
        with pytest.raises(BadProof):
            merkle.check_inclusion(short, 0, 1, [], short)


def changed(path: tuple[bytes, ...], by: random.Random) -> tuple[bytes, ...]:
    """A path with one hash altered, swapped, dropped, added, cut or lengthened."""
    at = by.randrange(len(path))
    before, one, after = path[:at], path[at], path[at + 1 :]
    match by.randrange(6):
        case 0:
            return *before, altered(one, by), *after
        case 1:
            return *after, one, *before
        case 2:
            return *before, *after
        case 3:
            return *before, one, by.choice([one, EMPTY, by.randbytes(32)]), *after
        case 4:
            return *before, one[:-1], *after
        case _:
            return *before, one + b"\0", *after


def altered(one: bytes, by: random.Random) -> bytes:
    where = by.randrange(32)
    return one[:where] + bytes([one[where] ^ by.randrange(1, 256)]) + one[where + 1 :]


def tampered_inclusion(good: tuple[Any, ...], by: random.Random) -> tuple[Any, ...]:
    leaf, number, size, path, root = good
    match by.randrange(4):
        case 0:
            leaf = by.choice([mth(number ^ 1, (number ^ 1) + 1), altered(leaf, by), leaf[:-1], leaf + leaf])
        case 1:
            number = by.choice([number ^ 1, number + MOST, number - MOST, by.randrange(MOST)])
        case 2:
            root = by.choice([mth(0, MOST - 1), altered(root, by), root[1:], b""])
        case _:
            path = changed(path, by)
    return leaf, number, size, path, root


def tampered_consistency(good: tuple[Any, ...], by: random.Random) -> tuple[Any, ...]:
    old, old_root, new, new_root, path = good
    match by.randrange(5):
        case 0:
            old = by.choice([old - 1, old + 1, -old, MOST + old, by.randrange(MOST)])
        case 1:
            old_root = by.choice([mth(0, old + 1), altered(old_root, by), old_root[1:], EMPTY])
        case 2:
            new_root = by.choice([mth(0, MOST - 1), altered(new_root, by), new_root[1:], old_root])
        case 3:
            old_root, new_root = new_root, old_root
        case _:
            path = changed(path, by)
    return old, old_root, new, new_root, path


def accepted(check: Callable[..., None], tamper: Callable[..., tuple[Any, ...]], goods: list[tuple[Any, ...]]) -> int:
    """How many of 2,500 tamperings a check lets pass; any other error than BadProof ends the test."""
    by, passed = random.Random(6962), 0
    for _ in range(2500):
        good = by.choice(goods)
        while (bad := tamper(good, by)) == good:
            pass
        try:
            check(*bad)
            passed += 1
        except BadProof:
            pass
    return passed


def all_inclusions() -> list[tuple[Any, ...]]:
    return [(mth(n, n + 1), n, MOST, tuple(audit_path(n, 0, MOST)), mth(0, MOST)) for n in range(MOST)]


def all_consistencies() -> list[tuple[Any, ...]]:
    return [(n, mth(0, n), MOST, mth(0, MOST), tuple(subproof(n, 0, MOST, True))) for n in range(1, MOST)]


def test_every_tampering_is_refused() -> None:
    assert accepted(merkle.check_inclusion, tampered_inclusion, all_inclusions()) == 0
    assert accepted(merkle.check_consistency, tampered_consistency, all_consistencies()) == 0


def test_control_checks_with_a_hole_let_tamperings_pass() -> None:
    def no_length(leaf: bytes, number: int, size: int, path: tuple[bytes, ...], root: bytes) -> None:
        if not 0 <= number < size:
            raise BadProof
        merkle.check_inclusion(leaf, number, size, path[: len(merkle.inclusion(number, size))], root)

    def no_old_root(old: int, old_root: bytes, new: int, new_root: bytes, path: tuple[bytes, ...]) -> None:
        sound = (0 < old < new and len(path) == len(merkle.consistency(old, new))) and len(old_root) == 32
        if not sound or merkle._roots(old, old_root, merkle.consistency(old, new), path)[1] != new_root:
            raise BadProof

    assert accepted(no_length, tampered_inclusion, all_inclusions()) > 0
    assert accepted(no_old_root, tampered_consistency, all_consistencies()) > 0


def test_a_node_passed_off_as_an_entry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def forge() -> None:
        tree = Tree(LEAVES[:4])
        merkle.check_inclusion(merkle.leaf_hash(tree[0, 0] + tree[0, 1]), 0, 2, [tree[1, 1]], tree.root())

    with pytest.raises(BadProof):
        forge()
    # Control: without the two first bytes that tell leaves from nodes, the forgery would hold.
    monkeypatch.setattr(merkle, "leaf_hash", lambda entry: hashlib.sha256(entry).digest())
    monkeypatch.setattr(merkle, "node_hash", lambda left, right: hashlib.sha256(left + right).digest())
    forge()
