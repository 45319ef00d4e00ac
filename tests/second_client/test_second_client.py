"""A client in another language, by the documents alone: what one seals the other opens, and neither a forgery."""

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sealed import archive, base32, report
from sealed.errors import SealedError
from sealed.header import Header
from sealed.keys import link_check
from tests.conftest import RECIPIENT, SENDER, Installation
from tests.engine.copied import NODE
from viewer.sender import photos, sealing
from viewer.sender.opening import open_link, read_link
from viewer.sender.sending import Sent

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LOG = ROOT / "wasm" / "sealed" / "LOG.md"
MOLE = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"
SHARE, LINK_SHARE = bytes(range(32)), bytes(range(100, 120))
SAID = {"patient": 'MRN "0042" <17>', "question": "Excise & send?\nOr wait?", "notes": "Schürfwunde, 傷"}


@contextmanager
def client(job: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """The second client, told its job."""
    command = [NODE, "--no-warnings", str(HERE / "client.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        say(process, json.dumps(job))
        yield process


def say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin
    process.stdin.write(line + "\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> Any:
    assert process.stdout
    return json.loads(process.stdout.readline())


def signed_in(installation: Installation, job: dict[str, Any]) -> Any:
    """What came of a job for which the client signs in, with a code from the inbox."""
    before = len(installation.inbox.messages)
    with client(job | {"portal": installation.url}) as process:
        assert heard(process) == {"code": "please"}
        say(process, installation.inbox.code_for(job["contact"], before))
        return heard(process)


def alone(job: dict[str, Any]) -> Any:
    """What came of a job without a server."""
    with client(job) as process:
        return heard(process)


def blob(installation: Installation, report_id: str) -> Path:
    return installation.settings.data / "blobs" / f"{report_id}.sealed"


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def received(installation: Installation, sent: Sent) -> Any:
    return signed_in(installation, {"job": "receive", "contact": RECIPIENT, "link": sent.link})


@pytest.fixture
def by_javascript(installation: Installation, people: Path, tmp_path: Path) -> tuple[Any, bytes]:
    """What JavaScript has sent, and its photo."""
    installation.client(SENDER, people, invited=True)
    stripped, photo = photos.strip(MOLE), tmp_path / "photo.jpg"
    photo.write_bytes(stripped.data)
    size = {"width": stripped.width, "height": stripped.height}
    job = {"job": "send", "contact": SENDER, "recipient": RECIPIENT, "photo": str(photo)}
    return signed_in(installation, job | size | SAID), stripped.data


def test_python_opens_what_javascript_sealed(
    installation: Installation, people: Path, tmp_path: Path, by_javascript: tuple[Any, bytes]
) -> None:
    sent, photo = by_javascript
    link, reader = read_link(sent["link"]), installation.client(RECIPIENT, people)
    assert link
    opened = open_link(reader, link, lambda: None, tmp_path / "opened", lambda step, done, total: None)
    told = opened.details
    assert {"patient": told.patient, "question": told.question, "notes": told.notes} == SAID
    assert told.sender == "Dr Ada Lovelace"
    assert (tmp_path / "opened" / "photos" / "001.jpg").read_bytes() == photo
    flip(blob(installation, sent["report"]), -20_000)
    with pytest.raises(SealedError):
        open_link(reader, link, lambda: None, tmp_path / "again", lambda step, done, total: None)


def test_javascript_opens_what_python_sealed(installation: Installation, people: Path, sent: Sent) -> None:
    answer = received(installation, sent)
    entries = {name: base64.b64decode(content) for name, content in answer["entries"]}
    assert list(entries) == ["photos/001.jpg", "report.xml", "thumbs/001.jpg"]
    assert entries["photos/001.jpg"] == photos.strip(MOLE).data
    assert b"MRN 0042-17" in entries["report.xml"]
    key_server, sender = installation.settings.keyserver_url, installation.client(SENDER, people)
    log = sender.with_pass("GET", f"{key_server}/v1/keys/{sent.report}/log", sent.report, "log:read")
    assert [entry["action"] for entry in log["entries"]][-2:] == ["release", "acknowledge"]
    flip(blob(installation, sent.report), -20_000)
    assert received(installation, sent) == {"refused": "another file"}


def test_the_same_file_byte_by_byte(tmp_path: Path) -> None:
    """All is fixed by header, salt, shares and content: sealed again by the other client, it is the same file."""
    header = Header("2026-11-22T08:00:00Z", "0" * 26, "https://keys.example.org", link_check(LINK_SHARE))
    photo = photos.strip(MOLE)
    listed = report.Photo("photos/001.jpg", photo.width, photo.height)
    xml = report.write(report.Details("2026-11-22T08:00:00Z", "0042-17", "Ada", "Excise?", "", (listed,)))
    plain = archive.pack([("photos/001.jpg", photo.data), ("report.xml", xml)])
    file = b"".join(bytes(piece) for piece in sealing.seal(header, SHARE, LINK_SHARE, plain))
    path = tmp_path / "report.sealed"
    path.write_bytes(file)
    context = len(header.context())
    flips = [0, 8, 11, 20, context, context + 24, context + 55, context + 56, len(file) // 2, len(file) - 1]
    shares = {"server_share": base64.b64encode(SHARE).decode(), "link_share": base64.b64encode(LINK_SHARE).decode()}
    answer = alone({"job": "again", "file": str(path), "flip": flips} | shares)
    assert base64.b64decode(answer["again"]) == file
    assert answer["opened"] == [], "one byte flipped"
    for at in flips:
        broken = bytearray(file)
        broken[at] ^= 1
        with pytest.raises(SealedError):
            sealing.open_whole(bytes(broken), SHARE, base32.link_text(LINK_SHARE))
    assert sealing.open_whole(file, SHARE, base32.link_text(LINK_SHARE))[1]["report.xml"] == xml, "control"


def test_only_the_true_receipt_holds() -> None:
    """The example of LOG.md, whole and with each of its lines changed."""
    example = re.search(r"(?s)    (keys\S+)\n\n(    c2sp\.org/tlog-proof.*?)\n\n## 6", LOG.read_text())
    assert example
    receipt, entry = re.sub("(?m)^    ", "", example[2]) + "\n", '{"number":3}'
    lines = receipt.splitlines(keepends=True)
    changed = ["".join((*lines[:at], flipped(line), *lines[at + 1 :])) for at, line in enumerate(lines) if line != "\n"]
    tried = [[entry, receipt], ['{"number":4}', receipt], *([entry, other] for other in changed)]
    answer = alone({"job": "prove", "log_key": example[1], "receipts": tried})
    assert answer["hold"] == [True] + [False] * (len(changed) + 1)


def flipped(line: str) -> str:
    """The line with another character before its last one."""
    at = len(line) // 2
    return line[:at] + ("B" if line[at] != "B" else "C") + line[at + 1 :]
