"""Plaintexts written from FORMAT.md section 5 alone, right ones and ones that lie; imports nothing of ours."""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

Entry = tuple[str, bytes]
COMMON = [
    ("version needed", 2),
    ("flags", 2),
    ("method", 2),
    ("time", 2),
    ("date", 2),
    ("checksum", 4),
    ("compressed size", 4),
    ("size", 4),
    ("name length", 2),
    ("extra length", 2),
]
LOCAL = [("signature", 4), *COMMON]
CENTRAL = [
    ("signature", 4),
    ("version made by", 2),
    *COMMON,
    ("comment length", 2),
    ("disk", 2),
    ("internal attributes", 2),
    ("external attributes", 4),
    ("offset", 4),
]
END = [
    ("signature", 4),
    ("disk", 2),
    ("disk of the directory", 2),
    ("count on this disk", 2),
    ("count", 2),
    ("length of the directory", 4),
    ("offset of the directory", 4),
    ("comment length", 2),
]
BEGINNINGS = {
    "jpg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "webp": b"RIFF\x40\0\0\0WEBPVP8L",
    "pdf": b"%PDF-1.7\n",
}
CREATED = "2026-11-21T09:30:00Z"
XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<report xmlns="urn:safelight:report:1" created="{CREATED}">\n'
    '  <patient id="{patient}"/>\n  <sender name="Dr Ada Lovelace"/>\n'
    "  <question>{question}</question>\n  <notes>{notes}</notes>\n{photos}</report>\n"
)
LINE = '  <photo file="{}" width="8" height="6"/>\n'


def zipped(entries: Sequence[Entry], **lies: Any) -> bytes:
    """The profile; `lies` put one thing wrong, in every entry and in the directory alike."""
    body, directory = lies.get("prefix", b""), b""
    extra, behind = lies.get("extra", b""), lies.get("behind", b"")
    for name, data in entries:
        size, crc, encoded = len(data), zlib.crc32(data), name.encode()
        common = struct.pack(
            "<5H3I2H",
            lies.get("needed", 10),
            lies.get("flags", 0),
            lies.get("method", 0),
            lies.get("time", 0),
            lies.get("date", 0x21),
            crc ^ lies.get("crc_off", 0),
            lies.get("size", size + lies.get("size_off", 0)),
            lies.get("size", size + lies.get("size_off", 0)),
            len(encoded),
            len(extra),
        )
        directory += b"PK\1\2" + struct.pack("<H", lies.get("made_by", 10)) + common
        directory += struct.pack("<3H2I", 0, 0, 0, 0, len(body)) + encoded + extra
        body += b"PK\3\4" + common + encoded + extra + data + behind
    body += lies.get("before_directory", b"")
    count, between = len(entries), lies.get("before_end", b"")
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + between + end)


def one_bit_in_each_field(plain: bytes, first_name: str) -> Iterator[tuple[str, bytes]]:
    """Name and plaintext for each field of the first local header, of its directory entry and of the end record."""
    *_, start, _comment = struct.unpack("<4s4H2IH", plain[-22:])
    places = [("local", 0, LOCAL), ("directory", start, CENTRAL), ("end", len(plain) - 22, END)]
    for place, at, fields in places:
        for field, size in fields:
            yield f"one bit in {place} {field}", changed(plain, at, bytes([plain[at] ^ 1]))
            at += size
        if place != "end":
            yield f"one bit in {place} name", changed(plain, at, first_name[:1].swapcase().encode())


def changed(data: bytes, at: int, put: bytes) -> bytes:
    return data[:at] + put + data[at + len(put) :]


def content(kind: str, size: int, seed: int = 0) -> bytes:
    """Bytes that begin as a file of this kind does, otherwise noise that is always the same."""
    start = BEGINNINGS[kind]
    pattern = hashlib.sha256(bytes([seed % 251])).digest() * (size // 32 + 1)
    return (start + pattern)[: max(size, len(start))]


def photo(number: int, size: int, kind: str = "jpg") -> Entry:
    return f"photos/{number:03}.{kind}", content(kind, size, number)


def thumb(number: int, size: int = 40) -> Entry:
    return f"thumbs/{number:03}.jpg", content("jpg", size, number)


def xml(photos: Sequence[str], patient: str = "MRN 0042-17", question: str = "Excise?", notes: str = "") -> bytes:
    lines = "".join(LINE.format(name) for name in photos)
    return XML.format(patient=patient, question=question, notes=notes, photos=lines).encode()


def report(*sizes: int, thumbs: bool = False, **text: str) -> list[Entry]:
    """A report of JPEGs of these sizes, in bytes."""
    photos = [photo(n, size) for n, size in enumerate(sizes, 1)]
    small = [thumb(n) for n in range(1, len(sizes) + 1)] if thumbs else []
    return [*photos, ("report.xml", xml([name for name, _ in photos], **text)), *small]


def report_of(total: int) -> list[Entry]:
    """A report of one photo whose plaintext has `total` bytes."""
    return report(1000 + total - len(zipped(report(1000))))
