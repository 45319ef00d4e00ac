"""The plaintext: a ZIP of one strict profile (FORMAT.md section 5), written and read without guessing."""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .errors import N_, BadReport

TOTAL_LIMIT = 2 * 1024**3
PHOTO_LIMIT = 100 * 1024**2
PIXEL_LIMIT = 200_000_000  # the largest phone sensors have as many; four bytes each are what a browser can still hold
_LIMITS = {"photos": PHOTO_LIMIT, "thumbs": 256 * 1024, "report.pdf": 64 * 1024**2, "report.xml": 1024**2}
_MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp",
                "pdf": "application/pdf", "xml": "application/xml"}  # fmt: skip
_NAME = re.compile(r"(?:photos/(\d{3})\.(?:jpg|png|webp)|thumbs/(\d{3})\.jpg|report\.pdf|report\.xml)", re.ASCII)
_COMMON = struct.Struct("<5H3I2H")  # from "version needed" to "extra length"
_LOCAL, _CENTRAL, _END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_END_RECORD = struct.Struct("<4s4H2IH")
_DATE = 0x21  # 1980-01-01, the first day ZIP knows: files tell no time
_DIRECTORY_LIMIT = 2000 * (46 + 15)  # 999 photos, 999 thumbnails, two reports; the longest name has 15 letters

_REFUSED = N_("What was sealed is not a report of the known form. Ask the sender to send it again.")


@dataclass(frozen=True)
class Entry:
    """One file of a report: its name, size in bytes, CRC-32, and where its local header begins."""

    name: str
    size: int
    crc: int
    start: int

    @property
    def end(self) -> int:
        """Offset behind the last byte of its data."""
        return self.start + 30 + len(self.name) + self.size

    @property
    def media_type(self) -> str:
        """The media type, by the name's ending."""
        return _MEDIA_TYPES[self.name.rpartition(".")[2]]

    def _common(self) -> bytes:
        return _COMMON.pack(10, 0, 0, 0, _DATE, self.crc, self.size, self.size, len(self.name), 0)

    def local_header(self) -> bytes:
        """Return the bytes before its data."""
        return _LOCAL + self._common() + self.name.encode()

    def directory_entry(self) -> bytes:
        """Return its bytes in the directory."""
        fixed = struct.pack("<3H2I", 0, 0, 0, 0, self.start)
        return _CENTRAL + struct.pack("<H", 10) + self._common() + fixed + self.name.encode()

    def read(self, data: bytes) -> bytes:
        """Return the content, given the plaintext from `start` to `end`; BadReport where anything is off."""
        header, content = self.local_header(), data[-self.size :] if self.size else b""
        if data != header + content or zlib.crc32(content) != self.crc or not _begins_right(self, content):
            raise BadReport(_REFUSED)
        return content


def pack(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Write (name, content) pairs, given in ascending order of names, as one archive.

    Yields it piece by piece, holding one file at a time. Raises BadReport for names, order
    or sizes that the profile does not allow: before the directory, so nothing whole comes out.
    """
    entries: list[Entry] = []
    for name, content in files:
        entry = Entry(name, len(content), zlib.crc32(content), entries[-1].end if entries else 0)
        if not _begins_right(entry, content):
            raise BadReport(f"{name} is not what its name says.")
        entries.append(entry)
        yield entry.local_header()
        yield content
    _check_names(entries)
    start = entries[-1].end
    directory = b"".join(entry.directory_entry() for entry in entries)
    yield directory + _END_RECORD.pack(_END, 0, 0, len(entries), len(entries), len(directory), start, 0)


def directory_start(tail: bytes, total: int) -> int:
    """Return the offset of the directory, given the last bytes (22 at least) of `total` plaintext bytes."""
    if len(tail) < _END_RECORD.size or total > TOTAL_LIMIT:
        raise BadReport(_REFUSED)
    signature, *zeros, count, again, length, start, comment = _END_RECORD.unpack(tail[-_END_RECORD.size :])
    if (signature, zeros, count, comment) != (_END, [0, 0], again, 0):
        raise BadReport(_REFUSED)
    if start + length + _END_RECORD.size != total or length > _DIRECTORY_LIMIT:
        raise BadReport(_REFUSED)
    return int(start)


def read_directory(data: bytes, start: int) -> list[Entry]:
    """Return the entries, given the plaintext from the directory (at offset `start`) to its end.

    Raises BadReport unless the directory is, byte for byte, what `pack` writes for them.
    """
    entries: list[Entry] = []
    at, end = 0, len(data) - _END_RECORD.size
    while at < end:
        if len(data) < at + 46:
            raise BadReport(_REFUSED)
        *_, crc, size, _again, name_length, _extra = _COMMON.unpack_from(data, at + 6)
        name = data[at + 46 : at + 46 + name_length].decode("ascii", "replace")
        entries.append(Entry(name, size, crc, entries[-1].end if entries else 0))
        at += 46 + name_length
    _check_names(entries)
    written = b"".join(entry.directory_entry() for entry in entries)
    count = len(entries)
    if data != written + _END_RECORD.pack(_END, 0, 0, count, count, len(written), start, 0):
        raise BadReport(_REFUSED)
    if entries[-1].end != start:
        raise BadReport(_REFUSED)
    return entries


def _check_names(entries: list[Entry]) -> None:
    """Raise BadReport unless names, their order, their numbers and all sizes fit the profile."""
    names = [entry.name for entry in entries]
    numbers: dict[str, list[int]] = {"photos": [], "thumbs": []}
    for entry in entries:
        found = _NAME.fullmatch(entry.name)
        kind = entry.name.partition("/")[0]
        if not found or entry.size > _LIMITS[kind]:
            raise BadReport(_REFUSED)
        if kind in numbers:
            numbers[kind].append(int(found[1] or found[2]))
    photos = numbers["photos"]
    if names != sorted(set(names)) or "report.xml" not in names or not photos:
        raise BadReport(_REFUSED)
    if photos != list(range(1, len(photos) + 1)) or not set(numbers["thumbs"]) <= set(photos):
        raise BadReport(_REFUSED)
    if entries[-1].end > TOTAL_LIMIT:
        raise BadReport("The report is larger than 2 GB. Send the photos in two reports.")


def _begins_right(entry: Entry, content: bytes) -> bool:
    """Tell whether the first bytes are those of the media type that the name promises."""
    match entry.media_type:
        case "image/jpeg":
            return content.startswith(b"\xff\xd8\xff")
        case "image/png":
            return content.startswith(b"\x89PNG\r\n\x1a\n")
        case "image/webp":
            return content[:4] == b"RIFF" and content[8:12] == b"WEBP"
        case "application/pdf":
            return content.startswith(b"%PDF-")
        case _:
            return True
