"""The shape of the house: who may import whom, and how large a file or function may grow."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROLES = ("portal", "keyserver", "filehost")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
WASM = ROOT / "wasm"
SOURCES = [*(ROOT / "viewer").rglob("*.py"), *WASM.glob("sealed/*.py"), *WASM.glob("browser/*.py")]


def imported(path: Path, source: str) -> Iterator[str]:
    """The modules that a file imports, by their full names."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def trespasses(role: str, path: Path, source: str) -> list[str]:
    """Imports by which a role reaches into another one, or into what only senders and the demo use."""
    others = tuple(f"viewer.{name}" for name in (*ROLES, "sender", "cli", "demo") if name != role)
    return [name for name in imported(path, source) if name.startswith(others)]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_imports_another(role: str) -> None:
    for path in (ROOT / "viewer" / role).rglob("*.py"):
        assert trespasses(role, path, path.read_text()) == [], path


def test_control_a_trespass_is_found() -> None:
    path = ROOT / "viewer" / "portal" / "pages.py"
    assert trespasses("portal", path, "from ..keyserver import release") == ["viewer.keyserver.release"]
    assert trespasses("portal", path, "import viewer.filehost.storage") == ["viewer.filehost.storage"]
    assert trespasses("portal", path, "from .. import clock\nfrom .models import Code") == []


def test_the_container_needs_the_standard_library_only() -> None:
    for path in (ROOT / "wasm" / "sealed").glob("*.py"):
        names = {name.partition(".")[0] for name in imported(path, path.read_text())}
        assert names - {"wasm"} <= set(sys.stdlib_module_names), path


def test_the_container_does_no_input_or_output() -> None:
    calls = {"open", "print", "input"}
    modules = {"os", "pathlib", "socket", "subprocess", "urllib", "http", "random", "secrets"}
    for path in (ROOT / "wasm" / "sealed").glob("*.py"):
        tree = ast.parse(path.read_text())
        called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert not {name.id for name in called if isinstance(name, ast.Name)} & calls, path
        assert not {name.partition(".")[0] for name in imported(path, path.read_text())} & modules, path


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small_and_say_what_they_are_for(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= 300
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "a module opens with a sentence on what it is for"
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    assert [f"{node.name}, {length(node)} lines" for node in functions if length(node) > 50] == []
    assert [node.name for node in public(tree) if not ast.get_docstring(node)] == []


def length(node: ast.stmt) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def public(parent: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """The functions, classes and methods that others may use."""
    for node in parent.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)
