"""Memory does not grow with the report: 20 MB and 100 MB, sent and opened, each by a process of its own."""

import random
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.shell import PROGRAM, Shell
from tests.conftest import RECIPIENT

MB = 1_000_000
SMALL, LARGE = 4, 20  # photos of 5 MB
GROWTH = 30 * MB  # of 80 more; what the allocator keeps varies by some MB
# The fault: what belongs on the disk is held in memory.
HOARDER = [
    PROGRAM[0],
    "-c",
    "import io, tempfile; tempfile.TemporaryFile = lambda **_: io.BytesIO(); from viewer.cli import main; main()",
]


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of 5 MB: noise is hard to compress."""
    path = tmp_path_factory.mktemp("noise") / "noise.jpg"
    noise = random.Random(1).randbytes(1900 * 1900 * 3)
    Image.frombytes("RGB", (1900, 1900), noise).save(path, quality=97)
    assert 4 * MB < path.stat().st_size < 6 * MB
    return path


def growth(shell: Shell, reader: Shell, photo: Path, folder: Path, program: list[str]) -> tuple[int, int]:
    """By how many bytes sending and opening grow from a small report to a large one."""
    sending, opening = [], []
    for count in (SMALL, LARGE):
        words = ["--to", RECIPIENT, "--patient", "MRN 7", "--download"]
        held, link = shell.peak("send", *[str(photo)] * count, *words, program=program)
        sending.append(held)
        output = folder / str(count)
        opening.append(reader.peak("open", link, "--output", str(output), program=program)[0])
        assert len(list((output / "photos").iterdir())) == count
    return sending[1] - sending[0], opening[1] - opening[0]


def test_memory_stays_flat(shell: Shell, reader: Shell, photo: Path, tmp_path: Path) -> None:
    assert max(growth(shell, reader, photo, tmp_path, PROGRAM)) < GROWTH


def test_control_a_report_held_in_memory_is_found(shell: Shell, reader: Shell, photo: Path, tmp_path: Path) -> None:
    assert min(growth(shell, reader, photo, tmp_path, HOARDER)) > GROWTH
