"""Plaintexts too large for container.json, and directories of entries larger than memory; imports nothing of ours."""

import struct
from collections.abc import Iterator

from .good import with_xml
from .zips import Entry, photo, report, thumb, xml, zipped

MIB = 1024**2


def padded(size: int) -> bytes:
    """A report.xml of `size` bytes, filled with white space."""
    text = xml(["photos/001.jpg"])
    return text.replace(b"\n</report>", b" " * (size - len(text)) + b"\n</report>")


def edited(old: str, new: str) -> list[Entry]:
    return with_xml(xml(["photos/001.jpg"]).decode().replace(old, new).encode())


def plaintexts() -> Iterator[tuple[str, str, bytes]]:
    """Yield name, verdict and plaintext."""
    small = report(9)
    attributes = " ".join(f'a{n}="1"' for n in range(50_000))
    good = {
        "999 photos with thumbnails": report(*[9] * 999, thumbs=True),
        "a thumbnail of 256 KiB": [*small, thumb(1, 256 * 1024)],
        "report.xml of 1 MiB": with_xml(padded(MIB)),
        "notes of 10,000 characters": report(9, notes="é" * 10_000),
        "a photo of 3 MiB": [photo(1, 3 * MIB), *small[1:]],
    }
    bad = {
        "1000 photos": [*report(*[9] * 999)[:-1], ("photos/1000.jpg", b"\xff\xd8\xff"), report(*[9] * 999)[-1]],
        "a thumbnail of 256 KiB and one byte": [*small, thumb(1, 256 * 1024 + 1)],
        "report.xml of 1 MiB and one byte": with_xml(padded(MIB + 1)),
        "notes of 10,001 characters": report(9, notes="é" * 10_001),
        "a question of 10,001 characters": report(9, question="e" * 10_001),
        "140,000 elements deep": edited("Excise?", "<a>" * 140_000 + "</a>" * 140_000),
        "140,000 elements deep, none closed": edited("Excise?", "<a>" * 140_000),
        "250,000 elements": edited("</report>", "<a/>" * 250_000 + "</report>"),
        "50,000 attributes": edited("<notes>", f"<notes {attributes}>"),
        "a width of a million digits": edited('width="8"', f'width="{"9" * 1_000_000}"'),
        "a name of a million letters": edited("<notes>", f"<{'n' * 1_000_000}/><notes>"),
        "more photos listed than there are": with_xml(xml(["photos/001.jpg"] * 9000)),
        "4,000 entries": zipped_names(4000),
    }
    for verdict, made in (("good", good), ("BadReport", bad)):
        for name, entries in made.items():
            yield name, verdict, entries if isinstance(entries, bytes) else zipped(entries)


def zipped_names(count: int) -> bytes:
    return zipped([(f"photos/{n:03}.jpg", b"\xff\xd8\xff") for n in range(1, count + 1)])


def directories() -> Iterator[tuple[str, str, bytes, int]]:
    """Yield name, verdict, the directory with the end record, and its offset: no content, whatever its size."""
    text = ("report.xml", 700)
    full = [(f"photos/{n:03}.jpg", 100 * MIB) for n in range(1, 21)]
    rest = 2 * 1024 * MIB - 20 * 100 * MIB - sum(30 + 46 + 2 * len(name) for name, _ in [*full, full[0], text]) - 722
    cases = {
        "a photo of 100 MiB": ("good", [("photos/001.jpg", 100 * MIB), text]),
        "a photo of 100 MiB and one byte": ("BadReport", [("photos/001.jpg", 100 * MIB + 1), text]),
        "a pdf of 64 MiB": ("good", [("photos/001.png", 9), ("report.pdf", 64 * MIB), text]),
        "a pdf of 64 MiB and one byte": ("BadReport", [("photos/001.png", 9), ("report.pdf", 64 * MIB + 1), text]),
        "2 GiB": ("good", [*full, ("photos/021.jpg", rest), text]),
        "2 GiB and one byte": ("BadReport", [*full, ("photos/021.jpg", rest + 1), text]),
        "offsets past 4 GiB": ("BadReport", [(f"photos/{n:03}.jpg", 100 * MIB) for n in range(1, 42)] + [text]),
    }
    for name, (verdict, sizes) in cases.items():
        yield name, verdict, *directory(sizes)


def directory(sizes: list[tuple[str, int]]) -> tuple[bytes, int]:
    made, offset = b"", 0
    for name, size in sizes:
        common = struct.pack("<5H3I2H", 10, 0, 0, 0, 0x21, 0, size, size, len(name), 0)
        made += b"PK\1\2" + struct.pack("<H", 10) + common
        made += struct.pack("<3H2I", 0, 0, 0, 0, offset & 0xFFFF_FFFF) + name.encode()
        offset += 30 + len(name) + size
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(sizes), len(sizes), len(made), offset & 0xFFFF_FFFF, 0)
    return made + end, offset
