"""API.md is true: its example runs as it stands, against real servers."""

import re
from pathlib import Path

import pytest

import viewer.sender
from tests.conftest import RECIPIENT, ROOT, SENDER, Installation

TEXT = (ROOT / "viewer/sender/API.md").read_text()
EXAMPLE = "\n".join(line[4:] for line in re.findall(r"^    .*$", TEXT, re.M))


def test_the_example(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installation.client(SENDER, tmp_path, invited=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home" / ".safelight").mkdir(parents=True)
    monkeypatch.chdir(ROOT / "viewer/demo/photos")
    before = len(installation.inbox.messages)
    monkeypatch.setattr("builtins.input", lambda asked: installation.inbox.code_for(SENDER, before))
    replaced = {
        "https://photos.example.org": installation.url,
        "ada@example.org": SENDER,
        "registrar@example.org": RECIPIENT,
    }
    program = re.sub("|".join(map(re.escape, replaced)), lambda found: replaced[found[0]], EXAMPLE)
    exec(compile(program, "API.md", "exec"), {})
    link = viewer.sender.read_link(capsys.readouterr().out)
    assert link
    client = installation.client(RECIPIENT, tmp_path)
    found = viewer.sender.open_link(client, link, lambda: None, tmp_path / "open", lambda *_: None)
    assert found.details.patient == "MRN 0042"


def test_every_name_is_told() -> None:
    assert [name for name in viewer.sender.__all__ if name not in TEXT] == []
