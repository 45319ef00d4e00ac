"""The README stays true where a machine can tell."""

import re
import subprocess

from tests.conftest import ROOT
from viewer import config
from viewer.cli import main

README = (ROOT / "README.md").read_text()


def test_every_setting_is_told_and_no_other() -> None:
    source = (ROOT / "viewer" / "config.py").read_text()
    read = set(re.findall(r'(?:text|words|required|url|number|pairs)\("([A-Z_]+)"', source))
    read |= {f"{role.upper()}_DATABASE" for role in config.ROLES}
    read |= {name for names in config._SECRETS.values() for name in names}
    assert set(re.findall(r"SAFELIGHT_([A-Z_]+?)`", README)) == read


def test_every_command_and_target_that_is_told_exists() -> None:
    commands = set(re.findall(r"safelight ([a-z-]+)", README))
    assert commands and commands <= set(main.commands)
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"`?make ([a-z]+)", README))
    assert targets >= {"demo", "test", "bench"} and targets <= set(re.findall(r"^([a-z]+):", makefile, re.M))


def test_every_file_that_is_told_exists() -> None:
    told = set(re.findall(r"\]\(([^)#h][^)]*)\)", README)) | set(
        re.findall(r"`((?:wasm|viewer|templates|static)/[^`]*)`", README)
    )
    assert len(told) >= 10
    assert [name for name in told if not (ROOT / name).exists()] == []


def test_all_twelve_stations_are_there_in_order() -> None:
    words = "capture strip report seal upload link open sign_in release decrypt show after".replace("_", " ").split(" ")
    told = re.findall(r"^\| (\d+) \| ([a-z ]+) \|", README, re.M)
    assert [number for number, _ in told] == [str(n) for n in range(1, 13)]
    assert " ".join(word for _, word in told).split(" ") == words


def test_the_top_level_is_the_one_agreed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    top = {name.partition("/")[0] for name in listed}
    fixed = {"viewer", "static", "templates", "wasm", "tests", "wsgi.py", "pyproject.toml", "README.md"}
    usual = {"Makefile", "LICENSE", "CHANGELOG.md", ".ci", ".gitignore", "requirements.lock"}
    assert fixed <= top <= fixed | usual


def test_lock_files_name_no_host() -> None:
    locks = [
        path
        for path in ROOT.glob("**/*lock*")
        if path.suffix in (".lock", ".json") and "node_modules" not in path.parts
    ]
    locks = [path for path in locks if not {".venv", "build"} & set(path.parts)]
    assert len(locks) >= 3
    assert [path for path in locks if "://" in path.read_text()] == []
