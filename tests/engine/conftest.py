"""The built engine, a browser, and a way to run Python in the engine under Node."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.engine.copied import NODE, ROOT, Copy
from tests.engine.serve import EngineServer, serving

ENGINES = ROOT / "static" / "engine"
ECHO = """
async def answer(door, args, tell):
    if door != "echo":
        raise LookupError(f"no door {door} for {args}")
    print("heard", args)
    tell({"step": "echo"})
    return args
"""
# Runs "module.function" out of the folder that it is handed.
DOOR = """
import importlib, sys, traceback
from pathlib import Path

async def answer(door, files, tell):
    folder = Path("/handed-in")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    sys.path.insert(0, str(folder))
    module, function = door.split(".")
    try:
        return await getattr(importlib.import_module(module), function)(folder)
    except Exception:
        return {"failed": traceback.format_exc()}
"""
RunPython = Callable[..., subprocess.CompletedProcess[str]]
RunInChromium = Callable[[str, Path], Any]


@pytest.fixture(scope="session")
def manifest() -> dict[str, object]:
    """engine.json: the built engine's id and its files' hashes."""
    path = ENGINES / "engine.json"
    if not path.exists():
        pytest.fail("The engine is not built: static/engine/engine.json is missing. Run make first.")
    content: dict[str, object] = json.loads(path.read_text())
    return content


@pytest.fixture(scope="session")
def engine(manifest: dict[str, object]) -> Path:
    """The folder of the built engine."""
    return ENGINES / str(manifest["engine"])


@pytest.fixture(scope="session")
def node() -> str:
    """The Node that runs the build and the engine."""
    return NODE


@pytest.fixture(scope="session")
def run_python(engine: Path, node: str) -> RunPython:
    """Runs a script (or "-c", code) in the built engine under Node."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        runner = ROOT / "wasm" / "engine" / "run-python.mjs"
        command = [node, "--disallow-code-generation-from-strings", runner, engine, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def server(engine: Path) -> Iterator[EngineServer]:
    """The engine, served."""
    with serving(engine) as running:
        yield running


@pytest.fixture(scope="session")
def echo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineServer]:
    """An engine with one door, which gives back what it gets: for the worker's own part."""
    copy = Copy(tmp_path_factory.mktemp("echo"))
    copy.doors().write_text(ECHO)
    done = copy.build()
    assert done.returncode == 0, done.stderr
    with serving(copy.target / str(copy.result()["engine"])) as running:
        yield running


@contextmanager
def fresh_page(chromium: Browser, server: EngineServer) -> Iterator[Page]:
    """A page in a new profile, cold cache, so that every test fetches the engine anew."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(server.origin)
    yield page
    context.close()


@pytest.fixture
def page(chromium: Browser, server: EngineServer) -> Iterator[Page]:
    """A page beside the built engine."""
    with fresh_page(chromium, server) as page:
        yield page


@pytest.fixture
def echo_page(chromium: Browser, echo_server: EngineServer) -> Iterator[Page]:
    """A page whose worker runs the engine with the echo door."""
    with fresh_page(chromium, echo_server) as page:
        message = page.evaluate("boot('/engine/0/worker.js')")
        assert message.get("ready"), message
        yield page


@pytest.fixture(scope="session")
def run_in_chromium(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunInChromium]:
    """Runs "module.function" of a folder, given to it, in Chromium's worker: one engine, only its doors are others."""
    copy = Copy(tmp_path_factory.mktemp("doors"))
    copy.doors().write_text(DOOR)
    done = copy.build()
    assert done.returncode == 0, done.stderr
    with serving(copy.target / str(copy.result()["engine"])) as server, fresh_page(chromium, server) as page:
        message = page.evaluate("boot('/engine/0/worker.js')")
        assert message.get("ready"), message

        def run(function: str, folder: Path) -> Any:
            files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
            found = page.evaluate("([door, files]) => call(door, files)", [function, files])["answer"]
            assert server.violations == []
            assert "failed" not in found, found["failed"]
            return found

        yield run
