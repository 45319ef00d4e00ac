"""Finds many byte strings at once, in every form in which a program might have written them down."""

import base64
import json
import sys
from array import array
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from sealed import base32

_WORD = 8  # bytes
_SHORTEST = 2 * _WORD - 1
"""Bytes that a needle must have: wherever so many lie, one whole aligned word lies among them."""


class Needle(NamedTuple):
    """Bytes that must not be found, and what they are."""

    kind: str
    data: bytes


def forms(data: bytes) -> dict[bytes, str]:
    """Each form of `data`, and its name. UTF-16 is none of them: `Search` reads haystacks as that too.

    JSON, percent and Python's own escapes leave letters and digits alone: markers made of these are found in them as
    they are.
    """
    named = [("raw", data), ("hex", data.hex().encode()), ("HEX", data.hex().upper().encode())]
    for name, alphabet in (("base64", b"+/"), ("base64url", b"-_")):
        for phase in range(3):  # bytes that stand before it in its group of three
            text = base64.b64encode(bytes(phase) + data, alphabet)
            # Characters that hold bits of other bytes too do not count.
            named.append((f"{name}, phase {phase}", text[(0, 2, 3)[phase] : (phase + len(data)) * 8 // 6]))
    crockford = base32.encode(data, -(-len(data) * 8 // 5)).encode()
    named += [("Crockford", crockford), ("crockford", crockford.lower())]
    named.append(("JSON", json.dumps(data.decode("latin-1"))[1:-1].encode()))
    named.append(("percent", quote(data, safe="").encode()))
    named.append(("repr", repr(data)[2:-1].encode()))
    return {form: name for name, form in reversed(named)}


class Search:
    """Knows a set of needles in all their forms.

    A look at each aligned word of a haystack tells where a form may be; only there it is compared. So the time depends
    on the haystack and hardly on the number of needles.
    """

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._forms: dict[int, list[tuple[str, str, bytes]]] = {}
        for kind, data in needles:
            if len(data) < _SHORTEST:
                raise ValueError(f"a {kind} of {len(data)} bytes is too short to be found")
            for form, name in forms(data).items():
                self._add(kind, name, form)
        self._words = frozenset(self._forms)

    def find(self, haystack: bytes) -> set[tuple[str, str]]:
        """The kinds of needles that are in `haystack`, each with its form."""
        found = {(kind, form) for kind, form in self._find(haystack)}
        for half in (haystack[::2], haystack[1::2]):  # UTF-16 of either order: every other byte
            found |= {(kind, f"{form}, UTF-16") for kind, form in self._find(half)}
        return found

    def _add(self, kind: str, name: str, form: bytes) -> None:
        for word in {form[at : at + _WORD] for at in range(_WORD)}:
            self._forms.setdefault(int.from_bytes(word, sys.byteorder), []).append((kind, name, form))

    def _find(self, haystack: bytes) -> set[tuple[str, str]]:
        words = array("Q", haystack[: len(haystack) // _WORD * _WORD])
        candidates = {form for word in self._words.intersection(words) for form in self._forms[word]}
        return {(kind, name) for kind, name, form in candidates if form in haystack}
