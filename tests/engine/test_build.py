"""The engine's build: the same bytes anywhere, and nothing lost when it fails."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.copied import Copy


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_same_bytes_in_another_folder(copy: Copy, manifest: dict[str, Any]) -> None:
    assert copy.build().returncode == 0
    assert copy.result() == manifest, "The built engine is not the one of these sources. Run make."
    with copy.doors().open("a") as file:  # control: one more line is another engine
        file.write("CHANGED = True\n")
    assert copy.build().returncode == 0
    changed = copy.result()
    assert changed["engine"] != manifest["engine"]
    assert changed["files"]["python_stdlib.zip"] == manifest["files"]["python_stdlib.zip"]
    assert copy.folders() == [changed["engine"]]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [("def broken(:\n", "SyntaxError"), ("import pickle\n", "browser/doors.py imports pickle")],
)
def test_a_failed_build_keeps_the_old_engine(copy: Copy, line: str, sentence: str) -> None:
    old = copy.target / "0123456789abcdef"
    old.mkdir(parents=True)
    copy.doors().write_text(line)
    done = copy.build()
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr) < 2200
    assert copy.folders() == [old.name]
