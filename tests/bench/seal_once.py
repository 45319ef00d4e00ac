"""One sealing, or one sending, in a process of its own; prints its seconds and its peak of memory as JSON.

python -m tests.bench.seal_once ours|bare|"in place" <folder>, or send <what `safelight send` is told>
"""

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.cobblestone import Cobblestone256Encryptor

from sealed import archive
from sealed.header import Header
from viewer.cli import main
from viewer.sender import sealing

_HEADER = Header("2026-11-21T09:30:00Z", "0" * 26, "https://keys.example.org", None)
_PIECE = 1024 * 1024  # bytes


def ours(folder: Path) -> None:
    """Pack cleaned photos, seal them, hash and write the file: as `safelight send` does between cleaning and upload."""

    def entries() -> Iterator[tuple[str, bytes]]:
        for path in sorted((folder / "photos").iterdir()):
            yield f"photos/{path.name}", path.read_bytes()
        yield "report.xml", b"<report/>"

    with (folder / "sealed").open("wb") as file:
        sealing.write(file, sealing.seal(_HEADER, os.urandom(32), None, archive.pack(entries())))


def bare(folder: Path) -> None:
    """Encrypt one file of as many bytes into another, by the library alone."""
    encryptor = Cobblestone256Encryptor(os.urandom(32), b"")
    with (folder / "plain").open("rb") as plain, (folder / "sealed").open("wb") as file:
        while piece := plain.read(_PIECE):
            file.write(encryptor.update(piece))
        file.write(encryptor.finalize())


def in_place(folder: Path) -> None:
    """The same with all memory reserved once: as fast as the library can be used."""
    encryptor, piece, sealed = Cobblestone256Encryptor(os.urandom(32), b""), bytearray(_PIECE), bytearray(_PIECE + 4096)
    with (folder / "plain").open("rb", buffering=0) as plain, (folder / "sealed").open("wb") as file:
        while length := plain.readinto(piece):
            file.write(memoryview(sealed)[: encryptor.update_into(memoryview(piece)[:length], sealed)])
        file.write(encryptor.finalize())


def peak() -> int:
    """Return the most bytes of memory that this process had: getrusage would count its parent's, before the exec."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    way, *told = sys.argv[1:]
    start = time.perf_counter()
    match way:
        case "ours":
            ours(Path(told[0]))
        case "bare":
            bare(Path(told[0]))
        case "in place":
            in_place(Path(told[0]))
        case "send":
            main(["send", *told], standalone_mode=False)
    print(json.dumps({"seconds": time.perf_counter() - start, "peak": peak()}))
