"""The engine's build in a folder of its own, where a test may change the sources."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NODE = os.environ.get("NODE", "node")


class Copy:
    """The build's inputs in another folder, with the compressed files that are there already."""

    def __init__(self, folder: Path) -> None:
        wheels = ROOT / "build" / "engine"
        if not (wheels / "wheels").is_dir():
            pytest.fail("The wheels for the build are missing: build/engine/wheels. Run make first.")
        self.folder = folder
        self.target = folder / "out"
        shutil.copytree(wheels, folder / "build")
        unneeded = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(ROOT / "wasm", folder / "wasm", ignore=unneeded)
        modules = "wasm/engine/node_modules"
        (folder / modules).symlink_to(ROOT / modules)

    def build(self) -> subprocess.CompletedProcess[str]:
        script = self.folder / "wasm" / "engine" / "build.mjs"
        command: list[str | Path] = [NODE, script, self.folder / "build", self.target]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def doors(self) -> Path:
        return self.folder / "wasm" / "browser" / "doors.py"

    def result(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.target / "engine.json").read_text())
        return content

    def folders(self) -> list[str]:
        return [path.name for path in self.target.iterdir() if path.is_dir()]
