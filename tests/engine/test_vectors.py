"""Every vector and ten thousand mutations in the built engine, under Node and in Chromium: as in CPython."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import vectors
from tests.engine.conftest import RunPython, fresh_page
from tests.engine.copied import Copy
from tests.engine.serve import EngineServer, serving
from tests.sealed import readers
from tests.vectors import published, run

HERE = Path(__file__).parent
DOOR = """
import importlib, sys, traceback
from pathlib import Path

async def answer(door, files, tell):
    folder = Path("/handed-in")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    sys.path.insert(0, str(folder))
    try:
        return await getattr(importlib.import_module("in_engine"), door)(folder)
    except Exception:
        return {"failed": traceback.format_exc()}
"""


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is handed to an engine: the vectors, and what runs them."""
    folder = tmp_path_factory.mktemp("vectors")
    shutil.copytree(vectors.CONTAINER.parent, folder / "vectors", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "in_engine.py", folder)
    (folder / "published.json").write_text(readers.PUBLISHED)
    return folder


@pytest.fixture(scope="session")
def node_says(run_python: RunPython, packed: Path) -> dict[str, Any]:
    """The engine's findings under Node."""
    done = run_python(HERE / "run_vectors.py", packed)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="session")
def chromium_says(chromium: Browser, packed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same engine's findings in Chromium's worker, under the viewer's policy; only its doors are others."""
    files = {str(path.relative_to(packed)): path.read_text() for path in packed.rglob("*") if path.is_file()}
    with worked(tmp_path_factory.mktemp("doors")) as server, fresh_page(chromium, server) as page:
        message = page.evaluate("boot('/engine/0/worker.js')")
        assert message.get("ready"), message
        found: dict[str, Any] = page.evaluate("files => call('everything', files)", files)["answer"]
        assert server.violations == []
    assert "failed" not in found, found["failed"]
    return found


@contextmanager
def worked(folder: Path) -> Iterator[EngineServer]:
    """Build and serve an engine with the one door that runs what it is handed."""
    copy = Copy(folder)
    copy.doors().write_text(DOOR)
    done = copy.build()
    assert done.returncode == 0, done.stderr
    with serving(copy.target / str(copy.result()["engine"])) as server:
        yield server


@pytest.fixture(params=["node", "chromium"])
def says(request: pytest.FixtureRequest) -> dict[str, Any]:
    """One runtime's findings after the other's."""
    found: dict[str, Any] = request.getfixturevalue(f"{request.param}_says")
    return found


@pytest.fixture(scope="session")
def damaged_in_cpython() -> dict[str, Any]:
    """The verdicts on all mutations in CPython."""
    return readers.finished(run.damaged(readers.by_the_product, vectors.CONTAINER.read_text()))


def test_same_verdicts(says: dict[str, Any]) -> None:
    assert says["surprises"] == []
    assert says["large"] == []


def test_same_mutations_and_same_verdicts(says: dict[str, Any], damaged_in_cpython: dict[str, Any]) -> None:
    assert says["damaged"] == damaged_in_cpython


def test_nothing_of_a_bad_chunk_is_handed_on(says: dict[str, Any]) -> None:
    assert says["offences"] == []


def test_published_vectors(says: dict[str, Any]) -> None:
    in_cpython = readers.finished(published.verdicts(readers.decrypt, readers.PUBLISHED))
    assert [tuple(row) for row in says["published"]] == in_cpython


def test_control_without_the_commitment_vectors_are_opened(says: dict[str, Any]) -> None:
    opened = {line for line in says["control"] if ": good, not WrongKeyOrDamaged" in line}
    assert any("commitment" in line for line in opened), says["control"]
