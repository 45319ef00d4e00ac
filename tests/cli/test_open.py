"""Sealing into a file, and opening links and files: what lies on the disk, in every outcome."""

import hashlib
import io
import signal
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from sealed import base32, hints
from tests.cli.shell import PHOTO, PROGRAM, Seen, Shell
from tests.conftest import RECIPIENT, SENDER, Installation
from viewer.sender import client as client_module
from viewer.sender import opening
from viewer.sender.sending import Sent


def released(installation: Installation, people: Path, report: str) -> int:
    """How many openings the log knows of."""
    url = f"{installation.url}/v1/keys/{report}/log"
    entries = installation.client(SENDER, people).with_pass("GET", url, report, "log:read")["entries"]
    return sum(entry["action"] == "release" for entry in entries)


def pixels(data: bytes) -> str:
    return hashlib.sha256(Image.open(io.BytesIO(data)).tobytes()).hexdigest()


@pytest.fixture
def sealed(shell: Shell, tmp_path: Path) -> tuple[Path, str]:
    """A sealed file and its link."""
    file = tmp_path / "wound.sealed"
    words = ["--patient", "MRN 9", "--question", "Excise\u202e?\nSoon?"]
    made = shell.run("seal", str(PHOTO), "--to", RECIPIENT, *words, "--output", str(file))
    assert made.exit_code == 0, made.output
    return file, made.stdout.strip()


def test_a_link_is_opened_into_a_folder(reader: Shell, sent: Sent, tmp_path: Path) -> None:
    folder = tmp_path / "opened"
    seen = reader.run("open", sent.link, "--output", str(folder))
    assert seen.exit_code == 0, seen.output
    photo = folder / "photos" / "001.jpg"
    assert pixels(photo.read_bytes()) == pixels(PHOTO.read_bytes())
    assert "MRN 0042-17" in (folder / "report.xml").read_text()
    for told in ("MRN 0042-17", "Dr Ada Lovelace", "Excise?", "Left forearm.", str(photo)):
        assert told in seen.stdout
    assert sorted(path.name for path in folder.rglob("*")) == ["001.jpg", "photos", "report.xml"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in [folder, *folder.rglob("*")]), "for their owner only"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_sealed_file_is_opened_with_its_link(
    reader: Shell, sealed: tuple[Path, str], tmp_path: Path, installation: Installation, people: Path
) -> None:
    file, link = sealed
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["wound.sealed"]
    for number, given in enumerate((link, link.partition("#")[2].lower()), 1):
        seen = reader.run("open", str(file), "--link", given, "--output", str(tmp_path / str(number)))
        assert seen.exit_code == 0, seen.output
        assert pixels((tmp_path / str(number) / "photos" / "001.jpg").read_bytes()) == pixels(PHOTO.read_bytes())
        assert "Excise\ufffd?\n          Soon?\n" in seen.stdout, "the sender's words steer no terminal"
    assert released(installation, people, opening.read_link(link).report) == 2


def test_the_log_tells_what_the_key_server_knows(shell: Shell, sealed: tuple[Path, str], sent: Sent) -> None:
    for link in (sealed[1], sent.link):  # of an upload, or of none, it is told nothing
        told = shell.run("activity", link).stdout.splitlines()
        assert [line.rpartition("  ")[2] for line in told[1:]] == ["sealed", "file registered"]


def test_the_log_tells_that_it_was_opened_and_saved(shell: Shell, reader: Shell, sent: Sent, tmp_path: Path) -> None:
    assert reader.run("open", sent.link, "--output", str(tmp_path / "out")).exit_code == 0
    told = [line.rpartition("  ")[2] for line in shell.run("activity", sent.link).stdout.splitlines()]
    assert told[-2:] == [f"opened by {RECIPIENT}", f"saved by {RECIPIENT}"]


def test_what_was_saved_cannot_be_told(
    shell: Shell, reader: Shell, sent: Sent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = requests.request, []

    def lost(method: str, url: str, **more: Any) -> requests.Response:
        if url.endswith("/acknowledgements"):
            asked.append(url)
            raise requests.ConnectionError
        return real(method, url, **more)

    monkeypatch.setattr(client_module.requests, "request", lost)
    assert reader.run("open", sent.link, "--output", str(tmp_path / "out")).exit_code == 0
    assert len(asked) == 1 and (tmp_path / "out" / "report.xml").exists(), "tried once, and nothing hangs on it"
    assert shell.run("activity", sent.link).stdout.splitlines()[-1].endswith(f"opened by {RECIPIENT}")


def test_the_person_is_asked_for_code_and_link(
    installation: Installation, sealed: tuple[Path, str], tmp_path: Path
) -> None:
    before = len(installation.inbox.messages)
    answers = {
        "mobile number": lambda: RECIPIENT,
        "The code sent": lambda: installation.inbox.code_for(RECIPIENT, before),
        "The link": lambda: sealed[1],
    }
    stranger = Shell(installation, tmp_path / "home")
    seen: Seen = stranger.in_terminal("open", str(sealed[0]), "-o", str(tmp_path / "out"), answers=answers)
    assert seen.exit_code == 0, seen.shown
    assert (tmp_path / "out" / "report.xml").exists()
    assert sealed[1].partition("#")[2] not in seen.shown, "what opens photos is not shown"
    assert "Decrypting" in seen.shown and "100 %" in seen.shown, "a terminal sees how far it is"


def wrong_links(sent: Sent) -> dict[str, tuple[str, str]]:
    address, _, fragment = sent.link.partition("#")
    text, _ = hints.split(fragment)
    other = "0" if text[0] != "0" else "1"
    return {
        "cut off": (f"{address}#{text[:-3]}", "end of the link is missing"),
        "nothing behind": (f"{address}#", "end of the link is missing"),
        "no end, nobody to ask": (address, "only with its link"),
        "mistyped": (f"{address}#{other}{text[1:]}", "mistyped"),
        "another's": (f"{address}#{base32.link_text(bytes(20))}", "another report"),
    }


@pytest.mark.parametrize("name", ["cut off", "nothing behind", "no end, nobody to ask", "mistyped", "another's"])
def test_a_wrong_link_uses_up_no_opening(
    reader: Shell, sent: Sent, tmp_path: Path, installation: Installation, people: Path, name: str
) -> None:
    link, sentence = wrong_links(sent)[name]
    refused = reader.run("open", link, "--output", str(tmp_path / "out"))
    assert refused.exit_code == 1 and sentence in refused.stderr
    assert list(tmp_path.iterdir()) == []
    assert released(installation, people, sent.report) == 0


def test_a_link_that_was_mangled_on_its_way_opens(reader: Shell, sent: Sent, tmp_path: Path) -> None:
    mangled = sent.link.replace("#", "%23") + "."
    assert reader.run("open", mangled, "--output", str(tmp_path / "out")).exit_code == 0


def test_what_is_there_is_not_touched(
    shell: Shell, reader: Shell, sent: Sent, tmp_path: Path, installation: Installation, people: Path
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    refused = reader.run("open", sent.link, "--output", str(there))
    assert refused.exit_code == 1 and "there already" in refused.stderr
    assert released(installation, people, sent.report) == 0
    file = tmp_path / "old.sealed"
    file.write_bytes(b"old")
    again = ["seal", str(PHOTO), "--to", RECIPIENT, "--patient", "MRN 9", "--output", str(file)]
    refused = shell.run(*again)
    assert refused.exit_code == 1 and "--force" in refused.stderr and file.read_bytes() == b"old"
    assert shell.run(*again, "--force").exit_code == 0 and file.read_bytes().startswith(b"SAFELIT1")


def test_a_sealing_that_fails_leaves_no_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "new.sealed"
    refused = shell.run("seal", str(PHOTO), "--to", "nobody", "--patient", "MRN 9", "--output", str(file))
    assert refused.exit_code == 1 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", ["bit", "cut", "appended"])
def test_a_changed_file_leaves_nothing(reader: Shell, sealed: tuple[Path, str], tmp_path: Path, change: str) -> None:
    file, link = sealed
    data = bytearray(file.read_bytes())
    if change == "bit":
        data[len(data) // 2] ^= 1
    file.write_bytes({"bit": data, "cut": data[:-1], "appended": data + b"\0"}[change])
    refused = reader.run("open", str(file), "--link", link, "--output", str(tmp_path / "out"))
    assert refused.exit_code == 1 and "changed or cut off" in refused.stderr
    assert list(tmp_path.iterdir()) == [file]


def test_a_damage_found_midway_leaves_nothing(
    reader: Shell, sent: Sent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = opening.files.write, []

    def full(path: Path, content: bytes) -> None:
        seen.append(path)
        if path.name == "report.xml":
            raise OSError(28, "No space left on device", str(path))
        real(path, content)

    monkeypatch.setattr(opening.files, "write", full)
    refused = reader.run("open", sent.link, "--output", str(tmp_path / "out"))
    assert refused.exit_code == 1 and "No space left" in refused.stderr
    assert len(seen) == 2 and list(tmp_path.iterdir()) == [], "the photo that was written is gone too"


def test_passes_go_only_where_the_portal_says(
    reader: Shell, sealed: tuple[Path, str], tmp_path: Path, installation: Installation, people: Path
) -> None:
    file, link = sealed
    data = file.read_bytes()
    address = installation.url.encode()
    assert data.count(address) == 1
    file.write_bytes(data.replace(address, address[:-1] + (b"1" if address[-1:] != b"1" else b"2")))
    refused = reader.run("open", str(file), "--link", link, "--output", str(tmp_path / "out"))
    assert refused.exit_code == 1 and "another portal" in refused.stderr
    assert released(installation, people, opening.read_link(link).report) == 0


def test_who_is_not_named_is_refused_and_noted(
    installation: Installation, people: Path, sent: Sent, tmp_path: Path
) -> None:
    installation.client("stranger@example.org", people)
    (tmp_path / "safelight").symlink_to(people / "stranger@example.org")
    refused = Shell(installation, tmp_path).run("open", sent.link, "--output", str(tmp_path / "out"))
    assert refused.exit_code == 1 and "no photos for this account" in refused.stderr
    assert released(installation, people, sent.report) == 1, "the log knows that it was asked"


def test_inspect_tells_what_stands_in_the_clear(shell: Shell, sealed: tuple[Path, str], tmp_path: Path) -> None:
    file, link = sealed
    seen = shell.run("inspect", str(file))
    report: Any = opening.read_link(link)
    assert seen.exit_code == 0
    for told in (report.report, report.portal, "needed", f"{file.stat().st_size:,} bytes", "Complete"):
        assert told in seen.stdout
    assert report.fragment not in seen.output and "MRN 9" not in seen.output
    file.write_bytes(file.read_bytes()[:1000])
    assert shell.run("inspect", str(file)).exit_code == 0, "so short, but a length that can be"
    file.write_bytes(file.read_bytes()[:200])
    cut = shell.run("inspect", str(file))
    assert cut.exit_code == 1 and "not a sealed report" in cut.stderr
    refused = shell.run("inspect", str(PHOTO))
    assert refused.exit_code == 1 and "not a sealed report" in refused.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whoever_stops_it_finds_nothing_left(reader: Shell, sent: Sent, tmp_path: Path, number: int) -> None:
    """The signal comes when the first photo has been written; SIGKILL is the control: that one leaves it."""
    interrupted = [
        PROGRAM[0],
        "-c",
        "import os; from viewer.sender import files; from viewer.cli import main; write = files.write\n"
        f"files.write = lambda *all: (write(*all), os.kill(os.getpid(), {int(number)}))\nmain()",
    ]
    process = reader.start("open", sent.link, "--output", str(tmp_path / "out"), program=interrupted)
    assert process.communicate()[1].decode().endswith("Stopped.\n") and process.returncode == 130
    assert list(tmp_path.iterdir()) == []
    interrupted[2] = interrupted[2].replace(f"{int(number)})", f"{int(signal.SIGKILL)})")
    reader.start("open", sent.link, "--output", str(tmp_path / "out"), program=interrupted).communicate()
    assert list(tmp_path.rglob("001.jpg"))
