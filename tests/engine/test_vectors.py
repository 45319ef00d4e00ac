"""Every vector and ten thousand mutations in the built engine, under Node and in Chromium: as in CPython."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import vectors
from tests.engine.conftest import RunInChromium, RunPython
from tests.sealed import readers
from tests.vectors import published, run

HERE = Path(__file__).parent


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
def chromium_says(run_in_chromium: RunInChromium, packed: Path) -> dict[str, Any]:
    """The same engine's findings in Chromium's worker, under the viewer's policy; only its doors are others."""
    found: dict[str, Any] = run_in_chromium("in_engine.everything", packed)
    return found


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
