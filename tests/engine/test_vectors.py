"""Every vector in the built engine under Node: the browser's own code and cipher, the same verdicts."""

import json
import shutil
import subprocess
from pathlib import Path

from tests import vectors

ROOT = Path(__file__).parents[2]
RUNNER = ROOT / "wasm" / "engine" / "run-python.mjs"


def run(engine: Path, node: str, folder: Path) -> subprocess.CompletedProcess[str]:
    script = str(Path(__file__).with_name("run_vectors.py"))
    command = [node, "--disallow-code-generation-from-strings", str(RUNNER), str(engine), script, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_same_verdicts_as_in_cpython(engine: Path, node: str) -> None:
    done = run(engine, node, vectors.CONTAINER.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(json.loads(vectors.CONTAINER.read_text()))
    assert f"{count} vectors, 0 surprises" in done.stdout


def test_control_a_wrong_verdict_is_found(engine: Path, node: str, tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    shutil.copytree(vectors.CONTAINER.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    rows = json.loads(vectors.CONTAINER.read_text())
    rows[-1]["verdict"] = "good"
    (folder / "container.json").write_text(json.dumps(rows))
    done = run(engine, node, folder)
    assert done.returncode == 1
    assert "1 surprises" in done.stdout
