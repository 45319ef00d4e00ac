"""JSON in its one form (RFC 8785), for bytes that are hashed, signed or bound to a key.

Only what our own documents hold: objects, arrays, strings, integers, booleans, null.
"""

import json
from typing import Any

# RFC 8785 section 3.2.2.3 writes numbers as ECMAScript does; up to here integers are exact.
_LARGEST = 2**53 - 1


def dumps(value: Any) -> bytes:
    """Return `value` as canonical JSON, UTF-8.

    Raises ValueError for what has no one form here: floats, integers beyond 2**53 - 1,
    keys outside ASCII (sorted differently in UTF-16), lone surrogates.
    """
    _check(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def loads(data: bytes) -> Any:
    """Return what `data` holds; ValueError unless `data` is its canonical form to the byte."""
    value = json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse)
    if dumps(value) != data:
        raise ValueError("not the canonical form")
    return value


def _refuse(text: str) -> None:
    raise ValueError(f"no number of this kind: {text[:20]}")


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError("keys must be ASCII text")
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)
    elif isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError("integer too large")
    elif not (value is None or isinstance(value, str)):
        raise ValueError(f"no place for {type(value).__name__}")
