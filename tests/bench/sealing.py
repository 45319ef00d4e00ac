"""Sealing at the command line, file to file: how fast, and with how much memory."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import click

from sealed.jpeg import strip_jpeg
from tests.conftest import RECIPIENT, ROOT, SENDER, Installation
from viewer.sender.client import Client

from .figure import Figure, medians
from .place import photo

LEAST, MOST_MEMORY = 0.8, 150
_TOTAL = 500_000_000  # bytes


def measure(running: Installation, folder: Path) -> list[Figure]:
    """Seal 500 MB of photos, and the library alone as many bytes; then send them, as `safelight send` does."""
    count = _photos(folder)
    took = medians({way: partial(_seconds, way, folder) for way in ("ours", "bare", "in place")})
    sending = _send(running, folder)
    rates = ", ".join(f"{way} {_TOTAL / 1e6 / seconds:.0f}" for way, seconds in took.items())
    note = f"to send {count} photos took {sending['seconds']:.0f} s"
    return [
        Figure("sealing 500 MB, file to file", took["bare"] / took["ours"], "x Cobblestone256Encryptor alone",
               least=LEAST, note=f"MB/s: {rates}"),
        Figure("sending 500 MB, memory", sending["peak"] / 1e6, "MB", MOST_MEMORY, note=note),
    ]  # fmt: skip


def _photos(folder: Path) -> int:
    """Write the same photo so often that all make up the total, and one file of as many bytes; return how often."""
    data = strip_jpeg(photo()).data
    count = _TOTAL // len(data) + 1
    (folder / "photos").mkdir()
    for number in range(1, count + 1):
        (folder / "photos" / f"{number:03}.jpg").write_bytes(data)
    with (folder / "plain").open("wb") as plain:
        for _ in range(count):
            plain.write(data)
    return count


def _seconds(way: str, folder: Path) -> float:
    (folder / "sealed").unlink(missing_ok=True)  # to empty a large file takes time, too
    return _run(way, folder)["seconds"]


def _send(running: Installation, folder: Path) -> dict[str, float]:
    """Let `safelight send` send all photos, in a home folder where the sender is signed in."""
    os.environ["XDG_CONFIG_HOME"] = str(folder)
    before = len(running.inbox.messages)
    client = Client(running.url, Path(click.get_app_dir("safelight")))
    client.sign_in(SENDER, lambda to: running.inbox.code_for(SENDER, before))
    letter = ("--portal", running.url, "--to", RECIPIENT, "--patient", "MRN 0042-17")
    return _run("send", *letter, *sorted((folder / "photos").iterdir()))


def _run(*what: str | Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.seal_once", *map(str, what)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told
