"""Reports are deleted everywhere at the command line; where that breaks off, nothing opens, and it is done again."""

from pathlib import Path

import pytest

from tests.cli.shell import PHOTO, Shell
from tests.cli.test_policy import opens, send
from tests.conftest import RECIPIENT, SENDER, Installation
from viewer.sender import deleting
from viewer.sender.client import ClientError, NoAnswer


def test_asked_before_and_then_gone(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    link = send(shell, "--to", RECIPIENT)
    asked = shell.run("delete", link, typed="n\n")
    assert asked.exit_code != 0 and "you neither. Delete it everywhere?" in asked.output
    assert opens(reader, link, tmp_path) == "", "control: asking deletes nothing"
    answers = [shell.run("delete", link, *words, typed="y\n") for words in ((), ("--yes",))]
    assert [one.exit_code for one in answers] == [0, 0]
    said = [one.stdout.partition("Deleted everywhere since ")[2] for one in answers]
    assert said[0] == said[1] and said[0].startswith("20"), "a repeat is answered alike"
    assert opens(reader, link, tmp_path) != ""
    assert "until      deleted since 20" in shell.run("policy", link).output
    told = [line.rpartition("  ")[2] for line in shell.run("activity", link).output.splitlines()]
    assert told.count("deleted by you, everywhere") == 1 and any(line.startswith("opened by") for line in told)


def test_a_sealed_file_that_was_never_stored(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    file = tmp_path / "wound.sealed"
    words = ["--to", RECIPIENT, "--patient", "MRN 7", "-o", str(file)]
    link = shell.run("seal", str(PHOTO), *words).stdout.strip()
    opened = [reader.run("open", str(file), "--link", link, "-o", str(tmp_path / "control"))]
    assert shell.run("delete", link, "--yes").exit_code == 0
    opened.append(reader.run("open", str(file), "--link", link, "-o", str(tmp_path / "after")))
    assert [one.exit_code for one in opened] == [0, 1] and "withdrawn these photos" in opened[1].stderr


def test_only_its_sender(shell: Shell, reader: Shell, tmp_path: Path) -> None:
    link = send(shell, "--to", RECIPIENT)
    refused = reader.run("delete", link, "--yes")
    assert refused.exit_code == 1 and "no such report of yours" in refused.stderr
    assert opens(reader, link, tmp_path) == "", "control"


@pytest.mark.parametrize("lost", ["/v1/keys/", "/v1/blobs/", "/api/reports/"])
def test_what_breaks_off_never_says_that_it_is_done(
    installation: Installation, people: Path, shell: Shell, reader: Shell, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, lost: str,
) -> None:  # fmt: skip
    link, client = send(shell, "--to", RECIPIENT), installation.client(SENDER, people)
    report = next(one for one in client.ask("GET", "/api/reports")["reports"] if one["id"] in link)
    asked: list[str] = []

    def lose(real: object, method: str, url: str, *more: object, **named: object) -> object:
        asked.append(url)
        if method == "DELETE" and lost in url:
            raise NoAnswer("offline", "lost")
        return real(method, url, *more, **named)  # type: ignore[operator]

    with monkeypatch.context() as patch:
        for name in ("ask", "with_pass"):
            real = getattr(client, name)
            patch.setattr(client, name, lambda *given, real=real, **named: lose(real, *given, **named))
        with pytest.raises(ClientError):
            deleting.delete(client, report)
    assert lost in asked[-1], "nothing is done behind what was lost"
    shown = next(one for one in client.ask("GET", "/api/reports")["reports"] if one["id"] in link)
    assert shown["deleted"] is None, "the portal is told last"
    assert (opens(reader, link, tmp_path) == "") == (lost == "/v1/keys/"), "the key goes first"
    assert deleting.delete(client, report).startswith("20")
    assert opens(reader, link, tmp_path) != ""
