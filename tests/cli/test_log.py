"""`safelight log`: the key, the export, the offline proof and the witness, as their users type them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sealed.released import RELEASE
from tests.conftest import RECIPIENT, Installation
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


def test_a_key_that_is_none_and_a_server_that_is_none(installation: Installation, tmp_path: Path) -> None:
    refused = alone("witness", installation.url, str(tmp_path / "kept"), "--key", "no key")
    assert refused.exit_code == 1 and "not the verification key" in refused.stderr
    key = run(installation, "key").output.strip()
    refused = alone("witness", "http://localhost:1", str(tmp_path / "kept"), "--key", key)
    assert refused.exit_code == 1 and "cannot be reached" in refused.stderr
    assert not (tmp_path / "kept").exists()
