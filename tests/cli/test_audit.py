"""`safelight audit`: read, exported, and the export proved by somebody who has nothing but the command."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.shell import PHOTO
from tests.cli.test_log import alone
from tests.cli.ward import Ward, ward
from tests.conftest import RECIPIENT, Installation
from viewer import log_key


@pytest.fixture(scope="module")
def place(installation: Installation, people: Path) -> Ward:
    found = ward(installation, people, "audit")
    sent = found.sender.run("send", str(PHOTO), "--to", RECIPIENT, "--patient", "MRN 7")
    assert sent.exit_code == 0, sent.stderr
    return found


def test_auditors_and_administrators_read_it_and_nobody_else(place: Ward) -> None:
    read = place.auditor.run("audit")
    assert read.exit_code == 0, read.stderr
    said = [re.fullmatch(r"no\. \d+ +\S+  [0-9A-Z]{26}  (\w+ \w+), by (.*)", line) for line in read.stdout.splitlines()]
    assert [one and one.groups() for one in said[-3:]] == [
        ("audit granted", "Dr Auditor"),
        ("register granted", "Dr Sender"),
        ("create granted", "Dr Sender"),
    ]
    assert "by Dr Boss" in place.boss.run("audit").stdout, "who reads is seen"
    for who in (place.sender, place.stranger):
        refused = who.run("audit")
        assert "register" not in refused.stdout
    assert place.sender.run("audit").exit_code == 1
    assert place.auditor.run("audit", "--since", "2099-01-01").stdout == ""


def test_an_auditor_does_nothing_else(place: Ward, tmp_path: Path) -> None:
    refused = place.auditor.run("send", str(PHOTO), "--to", RECIPIENT, "--patient", "MRN 7")
    assert refused.exit_code == 1 and "may not send" in refused.stderr
    assert place.auditor.run("organisation", "set-recovery-key", "--none").exit_code == 1


def test_an_export_is_proved_by_who_has_the_key(place: Ward, installation: Installation, tmp_path: Path) -> None:
    file, key = tmp_path / "audit.ndjson", log_key.known(installation.settings).text()
    made = place.auditor.run("audit", "--export", str(file))
    assert made.exit_code == 0, made.stderr
    assert made.stdout.strip() == f"safelight log verify {file} --key {key}"
    proved = alone("verify", str(file), "--key", key)
    assert proved.exit_code == 0 and "each is in the log" in proved.output
    empty = place.auditor.run("audit", "--since", "2099-01-01", "--export", str(tmp_path / "empty"))
    assert empty.exit_code == 1 and not (tmp_path / "empty").exists()
    with_witness = alone("verify", str(file), "--key", key, "--witness", "kept")
    assert with_witness.exit_code == 2


def swapped(lines: list[str]) -> list[str]:
    return [lines[1], lines[0], *lines[2:]]


def other_receipt(lines: list[str]) -> list[str]:
    """An entry with the receipt of another one."""
    first, second = (json.loads(line) for line in lines[:2])
    return [json.dumps(first | {"receipt": second["receipt"]}, separators=(",", ":"), sort_keys=True), *lines[1:]]


CHANGES: dict[str, Callable[[list[str]], list[str]]] = {
    "an outcome": lambda lines: [lines[0].replace('\\"outcome\\":\\"0\\"', '\\"outcome\\":\\"4\\"'), *lines[1:]],
    "a signature": lambda lines: [lines[0].replace("\\u2014", "-").replace("\u2014", "-"), *lines[1:]],
    "the order": swapped,
    "one twice": lambda lines: [lines[0], *lines],
    "another's receipt": other_receipt,
    "no receipt": lambda lines: ['{"entry":"{}"}', *lines],
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_export_that_was_changed_is_refused(
    place: Ward, installation: Installation, tmp_path: Path, what: str
) -> None:
    file, key = tmp_path / "audit.ndjson", log_key.known(installation.settings).text()
    place.auditor.run("audit", "--export", str(file))
    lines = file.read_text().splitlines()
    changed = CHANGES[what](lines)
    assert changed != lines
    file.write_text("\n".join(changed) + "\n")
    refused = alone("verify", str(file), "--key", key)
    assert refused.exit_code == 1 and refused.stderr.startswith("Line ")
