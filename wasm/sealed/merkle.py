"""The log's tree (RFC 6962 section 2.1): hashes, and proofs from stored complete subtrees (LOG.md section 2).

Node (level, index) is the complete subtree over the 2**level leaves from index * 2**level on; level 0 is the
leaf itself. A node never changes once its last leaf is there, so a database keeps each one for good. A proof
is first a list of spans (which leaves each of its hashes covers), so that one query can fetch what it needs:

    path = inclusion(number, size)
    stored = ...  # one query for needed(path)
    proof = hashes(path, lambda level, index: stored[level, index])
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from .errors import N_, BadProof

HASH_LENGTH = 32  # bytes: SHA-256
EMPTY = hashlib.sha256().digest()  # the root of a log without entries

Node = tuple[int, int]  # level, index
Span = tuple[int, int]  # from this leaf up to, not including, that one
Get = Callable[[int, int], bytes]

_NOT_IN_LOG = N_(
    "The key server's log does not prove this entry: the entry or its receipt was changed. "
    "Keep both as they are, and tell whoever runs the key server."
)
_NOT_KEPT = N_(
    "The key server's log does not prove that it still holds what it held before. "
    "Do not rely on it; tell whoever runs the key server."
)


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32 bytes that stand for an entry in the tree."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32 bytes of the node above two others; its first byte keeps it from ever being a leaf."""
    return hashlib.sha256(b"\1" + left + right).digest()


def completed(number: int, leaf: bytes, get: Get) -> Iterator[tuple[int, int, bytes]]:
    """Yield (level, index, hash) of every node to store when the leaf `number` (from 0) is appended.

    `leaf` is its leaf hash. `get` is asked only for nodes of needed([(0, number)]).
    """
    yield 0, number, leaf
    level = 0
    while number >> level & 1:
        leaf = node_hash(get(level, (number >> level) - 1), leaf)
        level += 1
        yield level, number >> level, leaf


def inclusion(number: int, size: int) -> list[Span]:
    """Return the spans of leaf `number`'s audit path in a tree of `size`, sibling first (RFC 6962 section 2.1.1).

    Raises ValueError unless 0 <= number < size.
    """
    if not 0 <= number < size:
        raise ValueError("the tree has no such leaf")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency(old: int, new: int) -> list[Span]:
    """Return the spans of the proof that a tree of `new` leaves begins with that of `old` (RFC 6962 section 2.1.2).

    Empty for equal sizes, and from the empty tree, with which every tree begins.
    Raises ValueError unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise ValueError("a log never shrinks")
    spans: list[Span] = []
    start, end = 0, new
    while old and end != old:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:  # or else the old root itself is a node of the new tree, and the reader has it
        spans.append((start, end))
    return spans[::-1]


def needed(spans: Iterable[Span]) -> set[Node]:
    """Return the stored nodes of which the hashes of `spans` are made; of [(0, size)]: those of the root."""
    return {node for span in spans for node in _nodes(span)}


def hashes(spans: Iterable[Span], get: Get) -> list[bytes]:
    """Return the hash of each span, for `get(level, index)` that returns a stored node."""
    return [_hash(span, get) for span in spans]


def root(size: int, get: Get) -> bytes:
    """Return the root of a tree of `size` leaves; `get` is asked for needed([(0, size)])."""
    return _hash((0, size), get) if size else EMPTY


def check_inclusion(leaf: bytes, number: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise BadProof unless `path` proves the leaf hash `leaf` to be number `number` in the tree of `size` and `root`.

    `size` must come from a signed checkpoint: trees of several sizes share the form of a path.
    """
    if not 0 <= number < size or not _are_hashes(leaf, root, *path):
        raise BadProof(_NOT_IN_LOG)
    spans = inclusion(number, size)
    if len(path) != len(spans):
        raise BadProof(_NOT_IN_LOG)
    for (start, _), beside in zip(spans, path, strict=True):
        leaf = node_hash(beside, leaf) if start < number else node_hash(leaf, beside)
    if leaf != root:
        raise BadProof(_NOT_IN_LOG)


def check_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raise BadProof unless `path` proves the tree of `new_size` to begin with all leaves of the tree of `old_size`.

    Sizes and roots must come from signed checkpoints, or be 0 and EMPTY where none was seen yet.
    """
    if not 0 <= old_size <= new_size or not _are_hashes(old_root, new_root, *path):
        raise BadProof(_NOT_KEPT)
    spans = consistency(old_size, new_size)
    if len(path) != len(spans):
        raise BadProof(_NOT_KEPT)
    if not old_size:
        sound = old_root == EMPTY and (new_size > 0 or new_root == EMPTY)
    else:
        sound = (old_root, new_root) == _roots(old_size, old_root, spans, path)
    if not sound:
        raise BadProof(_NOT_KEPT)


def _roots(old_size: int, old_root: bytes, spans: list[Span], path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the old and the new root that a consistency proof leads to."""
    older = newer = old_root
    for (start, end), beside in zip(spans, path, strict=True):
        if end == old_size:  # the last node of the old tree, from which both roots grow
            older = newer = beside
        elif start < old_size:
            older, newer = node_hash(beside, older), node_hash(beside, newer)
        else:
            newer = node_hash(newer, beside)
    return older, newer


def _are_hashes(*found: bytes) -> bool:
    return all(len(one) == HASH_LENGTH for one in found)


def _split(count: int) -> int:
    """The largest power of two below `count`: where RFC 6962 parts a tree of `count` leaves."""
    return 1 << (count - 1).bit_length() - 1


def _nodes(span: Span) -> Iterator[Node]:
    """The complete subtrees that a span of the tree is made of, the largest and leftmost first."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _hash(span: Span, get: Get) -> bytes:
    *left, last = _nodes(span)
    found = get(*last)
    for node in reversed(left):
        found = node_hash(get(*node), found)
    return found
