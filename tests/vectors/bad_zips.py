"""Archives that break FORMAT.md section 5 in one way each; imports nothing of ours."""

import struct
import zlib

from .zips import Entry, changed, content, one_bit_in_each_field, photo, report, thumb, xml, zipped

ENTRIES = report(20, 10)
WHOLE = zipped(ENTRIES)
ZIP64 = struct.pack("<HH4Q", 1, 32, 90, 90, 0, 0)
NAMES = {
    "with a backslash": "photos\\001.jpg",
    "that is absolute": "/photos/001.jpg",
    "of another drive": "C:/photos/001.jpg",
    "out of the folder": "../photos/001.jpg",
    "that goes back": "photos/../photos/001.jpg",
    "with a dot folder": "./photos/001.jpg",
    "with two slashes": "photos//001.jpg",
    "of a folder": "photos/",
    "that is empty": "",
    "with a zero byte": "photos/001.jpg\0",
    "with a line end": "photos/001.jpg\n",
    "with a carriage return": "photos/001\r.jpg",
    "with an escape": "photos/\x1b[31m001.jpg",
    "with a space": "photos/001.jpg ",
    "in upper case": "PHOTOS/001.JPG",
    "ending in capitals": "photos/001.JPG",
    "of the other spelling": "photos/001.jpeg",
    "with a second ending": "photos/001.jpg.html",
    "with two digits": "photos/01.jpg",
    "with four digits": "photos/0001.jpg",
    "with fullwidth digits": "photos/\uff10\uff10\uff11.jpg",
    "with Arabic digits": "photos/\u0660\u0660\u0661.jpg",
    "with a Cyrillic letter": "\u0440hotos/001.jpg",
    "with a soft hyphen": "photos/001\u00ad.jpg",
    "written from right to left": "photos/\u202e001.jpg",
    "of an SVG": "photos/001.svg",
    "of a web page": "index.html",
    "beside the folders": "001.jpg",
    "of another folder": "images/001.jpg",
}


def named(name: str) -> bytes:
    """The one photo under an odd name; report.xml lists it so."""
    return zipped(sorted([(name, content("jpg", 9)), ("report.xml", xml([name.strip("\0\n\r\x1b")]))]))


def everywhere() -> dict[str, bytes]:
    """Lies on which local headers and directory agree."""
    lies: dict[str, dict[str, object]] = {
        "bytes before the first entry": {"prefix": b"GIF89a"},
        "a program before the first entry": {"prefix": b"MZ" + bytes(62)},
        "a gap between entries": {"behind": b"\0"},
        "a gap before the directory": {"before_directory": b"\0"},
        "a gap before the end record": {"before_end": b"\0"},
        "a size one too large": {"size_off": 1},
        "a size one too small": {"size_off": -1},
        "sizes of 4 GB": {"size": 0xFFFF_FFFF},
        "sizes of 2 GB": {"size": 0x7FFF_FFFF},
        "sizes of zero": {"size": 0},
        "sizes for ZIP64": {"size": 0xFFFF_FFFF, "extra": ZIP64, "needed": 45},
        "checksum wrong": {"crc_off": 1},
        "version 2.0 needed": {"needed": 20},
        "made by Unix": {"made_by": 0x0314},
        "compressed by name": {"method": 8},
        "an encrypted entry": {"flags": 1},
        "data descriptor flag": {"flags": 8},
        "data descriptors": {"flags": 8, "behind": b"PK\7\x08" + bytes(12)},
        "UTF-8 flag": {"flags": 0x800},
        "extra field": {"extra": b"\1\2\0\0"},
        "a Unix time as an extra field": {"extra": b"UT\5\0\1\0\0\0\0"},
        "a time": {"time": 1},
        "a date": {"date": 0x5CEE},
    }
    return {name: zipped(ENTRIES, **lie) for name, lie in lies.items()}


def together() -> dict[str, bytes]:
    """More or less than one archive, overlaps, bombs, hidden entries."""
    start, count = len(WHOLE) - 22 - sum(46 + len(name) for name, _ in ENTRIES), len(ENTRIES)
    first = 30 + len(ENTRIES[0][0]) + len(ENTRIES[0][1])
    one, two = zipped(report(20)), zipped(report(10))
    second_offset = start + 46 + 14 + 42
    end64 = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(WHOLE) - 22 - start, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(WHOLE) - 22, 1)
    markers = WHOLE[-22:-14] + b"\xff" * 12 + b"\0\0"
    deflated = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = deflated.compress(bytes(1_000_000)) + deflated.flush()
    return {
        "two ZIPs behind one another": one + two,
        "the same ZIP twice": one + one,
        "empty plaintext": b"",
        "one byte": b"P",
        "half an end record": WHOLE[-11:],
        "nothing but an end record": WHOLE[-22:],
        "nothing but the directory": WHOLE[start:],
        "the first byte missing": WHOLE[1:],
        "the last byte missing": WHOLE[:-1],
        "a byte behind the end record": WHOLE + b"\0",
        "a comment": WHOLE[:-2] + b"\5\0hello",
        "an end record as the comment of another": WHOLE[:-2] + b"\x16\0" + WHOLE[-22:],
        "the end record twice": WHOLE + WHOLE[-22:],
        "not a ZIP": b"%PDF-1.7 hello, this is no report at all",
        "no entries": zipped([]),
        "an entry that the directory leaves out": zipped(ENTRIES[1:], prefix=WHOLE[:first]),
        "two entries over each other": changed(WHOLE, second_offset, bytes(4)),
        "an entry that begins within another": changed(WHOLE, second_offset, struct.pack("<I", 44)),
        "an end record for ZIP64": WHOLE[:-22] + end64 + locator + markers,
        "an end record for ZIP64 beside an honest one": WHOLE[:-22] + end64 + locator + WHOLE[-22:],
        "a compressed bomb": zipped([("photos/001.jpg", bomb), *ENTRIES[1:]], method=8),
        "a directory of 60,000 entries by its own word": WHOLE[:-14] + b"\x60\xea" * 2 + WHOLE[-10:],
        "a directory of a gigabyte by its own word": changed(WHOLE, len(WHOLE) - 10, struct.pack("<I", 1 << 30)),
    }


def members() -> dict[str, list[Entry]]:
    """Entries in well-formed archives that are not those of a report."""
    one, two, text = ENTRIES
    return {
        "entries out of order": ENTRIES[::-1],
        "photos out of order": [two, one, text],
        "a name twice": [one, *ENTRIES],
        "report.xml twice": [*ENTRIES, text],
        "one number, two kinds of photo": [one, photo(1, 50, "png"), text],
        "no photo": [text],
        "a pdf and no photo": [("report.pdf", b"%PDF-1.7\n"), text],
        "a thumbnail and no photo": [text, thumb(1)],
        "no report.xml": [one, two],
        "photo number left out": [one, photo(3, 50), text],
        "photo number zero": [photo(0, 50), *ENTRIES],
        "photos from number two on": [photo(2, 50), ("report.xml", xml(["photos/002.jpg"]))],
        "a thumbnail without its photo": [*ENTRIES, thumb(3)],
        "a thumbnail that is a png": [*ENTRIES, ("thumbs/001.png", content("png", 50))],
        "an unknown entry": [("manifest.json", b"{}"), *ENTRIES],
        "a report as a web page": [one, two, ("report.html", b"<html>"), text],
        "a photo that is a web page": [("photos/001.jpg", b"<html>"), two, text],
        "a photo that is empty": [("photos/001.jpg", b""), two, text],
        "a photo that ends in its beginning": [("photos/001.jpg", b"\xff\xd8"), two, text],
        "a png under a jpeg's name": [("photos/001.jpg", content("png", 50)), two, text],
        "a jpeg under a png's name": [("photos/001.png", content("jpg", 9)), ("report.xml", xml(["photos/001.png"]))],
        "a sound file under a webp's name": [
            ("photos/001.webp", b"RIFF\x40\0\0\0WAVEfmt "),
            ("report.xml", xml(["photos/001.webp"])),
        ],
        "a thumbnail that is a script": [*ENTRIES, ("thumbs/001.jpg", b"alert(1)")],
        "a pdf that is a web page": [one, two, ("report.pdf", b"<html>"), text],
    }


def bad_zips() -> dict[str, bytes]:
    """Each archive, by the vector's name."""
    names = {f"a name {how}": named(name) for how, name in NAMES.items()}
    return (
        dict(one_bit_in_each_field(WHOLE, ENTRIES[0][0]))
        | everywhere()
        | together()
        | {name: zipped(entries) for name, entries in members().items()}
        | names
    )
