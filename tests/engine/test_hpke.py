"""HPKE by the browser's own code, under Node and in Chromium: what `cryptography` sealed is opened, the rest is not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import vectors
from tests.engine.conftest import RunInChromium, RunPython
from tests.sealed import hpke_cases
from viewer import hpke

HERE = Path(__file__).parent
NODE = """
import json, sys
from pathlib import Path
sys.path.insert(0, "/data")
import in_hpke
print(json.dumps({name: await getattr(in_hpke, name)(Path("/data")) for name in ("cases", "fresh")}))
"""
GOOD, BAD = list(hpke_cases.good()), [*hpke_cases.bad(), *hpke_cases.bad_points()]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is handed to an engine: the cases, and what runs them."""
    folder = tmp_path_factory.mktemp("hpke")
    shutil.copytree(Path(vectors.__file__).parent, folder / "vectors", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "in_hpke.py", folder)
    (folder / "cases.json").write_text(hpke_cases.text(*GOOD, *BAD))
    return folder


@pytest.fixture(scope="module")
def node_says(run_python: RunPython, packed: Path) -> dict[str, Any]:
    done = run_python("-c", NODE, packed)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def chromium_says(run_in_chromium: RunInChromium, packed: Path) -> dict[str, Any]:
    return {name: run_in_chromium(f"in_hpke.{name}", packed) for name in ("cases", "fresh")}


@pytest.fixture(params=["node", "chromium"])
def says(request: pytest.FixtureRequest) -> dict[str, Any]:
    """One runtime's findings after the other's."""
    found: dict[str, Any] = request.getfixturevalue(f"{request.param}_says")
    return found


def test_opens_what_is_right_and_nothing_else(says: dict[str, Any]) -> None:
    assert len(GOOD) >= 100 and len(BAD) >= 1000
    assert says["cases"]["surprises"] == []


def test_control_without_info_the_cases_fail(says: dict[str, Any]) -> None:
    """A recipient who leaves info out cannot open what was sealed with it, and opens what was sealed without."""
    failed = {line.partition(":")[0] for line in says["cases"]["control"]}
    assert failed == {name for name, _, _, info, _ in GOOD if info} | {"sealed without info"}


def test_the_private_key_does_not_come_out(says: dict[str, Any]) -> None:
    """Control: of a key that may come out it comes in two forms."""
    assert says["fresh"]["exported"] == {"ours": [], "control": ["jwk", "pkcs8"]}
    assert says["fresh"]["usages"] == ["deriveBits"]


def test_a_fresh_pair_opens_what_the_server_seals(run_in_chromium: RunInChromium, packed: Path, tmp_path: Path) -> None:
    first, second = (bytes.fromhex(run_in_chromium("in_hpke.fresh", packed)["public"]) for _ in range(2))
    assert first != second and len(second) == 65
    for name, content in {"sealed": hpke.seal(hpke_cases.SHARE, second, b"here"), "info": b"here"}.items():
        (tmp_path / name).write_text(content.hex())
    assert run_in_chromium("in_hpke.opened", tmp_path) == {"plain": hpke_cases.SHARE.hex()}


def test_what_the_browser_seals_the_owner_of_the_key_opens(
    run_in_chromium: RunInChromium, packed: Path, tmp_path: Path
) -> None:
    pair = hpke.KeyPair.generate()
    shutil.copytree(packed, tmp_path / "in")
    for name, content in {"public": pair.public, "info": b"here", "plain": hpke_cases.SHARE}.items():
        (tmp_path / "in" / name).write_text(content.hex())
    found = run_in_chromium("in_hpke.sealed", tmp_path / "in")
    first, second = map(bytes.fromhex, found["sealed"])
    assert [pair.open(one, b"here") for one in (first, second)] == [hpke_cases.SHARE] * 2 and first != second
    with pytest.raises(hpke.WrongKeyOrDamaged):
        pair.open(first, b"there")
    assert found["refused"] == 4
