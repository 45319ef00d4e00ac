"""Policies and consents at the command line, as a sender and two recipients live through them."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import shell_of
from tests.cli.shell import PHOTO, Shell
from tests.conftest import RECIPIENT, Installation

OTHER = "second.opinion@example.org"


@pytest.fixture(scope="session")
def other(installation: Installation, people: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return shell_of(OTHER, installation, people, tmp_path_factory.mktemp("home"))


def send(shell: Shell, *more: str) -> str:
    sent = shell.run("send", str(PHOTO), "--patient", "MRN 7", "--download", *more)
    assert sent.exit_code == 0, sent.output
    return sent.stdout.strip()


def opens(shell: Shell, link: str, folder: Path) -> str:
    """Try to open; return what it says where that is refused."""
    opened = shell.run("open", link, "--output", str(folder / str(len(list(folder.iterdir())))))
    assert bool(opened.exit_code) == bool(opened.stderr)
    return opened.stderr


def test_the_first_has_it_and_others_ask(shell: Shell, reader: Shell, other: Shell, tmp_path: Path) -> None:
    link = send(shell, "--first")
    assert "whoever opens the link first" in shell.run("policy", link).output
    assert "no photos for this account" in opens(shell, link, tmp_path), "the sender's own trial"
    assert opens(reader, link, tmp_path) == ""
    assert f"{RECIPIENT}, who was first" in shell.run("policy", link).output
    assert "ask the sender. To ask from here, run the same command with --ask." in opens(other, link, tmp_path)
    assert shell.run("consent", link).output == "Nobody has asked.\n"
    assert shell.run("consent", link, OTHER).exit_code == 1
    for _ in range(2):
        asked = other.run("open", link, "--ask")
        assert asked.exit_code == 0 and asked.output.startswith("The sender has been asked.")
    assert shell.run("consent", link).output.startswith(f"{OTHER}  {OTHER}, since 2")
    assert "once until" in shell.run("consent", link, OTHER).output
    assert opens(other, link, tmp_path) == ""
    assert "ask the sender" in opens(other, link, tmp_path)
    log = shell.run("activity", link).output
    told = ["to you", f"opened by {RECIPIENT}", f"to {OTHER} (claimed)", f"{OTHER} asks", f"opening allowed to {OTHER}"]
    assert [words for words in told if words not in log] == []
    assert "somebody it was not sent to" not in log


def test_limits_are_kept_and_changed(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    link = send(shell, "--to", RECIPIENT, "--openings", "1", "--each", "1")
    assert "1 times in all, 1 times each; 0 so far" in shell.run("policy", link).output
    assert opens(reader, link, tmp_path) == ""
    assert "run the same command with --ask" in opens(reader, link, tmp_path)
    changed = shell.run("policy", link, "--openings", "any", "--each", "2").output
    assert "2 times each; 1 so far" in changed and "in all" not in changed
    assert opens(reader, link, tmp_path) == ""
    assert "as often as the sender allows" in opens(reader, link, tmp_path)


def test_who_has_a_sealed_file_asks_too(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    file = tmp_path / "wound.sealed"
    words = ["--to", RECIPIENT, "--each", "1", "--patient", "MRN 7", "-o", str(file)]
    link = shell.run("seal", str(PHOTO), *words).stdout.strip()
    needless = reader.run("open", str(file), "--link", link, "--ask")
    assert needless.exit_code == 1 and "You need not ask" in needless.stderr
    opened = [reader.run("open", str(file), "--link", link, "-o", str(tmp_path / name)) for name in ("1", "2")]
    assert [one.exit_code for one in opened] == [0, 1] and "--ask" in opened[1].stderr
    assert reader.run("open", str(file), "--link", link, "--ask").exit_code == 0
    assert shell.run("consent", link, RECIPIENT).exit_code == 0
    assert reader.run("open", str(file), "--link", link, "-o", str(tmp_path / "3")).exit_code == 0


def test_what_may_be_looked_at_only_is_not_left_as_files(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    link = send(shell, "--to", RECIPIENT, "--each", "1", "--no-download")
    assert "saving     not allowed" in shell.run("policy", link).output
    assert "looked at, but not saved. Open the link in a browser" in opens(reader, link, tmp_path)
    assert list(tmp_path.iterdir()) == [], "nothing is left"
    assert "saving     allowed" in shell.run("policy", link, "--download").output
    assert opens(reader, link, tmp_path) == "", "control; and no opening was used up before"
    told = [line.rpartition("  ")[2] for line in shell.run("activity", link).output.splitlines()]
    refused, changed, opened, saved = told[-4:]
    assert (refused, changed) == (f"refused to {RECIPIENT} (look only)", "policy changed by you")
    assert (opened, saved) == (f"opened by {RECIPIENT}", f"saved by {RECIPIENT}")


def test_whoever_says_nothing_lets_nobody_save(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    sent = shell.run("send", str(PHOTO), "--patient", "MRN 7", "--to", RECIPIENT)
    assert "not saved" in opens(reader, sent.stdout.strip(), tmp_path)


def test_a_sealed_file_can_be_for_looking_only(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    file, said = tmp_path / "wound.sealed", ("--to", RECIPIENT, "--patient", "7")
    link = shell.run("seal", str(PHOTO), *said, "--no-download", "-o", str(file)).stdout.strip()
    refused = reader.run("open", str(file), "--link", link, "-o", str(tmp_path / "open"))
    assert refused.exit_code == 1 and "looked at, but not saved" in refused.stderr
    shell.run("policy", link, "--download")
    assert reader.run("open", str(file), "--link", link, "-o", str(tmp_path / "open")).exit_code == 0, "control"


def test_the_readers_name_over_the_photos(shell: Shell) -> None:
    link = send(shell, "--to", RECIPIENT, "--mark")
    assert "mark       the reader's name and the time" in shell.run("policy", link).output
    assert "mark " not in shell.run("policy", link, "--no-mark").output
    assert "mark " not in shell.run("policy", send(shell, "--to", RECIPIENT)).output, "by itself there is none"


def test_asking_is_named_only_where_it_helps(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    link = send(shell, "--to", RECIPIENT)
    assert shell.run("revoke", link).exit_code == 0
    refused = opens(reader, link, tmp_path)
    assert "withdrawn these photos" in refused and "--ask" not in refused
    asked = reader.run("open", link, "--ask")
    assert asked.exit_code == 1 and "withdrawn these photos" in asked.stderr


def test_a_beginning(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    tomorrow = datetime.now() + timedelta(days=1)
    link = send(shell, "--to", RECIPIENT, "--from", f"{tomorrow:%Y-%m-%d %H:%M}", "--days", "2")
    assert "Come back then" in opens(reader, link, tmp_path)
    until = (tomorrow + timedelta(days=2)).astimezone().strftime("%Y-%m-%d")
    shell.run("policy", link, "--days", "2")
    assert until[:8] in shell.run("policy", link).output
    shell.run("policy", link, "--from", "now")
    assert opens(reader, link, tmp_path) == ""


def test_a_passkey_and_a_country(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    link = send(shell, "--to", RECIPIENT, "--passkey", "--country", "nz", "--country", "AU")
    told = shell.run("policy", link).output
    assert "only from  AU NZ" in told and "only with  a passkey" in told
    assert "passkey" in opens(reader, link, tmp_path)
    assert "only with" not in shell.run("policy", link, "--no-passkey").output
    assert "countries" in opens(reader, link, tmp_path)
    assert "only from" not in shell.run("policy", link, "--country", "any").output
    assert opens(reader, link, tmp_path) == ""
    unknown = shell.run("policy", link, "--country", "UK")
    assert unknown.exit_code == 2 and "'UK' is no country's code" in unknown.output, "it would lock everybody out"


def test_others_are_named_instead(shell: Shell, reader: Shell, other: Shell, tmp_path: Path) -> None:
    link = send(shell, "--to", RECIPIENT)
    assert opens(reader, link, tmp_path) == ""
    assert "no photos for this account" in opens(other, link, tmp_path)
    assert shell.run("policy", link, "--to", OTHER).exit_code == 0
    assert opens(other, link, tmp_path) == ""
    assert "no photos for this account" in opens(reader, link, tmp_path)
    log = shell.run("activity", link).output
    assert f"opened by {RECIPIENT}" in log and f"refused to {RECIPIENT}" in log, "their name is still known"


def test_only_ones_own_report(reader: Shell, shell: Shell) -> None:
    link = send(shell, "--to", RECIPIENT)
    for command in (["policy", link], ["policy", link, "--first"], ["consent", link, OTHER]):
        refused = reader.run(*command)
        assert refused.exit_code == 1 and "no such report" in refused.stderr


def test_what_cannot_be_meant(shell: Shell) -> None:
    photo = ["send", str(PHOTO), "--patient", "MRN 7"]
    for options in ([], ["--first", "--to", RECIPIENT], ["--to", RECIPIENT, "--each", "0"]):
        assert shell.run(*photo, *options).exit_code == 2, options
    assert shell.run(*photo, "--to", RECIPIENT, "--from", "tomorrow").exit_code == 2
    assert shell.run("policy", "0" * 26, "--first", "--to", RECIPIENT).exit_code == 2
