"""JSON in its one form (RFC 8785), for bytes that are hashed, signed or bound to a key.

Only what our own documents hold: objects, arrays, strings, integers, booleans, null.
"""

import json
import re
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Any

# RFC 8785 section 3.2.2.3 writes numbers as ECMAScript does; up to here integers are exact.
_LARGEST = 2**53 - 1
DEPTH = 16  # the log's entries have 9
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_HOLE = re.compile("\ue000([0-9]+)\ue000")
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)  # strings as a whole: what is in them does not count


def dumps(value: Any) -> bytes:
    """Return `value` as canonical JSON, UTF-8.

    Raises ValueError for what has no one form here: floats, integers beyond 2**53 - 1,
    keys outside ASCII (sorted differently in UTF-16), lone surrogates.
    """
    _check(value)
    return _ENCODER.encode(value).encode()


def loads(data: bytes) -> Any:
    """Return what `data` holds; ValueError unless `data` is its canonical form to the byte, and DEPTH deep at most."""
    text = data.decode()
    _check_depth(text)
    value = json.loads(text, parse_float=_refuse, parse_constant=_refuse)
    if dumps(value) != data:
        raise ValueError("not the canonical form")
    return value


class Form:
    """Documents that differ in some of their texts: what they share is checked and encoded once.

    `value` has `hole(n)` where the text number n goes (from 0 on, each in any number of places), and holds no U+E000
    otherwise, which is for private use.
    """

    def __init__(self, value: Any) -> None:
        self._parts = _HOLE.split(dumps(value).decode())
        self._places = [int(number) for number in self._parts[1::2]]

    def fill(self, texts: Iterable[str]) -> bytes:
        """Return what `dumps` would of the value with these texts in it. Raises ValueError for lone surrogates."""
        written, parts = [encode_basestring(text)[1:-1] for text in texts], self._parts.copy()
        parts[1::2] = [written[place] for place in self._places]
        return "".join(parts).encode()


def hole(number: int) -> str:
    """Return what stands in a Form for one of its texts."""
    return f"\ue000{number}\ue000"


def _check_depth(text: str) -> None:
    """Raise ValueError for JSON deeper than DEPTH: it would end the browser's Python, whose stack is small."""
    depth = 0
    for mark in _MARKS.findall(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark, 0)
        if depth > DEPTH:
            raise ValueError("too deep")


def _refuse(text: str) -> None:
    raise ValueError(f"no number of this kind: {text[:20]}")


def _check(value: Any) -> None:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if value is None or isinstance(value, str):
            continue
        if isinstance(value, dict):
            _check_keys(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif not isinstance(value, int):
            raise ValueError(f"no place for {type(value).__name__}")
        elif abs(value) > _LARGEST:
            raise ValueError("integer too large")


def _check_keys(value: dict[Any, Any]) -> None:
    try:
        is_ascii = "".join(value).isascii()
    except TypeError:
        is_ascii = False
    if not is_ascii:
        raise ValueError("keys must be ASCII text")
