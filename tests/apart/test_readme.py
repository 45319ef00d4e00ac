"""The README's section on running a key server of one's own, followed word for word in an empty folder."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from sealed.cosignatures import checkpoint_url
from sealed.notes import read_key
from tests.cli.shell import PHOTO, Shell
from tests.conftest import RECIPIENT, ROOT, SENDER, Installation, free_port, installed, wait_until
from tests.faults.roles import reachable
from viewer import witness_key

SECTION = (ROOT / "README.md").read_text().partition("## Run your own key server\n")[2].partition("\n## ")[0]
BLOCKS = [re.sub("^    ", "", block, flags=re.M) for block in re.findall(r"(?:^    .*\n)+", SECTION, re.M)]
PORTAL, OWN, PORT, WITNESS = (
    "https://photos.example.org",
    "https://keys.hospital.example",
    "8081",
    "https://files.example.org/v1/witness KEY",
)


@dataclass
class Followed:
    """The key server that came of it, with the key it printed, and a portal with a file host beside it."""

    folder: Path
    url: str
    log_key: str
    installation: Installation
    run: Callable[..., str]


def surroundings(**more: str) -> dict[str, str]:
    """A person's: with `safelight` on the path, and no settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SAFELIGHT_", "PYTHON"))}
    return kept | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"} | more


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    folder, port, own = tmp_path_factory.mktemp("empty"), free_port(), free_port()
    portal, url = f"http://localhost:{port}", f"http://localhost:{own}"
    instead = {PORTAL: portal, OWN: url, PORT: str(own)}

    def said(block: str) -> str:
        for there, here in instead.items():
            block = block.replace(there, here)
        return f"set -e\n{block}"

    def run(block: str, cwd: Path = folder, **more: str) -> str:
        command = ["bash", "-c", said(block)]
        return subprocess.run(
            command, cwd=cwd, env=surroundings(**more), stdout=subprocess.PIPE, check=True, text=True
        ).stdout.strip()

    log_key = run(BLOCKS[1])
    names = {"ROLES": "portal,filehost", "KEYSERVERS": f"{url} {log_key}", "FILEHOST_LOGS": log_key}
    settings = {f"SAFELIGHT_{name}": value for name, value in names.items()}
    with installed(tmp_path_factory.mktemp("theirs"), port, portal, **settings) as installation:
        witness = witness_key.own(installation.settings)
        instead[WITNESS] = f"{witness.url} {witness.key.text()}"
        with (tmp_path_factory.mktemp("log") / "server.log").open("wb") as log:
            started = ["bash", "-c", said(BLOCKS[2]).replace("safelight serve", "exec safelight serve")]
            process = subprocess.Popen(started, cwd=folder, env=surroundings(), stdout=log, stderr=log)
        try:
            wait_until(lambda: reachable(url), process)
            yield Followed(folder, url, log_key, installation, run)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def test_it_is_installed_by_the_makefile() -> None:
    assert BLOCKS[0] == "make install && . .venv/bin/activate\n" and len(BLOCKS) == 4
    assert re.search(r"^install: \.venv/\.done", (ROOT / "Makefile").read_text(), re.M)


def test_what_lies_in_the_folder_is_for_its_owner_alone(followed: Followed) -> None:
    made = {path.name: path.stat().st_mode & 0o077 for path in followed.folder.iterdir()}
    assert made == dict.fromkeys(("secret", "kek", "settings", "data"), 0)
    assert (followed.folder / "data" / "keyserver.sqlite").exists()


def test_a_photo_sent_by_it_opens_and_is_in_its_log(followed: Followed, tmp_path: Path) -> None:
    theirs, people = followed.installation, tmp_path / "people"
    homes = {}
    for contact in (SENDER, RECIPIENT):
        theirs.client(contact, people, invited=contact == SENDER)
        homes[contact] = tmp_path / f"home of {contact}"
        homes[contact].mkdir()
        (homes[contact] / "safelight").symlink_to(people / contact)
    shutil.copy(PHOTO, tmp_path / "mole.jpg")
    link = followed.run(BLOCKS[3], tmp_path, **Shell(theirs, homes[SENDER]).environment)
    assert Shell(theirs, homes[SENDER]).run("policy", link, "--download").exit_code == 0
    opened = Shell(theirs, homes[RECIPIENT]).run("open", link, "--output", str(tmp_path / "opened"))
    assert opened.exit_code == 0, opened.output
    assert (tmp_path / "opened" / "photos" / "001.jpg").exists()

    followed.run(". ./settings && safelight log export log.ndjson")
    verified = followed.run(f"safelight log verify log.ndjson --key '{followed.log_key}'")
    assert verified.startswith("5 entries"), "created, registered, saving allowed, opened, saved"
    assert not (theirs.settings.data / "keyserver.sqlite").exists()
    (followed.folder / "log.ndjson").unlink()
    must_be_witnessed(followed)


def must_be_witnessed(followed: Followed) -> None:
    """Wait until the file host has seen the log."""
    address = checkpoint_url(f"{followed.installation.url}/v1/witness", read_key(followed.log_key).name)
    end = time.monotonic() + 30
    while requests.get(address, timeout=5).status_code != 200:
        assert time.monotonic() < end, "the log has entries, and nobody has witnessed them"
        time.sleep(0.1)
