"""Makes container.json: sealed reports good and bad, each with its verdict.

Written from FORMAT.md alone: imports nothing of ours, so that a slip in the code
cannot hide in its own test. The body is sealed by `cryptography`'s Cobblestone256;
its salt is random, so a new run makes new bytes with the same verdicts.

    python tests/vectors/make.py > tests/vectors/container.json
"""

import base64
import hashlib
import json
import struct
import sys
import zlib
from typing import Any

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERVER = bytes(range(32))
LINK = bytes(range(100, 120))
KEY_ID = bytes(range(200, 216))
XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<report xmlns="urn:safelight:report:1" created="2026-11-21T09:30:00Z">\n'
    '  <patient id="{patient}"/>\n  <sender name="Dr Ada Lovelace"/>\n'
    "  <question>Excise?</question>\n  <notes></notes>\n{photos}</report>\n"
)
Entry = tuple[str, bytes]
Vector = dict[str, Any]


def base32(data: bytes, characters: int) -> str:
    """Crockford base32, most significant bits first, as in FORMAT.md section 6."""
    bits = "".join(f"{byte:08b}" for byte in data).rjust(characters * 5, "0")
    return "".join(ALPHABET[int(bits[i : i + 5], 2)] for i in range(0, characters * 5, 5))


def link_text(share: bytes) -> str:
    check = hashlib.sha256(b"safelight v1 link text\0" + share).hexdigest()[:5]
    return base32(share, 32) + base32(int(check, 16).to_bytes(3, "big")[-3:], 5)[1:]


def header(**changes: Any) -> bytes:
    check = hashlib.sha256(b"safelight v1 link check\0" + LINK).hexdigest()[:32]
    fields = {
        "created": "2026-11-21T09:30:00Z",
        "key_id": base32(KEY_ID, 26),
        "key_server": "https://keys.example.org",
        "link_check": check,
    } | changes
    fields = {name: value for name, value in fields.items() if value != "absent"}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def zipped(entries: list[Entry], **lies: Any) -> bytes:
    """The profile of FORMAT.md section 5; `lies` put one thing wrong."""
    body, directory = lies.get("prefix", b""), b""
    for name, data in entries:
        flags, method, extra = lies.get("flags", 0), lies.get("method", 0), lies.get("extra", b"")
        size = len(data) + lies.get("size_off", 0)
        crc = zlib.crc32(data) ^ lies.get("crc_off", 0)
        tail = struct.pack("<5H3I2H", 10, flags, method, lies.get("time", 0), 0x21, crc, size, size,
                           len(name), len(extra))  # fmt: skip
        local = tail if "local_off" not in lies else tail[:-8] + struct.pack("<I2H", 7, len(name), 0)
        directory += b"PK\1\2" + struct.pack("<H", 10) + tail
        directory += struct.pack("<3H2I", 0, 0, 0, lies.get("attributes", 0), len(body))
        directory += name.encode() + extra
        body += b"PK\3\4" + local + name.encode() + extra + data + lies.get("gap", b"")
    count = len(entries) + lies.get("count_off", 0)
    comment = lies.get("comment", b"")
    end = struct.pack("<4H2IH", 0, 0, count, count, len(directory), len(body), len(comment))
    return body + directory + b"PK\5\6" + end + comment


def photo(number: int, size: int) -> Entry:
    pattern = hashlib.sha256(bytes([number])).digest() * (size // 32 + 1)
    return f"photos/{number:03}.jpg", b"\xff\xd8\xff" + pattern[: size - 3]


def report(*sizes: int, patient: str = "MRN 0042-17", thumbs: bool = False) -> list[Entry]:
    photos = [photo(n, size) for n, size in enumerate(sizes, 1)]
    lines = "".join(f'  <photo file="{name}" width="8" height="6"/>\n' for name, _ in photos)
    small = [(f"thumbs/{n:03}.jpg", photo(n, 40)[1]) for n in range(1, len(sizes) + 1)]
    xml = XML.format(patient=patient, photos=lines).encode()
    return [*photos, ("report.xml", xml), *(small if thumbs else [])]


def sealed(plaintext: bytes, head: bytes | None = None, link: bytes | None = LINK) -> bytes:
    head = header() if head is None else head
    context = b"SAFELIT1" + struct.pack(">I", len(head)) + head
    info = b"safelight v1 file key\0" + base32(KEY_ID, 26).encode()
    key = HKDF(SHA512(), 32, None, info).derive(SERVER + (link or b""))
    encryptor = Cobblestone256Encryptor(key, context)
    return context + encryptor.update(plaintext) + encryptor.finalize()


def vector(name: str, verdict: str, file: bytes, link: str | None = "right", **more: Any) -> Vector:
    text = link_text(LINK) if link == "right" else link
    encoded = base64.b64encode(file).decode()
    return {"name": name, "verdict": verdict, "file": encoded, "link": text,
            "server_share": SERVER.hex()} | more  # fmt: skip


def edited(name: str, verdict: str, base: str, *edits: tuple[int, int, bytes], **more: Any) -> Vector:
    """A vector told as changes to a good one: (offset, bytes removed, bytes put in)."""
    told = [[offset, removed, put.hex()] for offset, removed, put in edits]
    return {"name": name, "verdict": verdict, "from": base, "edits": told} | more


def good() -> list[Vector]:
    made = {
        "one small photo": report(400),
        "two photos with thumbnails": report(5000, 700, thumbs=True),
        "three chunks": report(20_000, 13_000),
        "a patient id with accents and an ampersand": report(90, patient="Müller &amp; Søn 0042"),
        "with a pdf": sorted([*report(300), ("report.pdf", b"%PDF-1.7\n%%EOF\n")]),
    }
    whole = report(16_384)
    spare = 2 * 16_384 - len(zipped(whole))
    made["plaintext of exactly two chunks"] = report(16_384 + spare)
    vectors = []
    for name, entries in made.items():
        shown = {entry: hashlib.sha256(data).hexdigest() for entry, data in entries}
        vectors.append(vector(name, "good", sealed(zipped(entries)), entries=shown))
    entries = report(300)
    shown = {entry: hashlib.sha256(data).hexdigest() for entry, data in entries}
    nolink = sealed(zipped(entries), header(link_check=None), None)
    vectors.append(vector("no link share", "good", nolink, None, entries=shown))
    file, text = sealed(zipped(entries)), link_text(LINK)
    for name, link in {
        "link in lower case with a full stop behind it": text.lower() + ".",
        "link with hyphens, O for 0 and l for 1": "-".join(
            text.replace("0", "O").replace("1", "l")[i : i + 6] for i in range(0, 36, 6)
        ),
    }.items():
        vectors.append(vector(name, "good", file, link, entries=shown))
    return vectors


def bad_links() -> list[Vector]:
    file, text = sealed(zipped(report(300))), link_text(LINK)
    swapped = text[:4] + ("7" if text[4] != "7" else "8") + text[5:]
    nolink = sealed(zipped(report(300)), header(link_check=None), None)
    other = link_text(bytes(20))
    return [
        vector("link cut off by one", "LinkCutOff", file, text[:-1]),
        vector("link lost", "LinkCutOff", file, ""),
        vector("no link for a file that needs one", "LinkNotForFile", file, None),
        vector("link with one character changed", "LinkMistyped", file, swapped),
        vector("link with a letter that is none of them", "LinkMistyped", file, text[:9] + "U" + text[10:]),
        vector("link with a character too many", "LinkMistyped", file, text + "0"),
        vector("link of another file", "LinkNotForFile", file, other),
        vector("link for a file that has none", "LinkNotForFile", nolink, text),
    ]


def bad_container() -> list[Vector]:
    base = "three chunks"
    front = 12 + len(header())
    length = len(sealed(zipped(report(20_000, 13_000))))
    chunk, first = 16_400, front + 56
    cut = {f"cut at {at}": at for at in
           (0, 7, 8, 11, 12, front - 1, front, front + 24, first, first + 15, first + chunk,
            first + 2 * chunk, first + 2 * chunk + 15, length - 1)}  # fmt: skip
    vectors = [
        edited(name, "NotSealed" if at < first + 16 else "WrongKeyOrDamaged", base, (at, length - at, b""))
        for name, at in cut.items()
    ]
    regions = {"salt": front, "commitment": front + 30, "first chunk": first, "its tag": first + chunk - 1,
               "middle chunk": first + chunk + 9, "last tag": length - 1}  # fmt: skip
    raw = base64.b64decode(next(v["file"] for v in GOOD if v["name"] == base))
    for name, at in regions.items():
        flipped = bytes([raw[at] ^ 1])
        vectors.append(edited(f"one bit in the {name}", "WrongKeyOrDamaged", base, (at, 1, flipped)))
    second = raw[first + chunk : first + 2 * chunk]
    vectors += [
        edited("first two chunks swapped", "WrongKeyOrDamaged", base,
               (first, 2 * chunk, second + raw[first : first + chunk])),
        edited("first chunk twice", "WrongKeyOrDamaged", base, (first, 0, raw[first : first + chunk])),
        edited("first chunk left out", "WrongKeyOrDamaged", base, (first, chunk, b"")),
        edited("a byte behind the end", "WrongKeyOrDamaged", base, (length, 0, b"\0")),
        edited("other server share", "WrongKeyOrDamaged", base, server_share=bytes(32).hex()),
        edited("another letter in the key server's name", "WrongKeyOrDamaged", base,
               (raw.index(b"keys."), 1, b"k" if raw[raw.index(b"keys.")] != 107 else b"m")),
        edited("magic of version 2", "NotSealed", base, (7, 1, b"2")),
        edited("header length zero", "NotSealed", base, (8, 4, bytes(4))),
        edited("header length 4097", "NotSealed", base, (8, 4, struct.pack(">I", 4097))),
        edited("a ZIP in the clear", "NotSealed", base, (0, 12, b"PK\3\4" + bytes(8))),
    ]  # fmt: skip
    return vectors


def bad_headers() -> list[Vector]:
    plain = zipped(report(90))
    key_id, one = base32(KEY_ID, 26), header()
    heads = {
        "white space in the header": one.replace(b":", b": ", 1),
        "header fields in another order": json.dumps(
            dict(reversed(json.loads(one).items())), separators=(",", ":")
        ).encode(),
        "header field twice": one[:-1] + b',"link_check":null}',
        "header with an escaped letter": one.replace(b"created", b"\\u0063reated"),
        "unknown header field": header(note="hello"),
        "header field missing": header(created="absent"),
        "header not an object": b'["created"]',
        "header not UTF-8": one.replace(b"keys.example", b"keys\xff.example"),
        "key id in lower case": header(key_id=key_id.lower()),
        "key id too large": header(key_id="8" + key_id[1:]),
        "key id a number": header(key_id=7),
        "key server without encryption": header(key_server="http://keys.example.org"),
        "key server with a closing slash": header(key_server="https://keys.example.org/"),
        "key server in capitals": header(key_server="https://Keys.example.org"),
        "key server with a user": header(key_server="https://a@keys.example.org"),
        "key server with the usual port": header(key_server="https://keys.example.org:443"),
        "created on a day that is none": header(created="2026-02-30T09:30:00Z"),
        "created with an offset": header(created="2026-11-21T09:30:00+00:00"),
        "link check in capitals": header(link_check="AB" * 16),
        "link check too short": header(link_check="ab" * 15),
    }
    vectors = [vector(name, "NotSealed", sealed(plain, head)) for name, head in heads.items()]
    downgrade = header(link_check=None)
    return [*vectors, vector("downgraded to no link share", "WrongKeyOrDamaged",
                             sealed(plain, downgrade), None)]  # fmt: skip


def bad_reports() -> list[Vector]:
    entries = report(90, 80)
    xml = next(data for name, data in entries if name == "report.xml")
    lies: dict[str, dict[str, Any]] = {
        "bytes before the first entry": {"prefix": b"GIF89a"},
        "a gap between entries": {"gap": b"\0"},
        "size that lies": {"size_off": 1},
        "checksum wrong": {"crc_off": 1},
        "compressed by name": {"method": 8},
        "data descriptor flag": {"flags": 8},
        "extra field": {"extra": b"\1\2\0\0"},
        "a time": {"time": 1},
        "directory and entry differ": {"local_off": True},
        "external attributes": {"attributes": 0x41ED0000},
        "comment": {"comment": b"hello"},
        "one entry too few counted": {"count_off": -1},
    }
    made = {name: zipped(entries, **lie) for name, lie in lies.items()}
    one, two = zipped(report(90)), zipped(report(80))
    made |= {
        "two ZIPs behind one another": one + two,
        "empty plaintext": b"",
        "not a ZIP": b"%PDF-1.7 hello",
        "no entries": zipped([]),
        "entries out of order": zipped(entries[::-1]),
        "a name twice": zipped([entries[0], *entries]),
        "no photo": zipped([("report.xml", xml)]),
        "no report.xml": zipped(entries[:2]),
        "photo number left out": zipped([entries[0], photo(3, 50), entries[2]]),
        "photo number zero": zipped([photo(0, 50), *entries]),
        "a thumbnail without its photo": zipped([*entries, ("thumbs/003.jpg", b"\xff\xd8\xff")]),
        "an SVG": zipped(sorted([*entries, ("photos/003.svg", b"<svg/>")])),
        "a path out of the folder": zipped([("../001.jpg", b"\xff\xd8\xff"), *entries]),
        "a photo that is a web page": zipped([("photos/001.jpg", b"<html>"), *entries[1:]]),
        "document type in report.xml": zipped(
            [*entries[:2], ("report.xml", xml.replace(b"\n<report", b"\n<!DOCTYPE report>\n<report"))]
        ),
        "report.xml lists another photo": zipped([*entries[:2], ("report.xml", xml.replace(b"002.jpg", b"003.jpg"))]),
        "no patient": zipped([*entries[:2], ("report.xml", xml.replace(b"MRN 0042-17", b""))]),
        "report.xml cut off": zipped([*entries[:2], ("report.xml", xml[:-9])]),
        "report.xml of another namespace": zipped(
            [*entries[:2], ("report.xml", xml.replace(b"report:1", b"report:2"))]
        ),
    }
    return [vector(name, "BadReport", sealed(plain)) for name, plain in made.items()]


GOOD = good()
if __name__ == "__main__":
    rows = GOOD + bad_links() + bad_container() + bad_headers() + bad_reports()
    rows.sort(key=lambda row: row["verdict"] != "good")
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    sys.stdout.write(f"[\n{lines}\n]\n")
