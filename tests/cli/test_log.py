"""`safelight log`: the key, the export, the offline proof and the witness, as their users type them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner, Result

from sealed.released import RELEASE
from tests.conftest import PATHS, RECIPIENT, SENDER, Installation
from tests.postgresql import databases
from viewer.cli import main
from viewer.sender import shares
from viewer.sender.sending import Sent


@pytest.fixture
def opened(installation: Installation, people: Path, sent: Sent) -> Sent:
    """A report that its recipient has opened: the log has entries."""
    reader = installation.client(RECIPIENT, people)
    shares.get(reader, RELEASE, sent.report, reader.ask("GET", f"/api/reports/{sent.report}"), {})
    return sent


def run(installation: Installation, *words: str) -> Result:
    """As whoever runs the key server."""
    return CliRunner().invoke(main, ["log", *words], env=installation.environment)


def alone(*words: str) -> Result:
    """As somebody who has nothing but the command."""
    return CliRunner().invoke(main, ["log", *words], env={"SAFELIGHT_DATA": None, "SAFELIGHT_PORTAL_URL": None})


@pytest.mark.usefixtures("opened")
def test_an_export_is_proved_by_whoever_has_the_key(installation: Installation, tmp_path: Path) -> None:
    key, file = run(installation, "key").output.strip(), tmp_path / "log.ndjson"
    assert run(installation, "export", str(file)).exit_code == 0
    proved = alone("verify", str(file), "--key", key)
    assert proved.exit_code == 0 and "all in their places, all signed" in proved.output
    changed = file.read_text().replace('"outcome":"0"', '"outcome":"4"', 1)
    file.write_text(changed)
    refused = alone("verify", str(file), "--key", key)
    assert refused.exit_code == 1 and "is of another log than the lines before it" in refused.stderr


@pytest.mark.usefixtures("opened")
def test_a_witness_keeps_what_it_has_seen(installation: Installation, tmp_path: Path) -> None:
    key, kept, file = run(installation, "key").output.strip(), tmp_path / "kept", tmp_path / "log.ndjson"
    first = alone("witness", installation.url, str(kept), "--key", key)
    assert first.exit_code == 0 and "more than before" in first.output
    seen = kept.read_text()
    assert alone("witness", installation.url, str(kept), "--key", key).exit_code == 0
    run(installation, "export", str(file))
    assert alone("verify", str(file), "--key", key, "--witness", str(kept)).exit_code == 0
    lines = file.read_text().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines[:-1]) if line.startswith('{"checkpoint"'))
    file.write_text("".join(lines[: last + 1]))
    assert alone("verify", str(file), "--key", key).exit_code == 0, "control: without the witness it is sound"
    refused = alone("verify", str(file), "--key", key, "--witness", str(kept))
    assert refused.exit_code == 1 and "It was cut off" in refused.stderr
    assert json.dumps(kept.read_text()) and kept.read_text().split("\n")[0] == seen.split("\n")[0]


@contextmanager
def in_place(path: Path) -> Iterator[IO[bytes]]:
    """The control: it writes over what is there."""
    with path.open("wb") as file:
        yield file
        os.fsync(file.fileno())


KILLED = """
import os, signal
from tests.cli.test_log import in_place
from viewer.sender.files import new_file
from viewer.cli import log, main
log.new_file = {}
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
main()
"""


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(("writing", "kept"), [("new_file", True), ("in_place", False)], ids=["ours", "control"])
def test_a_crash_in_between_leaves_the_old_checkpoint(
    installation: Installation, tmp_path: Path, writing: str, kept: bool
) -> None:
    key, file = run(installation, "key").output.strip(), tmp_path / "kept"
    words = ["witness", installation.url, str(file), "--key", key]
    assert alone(*words).exit_code == 0
    before = file.read_text()
    command = [sys.executable, "-c", KILLED.format(writing), "log", *words]
    assert subprocess.run(command, env=os.environ | PATHS).returncode == -signal.SIGKILL
    assert (file.read_text() == before) is kept


@pytest.mark.parametrize("words", [["log", "export"], ["log", "erase", "SOMEBODY"], ["invite", "Ada", SENDER]])
def test_without_the_role_or_its_database_that_is_told(
    installation: Installation, tmp_path: Path, words: list[str]
) -> None:
    settings = installation.environment | {"SAFELIGHT_DATA": str(tmp_path / "data")} | databases(migrated=False)
    empty = CliRunner().invoke(main, words, env=settings)
    assert empty.exit_code == 1 and "Run: safelight migrate" in empty.stderr
    elsewhere = CliRunner().invoke(main, words, env=settings | {"SAFELIGHT_ROLES": "filehost"})
    assert elsewhere.exit_code == 1 and "SAFELIGHT_ROLES does not name it" in elsewhere.stderr


def test_a_key_that_is_none_and_a_server_that_is_none(installation: Installation, tmp_path: Path) -> None:
    refused = alone("witness", installation.url, str(tmp_path / "kept"), "--key", "no key")
    assert refused.exit_code == 1 and "not the verification key" in refused.stderr
    key = run(installation, "key").output.strip()
    refused = alone("witness", "http://localhost:1", str(tmp_path / "kept"), "--key", key)
    assert refused.exit_code == 1 and "cannot be reached" in refused.stderr
    assert not (tmp_path / "kept").exists()
