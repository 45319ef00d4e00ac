"""Seeded damage: the same mutations of sealed files, plaintexts and report.xml in every runtime."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
SIZES = (1, 1, 1, 2, 4, 8, 12, 16, 22, 24, 30, 32, 46, 56, 100, 16_384, 16_400)
# Letters that mean something in JSON, in XML, in ZIP or in a number.
PIECES = (
    b"{", b"}", b"[", b'"', b":", b",", b"\\", b"\\u0000", b"null", b"<", b">", b"/>", b"<a>", b"</a>", b"&", b"&#65;",
    b"&#0;", b"<!", b"<?", b"]]>", b"xmlns", b"=", b"'", b"-1", b"9" * 40, b"0", b".", b"\0", b"\n", b"\r", b" ",
    b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", "é".encode(), "\U0001f9d1".encode(), b"\x7f", b"\x1b",
    b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\7\x08", b"\xff\xff\xff\xff", b"SAFELIT1", b"photos/002.jpg",
)  # fmt: skip


class Chance:
    """Numbers that look random: SHA-256 of a seed and a counter, so that no version of Python has others."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def below(self, limit: int) -> int:
        self._count += 1
        digest = hashlib.sha256(f"{self._seed} {self._count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]


Damage = Callable[[Chance, bytes, bytes], bytes]


def flip(chance: Chance, data: bytes, _other: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(1 + chance.below(3)):
        changed[chance.below(len(data))] ^= 1 << chance.below(8)
    return bytes(changed)


def cut(chance: Chance, data: bytes, _other: bytes) -> bytes:
    at = chance.below(len(data))
    return data[at:] if chance.below(8) == 0 else data[:at]


def drop(chance: Chance, data: bytes, _other: bytes) -> bytes:
    at, size = chance.below(len(data)), chance.pick(SIZES)
    return data[:at] + data[at + size :]


def repeat(chance: Chance, data: bytes, _other: bytes) -> bytes:
    at, size = chance.below(len(data)), chance.pick(SIZES)
    return data[: at + size] + data[at:]


def swap(chance: Chance, data: bytes, _other: bytes) -> bytes:
    first, second = sorted((chance.below(len(data)), chance.below(len(data))))
    size = min(chance.pick(SIZES), second - first)
    a, b = data[first : first + size], data[second : second + size]
    return data[:first] + b + data[first + size : second] + a + data[second + size :]


def splice(chance: Chance, data: bytes, other: bytes) -> bytes:
    """The beginning of one and the end of the other; at the same place in both, half of the time."""
    at = chance.below(len(data))
    return data[:at] + (other[at:] if chance.below(2) else other[chance.below(len(other)) :])


def graft(chance: Chance, data: bytes, other: bytes) -> bytes:
    """A part of the other in the same place."""
    at, size = chance.below(len(data)), chance.pick(SIZES)
    return data[:at] + other[at : at + size] + data[at + size :]


def put(chance: Chance, data: bytes, _other: bytes) -> bytes:
    at = chance.below(len(data) + 1)
    return data[:at] + chance.pick(PIECES) + data[at + chance.below(3) :]


def append(chance: Chance, data: bytes, other: bytes) -> bytes:
    return data + other[-chance.pick(SIZES) :]


def header(chance: Chance, data: bytes, _other: bytes) -> bytes:
    """An edit within the first 172 bytes, where a sealed file has its header; its length is put right."""
    size = int.from_bytes(data[8:12], "big")
    edited = chance.pick((flip, put, drop, swap))(chance, data[12 : 12 + size], b"")
    return data[:8] + len(edited).to_bytes(4, "big") + edited + data[12 + size :]


ANYWHERE: tuple[Damage, ...] = (flip, flip, cut, drop, repeat, swap, splice, graft, put, append)


def mutations(
    seed: str, originals: Sequence[bytes], kinds: Sequence[Damage], count: int
) -> Iterator[tuple[int, bytes]]:
    """Yield `count` times the number of an original and a mutation of it, which is none of the originals."""
    chance, known = Chance(seed), set(originals)
    while count:
        number = chance.below(len(originals))
        mutated = chance.pick(kinds)(chance, originals[number], chance.pick(originals))
        if mutated not in known:
            count -= 1
            yield number, mutated
