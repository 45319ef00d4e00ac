"""The recovery key at the command line: made, set, used; and all who must not use it, or must notice another one."""

import stat
from pathlib import Path

import pytest
from click.testing import Result

from sealed import base64url
from tests.cli.shell import PHOTO
from tests.cli.ward import Ward, ward
from tests.conftest import RECIPIENT, Installation
from viewer.hpke import KeyPair
from viewer.sender import recovery

PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="module")
def place(installation: Installation, people: Path) -> Ward:
    return ward(installation, people, "recovery")


@pytest.fixture(scope="module")
def key_file(place: Ward, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recovery key of the ward, which its administrator has set."""
    file = tmp_path_factory.mktemp("offline") / "recovery.pem"
    made = make_key(place, file)
    assert made.exit_code == 0, made.stderr
    told = place.boss.run("organisation", "set-recovery-key", made.stdout.strip())
    assert told.exit_code == 0 and recovery.mark(made.stdout.strip()) in told.output
    return file


def make_key(place: Ward, file: Path, passphrase: str = PASSPHRASE) -> Result:
    return place.boss.run("organisation", "recovery-key", str(file), typed=f"{passphrase}\n{passphrase}\n")


def send(place: Ward, *more: str) -> Result:
    return place.sender.run("send", str(PHOTO), *more, "--to", RECIPIENT, "--patient", "MRN 7")


@pytest.fixture
def report(place: Ward, key_file: Path) -> str:
    """A report of the ward's sender; its link is lost."""
    sent = send(place)
    assert sent.exit_code == 0, sent.stderr
    assert f"Your organisation can open it by its recovery key, {mark(key_file)}" in sent.stderr
    return sent.stdout.strip().partition("#")[0].rpartition("/")[2]


def mark(key_file: Path) -> str:
    return recovery.mark(base64url.encode(KeyPair.load(key_file.read_bytes(), PASSPHRASE).public))


def test_a_key_is_made_for_its_owner_alone(place: Ward, tmp_path: Path) -> None:
    file = tmp_path / "new.pem"
    made = make_key(place, file)
    assert made.exit_code == 0 and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    pair = KeyPair.load(file.read_bytes(), PASSPHRASE)
    assert (
        made.stdout.strip() == base64url.encode(pair.public)
        and recovery.mark(base64url.encode(pair.public)) in made.stderr
    )
    before = file.read_bytes()
    assert make_key(place, file).exit_code == 1 and file.read_bytes() == before, "never in place of another"
    assert make_key(place, tmp_path / "short.pem", "short").exit_code == 1
    assert not (tmp_path / "short.pem").exists()
    for bad, passphrase in ((file.read_bytes(), "another one"), (b"no key", PASSPHRASE)):
        with pytest.raises(ValueError):
            KeyPair.load(bad, passphrase)


def recover(place: Ward, who: str, report: str, key_file: Path, folder: Path, passphrase: str = PASSPHRASE) -> Result:
    words = ("recover", report, "--key", str(key_file), "--output", str(folder))
    found: Result = getattr(place, who).run(*words, typed=f"{passphrase}\n")
    return found


def test_an_administrator_opens_what_lost_its_link(place: Ward, key_file: Path, report: str, tmp_path: Path) -> None:
    found = recover(place, "boss", report, key_file, tmp_path / "opened")
    assert found.exit_code == 0, found.stderr
    assert "MRN 7" in found.stdout and (tmp_path / "opened" / "photos" / "001.jpg").read_bytes()[:2] == b"\xff\xd8"
    seen = place.sender.run("activity", report)
    assert "opened by Dr Boss with your organisation's recovery key" in seen.stdout


@pytest.mark.usefixtures("report")
def test_a_file_that_was_handed_over_too(place: Ward, key_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "wound.sealed"
    words = ("seal", str(PHOTO), "--to", RECIPIENT, "--patient", "MRN 8", "--output", str(file))
    assert place.sender.run(*words).exit_code == 0
    found = recover(place, "boss", str(file), key_file, tmp_path / "opened")
    assert found.exit_code == 0 and "MRN 8" in found.stdout, found.stderr
    assert recover(place, "auditor", str(file), key_file, tmp_path / "again").exit_code == 1


@pytest.mark.parametrize("who", ["sender", "auditor", "stranger"])
def test_nobody_else_does(place: Ward, key_file: Path, report: str, tmp_path: Path, who: str) -> None:
    refused = recover(place, who, report, key_file, tmp_path / "opened")
    assert refused.exit_code == 1 and not (tmp_path / "opened").exists()
    assert "recovery" not in place.sender.run("activity", report).stdout


def test_another_key_or_passphrase_asks_for_nothing(place: Ward, key_file: Path, report: str, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    make_key(place, other)
    refused = recover(place, "boss", report, other, tmp_path / "opened")
    assert refused.exit_code == 1 and "not the recovery key that the photos were sealed to" in refused.stderr
    refused = recover(place, "boss", report, key_file, tmp_path / "opened", "wrong")
    assert refused.exit_code == 1 and "The passphrase does not open" in refused.stderr
    assert "recovery" not in place.sender.run("activity", report).stdout
    assert not (tmp_path / "opened").exists()
    assert recover(place, "boss", report, key_file, tmp_path / "opened").exit_code == 0, "control"


def test_what_was_withdrawn_stays_closed(place: Ward, key_file: Path, report: str, tmp_path: Path) -> None:
    assert place.sender.run("revoke", report).exit_code == 0
    refused = recover(place, "boss", report, key_file, tmp_path / "opened")
    assert refused.exit_code == 1 and "withdrawn" in refused.stderr and not (tmp_path / "opened").exists()


def test_a_key_that_changes_is_noticed_before_anything_is_sent(place: Ward, key_file: Path, tmp_path: Path) -> None:
    assert send(place).exit_code == 0
    new = make_key(place, tmp_path / "new.pem").stdout.strip()
    old = base64url.encode(KeyPair.load(key_file.read_bytes(), PASSPHRASE).public)
    before = place.sender.run("activity").stdout
    place.boss.run("organisation", "set-recovery-key", new)
    stopped = send(place)
    assert stopped.exit_code == 1 and "is another one than before" in stopped.stderr
    assert recovery.mark(new) in stopped.stderr and place.sender.run("activity").stdout == before
    place.boss.run("organisation", "set-recovery-key", "--none")
    assert send(place).exit_code == 0, "without one there is nothing that somebody could open"
    place.boss.run("organisation", "set-recovery-key", new)
    assert send(place).exit_code == 1, "and what was seen before is not forgotten by that"
    assert send(place, "--recovery-key-changed").exit_code == 0
    assert send(place).exit_code == 0, "from then on it is known"
    place.boss.run("organisation", "set-recovery-key", old)
    assert send(place, "--recovery-key-changed").exit_code == 0


def test_control_a_program_that_remembers_nothing_seals_to_any_key(
    place: Ward, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "trusted", lambda client, account, changed: account["organisation"]["recovery_key"])
    old = base64url.encode(KeyPair.load(key_file.read_bytes(), PASSPHRASE).public)
    place.boss.run("organisation", "set-recovery-key", make_key(place, tmp_path / "new.pem").stdout.strip())
    assert send(place).exit_code == 0
    place.boss.run("organisation", "set-recovery-key", old)
