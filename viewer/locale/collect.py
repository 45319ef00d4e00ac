"""Finds the sentences in our code, for pybabel: its own ways miss a call inside another one."""

import ast
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

_STRING = r'"(?:[^"\\\n]|\\.)*"'
_SENTENCE = rf"{_STRING}(?:\s*\+\s*{_STRING})*"
_CALL = re.compile(rf"(?<![\w.$])(?:(_|N_)\(\s*({_SENTENCE})|(ngettext)\(\s*({_SENTENCE}),\s*({_SENTENCE}))")

# Line, function, its arguments as far as they are sentences (None: another thing), and comments: there are none.
Found = Iterator[tuple[int, str, str | tuple[str | None, ...], list[str]]]


def python(file: BinaryIO, keywords: Any, *_about: Any, **_options: Any) -> Found:
    """Yield each call of one of the functions that `keywords` names."""
    for call in ast.walk(ast.parse(file.read())):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            values = [getattr(argument, "value", None) for argument in call.args]
            told = tuple(value if isinstance(value, str) else None for value in values)
            if name in keywords and any(told):
                yield call.lineno, name, told, []


def script(file: BinaryIO, *_about: Any, **_options: Any) -> Found:
    """Yield each call of `_`, `N_` or `ngettext` with sentences in double quotes."""
    source = file.read().decode()
    for call in _CALL.finditer(source):
        name, sentence, counted, one, many = call.groups()
        told = _joined(sentence) if name else (_joined(one), _joined(many))
        yield source.count("\n", 0, call.start()) + 1, name or counted, told, []


def _joined(written: str) -> str:
    return "".join(part[1:-1].replace('\\"', '"') for part in re.findall(_STRING, written))
