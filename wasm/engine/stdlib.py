"""Which modules of the standard library go into the engine.

Everything reachable by an import statement, at the top of a module or inside a
function, from Pyodide, from our own packages or from the "keep" list of
`stdlib.json`, without going through its "leave_out" list.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath


class LeftOut(Exception):
    """Our own code imports a module that `stdlib.json` leaves out."""


def module_name(path: str) -> str:
    """`json/decoder.py` is json.decoder, `json/__init__.py` is json."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def with_parents(name: str) -> list[str]:
    """a.b.c is imported by importing a, a.b and a.b.c."""
    parts = name.split(".")
    return [".".join(parts[: n + 1]) for n in range(len(parts))]


def imports(path: str, source: bytes) -> Iterator[str]:
    """Every dotted name that an import statement in this module may load.

    `from a import b` gives a and a.b: which of the two b is, only a run could tell.
    """
    package = module_name(path).split(".")
    if not path.endswith("__init__.py"):
        package = package[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from with_parents(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *(node.module.split(".") if node.module else [])])
            yield from with_parents(start)
            yield from (f"{start}.{alias.name}" for alias in node.names)


def is_left_out(name: str, leave_out: Iterable[str]) -> bool:
    """Whether the list names this module or a package it lies in."""
    return not set(with_parents(name)).isdisjoint(leave_out)


def needed(library: dict[str, bytes], roots: Iterable[str], leave_out: Iterable[str]) -> set[str]:
    """The paths in `library` (path to source) to ship, given the first module names."""
    paths = {module_name(path): path for path in library}
    found: set[str] = set()
    waiting = [part for root in roots for part in with_parents(root)]
    while waiting:
        name = waiting.pop()
        path = paths.get(name)
        if path is None or path in found or is_left_out(name, leave_out):
            continue
        found.add(path)
        waiting.extend(imports(path, library[path]))
    return found


def check_ours(ours: dict[str, bytes], leave_out: Iterable[str]) -> None:
    """Raise LeftOut if one of our own modules imports what is left out."""
    for path, source in ours.items():
        for name in imports(path, source):
            if is_left_out(name, leave_out):
                raise LeftOut(f"{path} imports {name}, which wasm/engine/stdlib.json leaves out.")
