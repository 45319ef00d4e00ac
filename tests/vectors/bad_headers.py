"""Headers and links that FORMAT.md sections 2 and 6 do not allow; imports nothing of ours."""

import json

from .seal import KEY_ID, LINK, Vector, base32, header, link_text, sealed, vector
from .zips import report, zipped

ONE = header()
ID = base32(KEY_ID, 26)
FIELDS = json.loads(ONE)
BACKWARDS = dict(reversed(FIELDS.items()))
HEADS = {
    "white space in the header": ONE.replace(b":", b": ", 1),
    "a line end behind the header": ONE + b"\n",
    "a byte order mark before the header": b"\xef\xbb\xbf" + ONE,
    "a zero byte behind the header": ONE + b"\0",
    "header fields in another order": json.dumps(BACKWARDS, separators=(",", ":")).encode(),
    "header field twice": ONE[:-1] + b',"link_check":null}',
    "header field twice, the same": ONE.replace(b"{", b'{"created":"2026-11-21T09:30:00Z",'),
    "header with an escaped letter": ONE.replace(b"created", b"\\u0063reated"),
    "header with an escaped slash": ONE.replace(b"//", b"\\/\\/"),
    "header with a comma too many": ONE[:-1] + b",}",
    "unknown header field": header(note="hello"),
    "unknown header field of numbers": header(alg=1.5),
    "header field missing": header(created=...),
    "link check missing": header(link_check=...),
    "header of nothing": b"{}",
    "header not an object": b'["created"]',
    "header a number": b"7",
    "header null": b"null",
    "header not JSON": b"created",
    "header in UTF-16": ONE.decode().encode("utf-16"),
    "header not UTF-8": ONE.replace(b"keys.example", b"keys\xff.example"),
    "half a character in the header": header(note="x").replace(b'"x"', b'"\\ud800"'),
    "header of lists in lists": b"[" * 4096,
    "header of objects in objects": b'{"a":' * 800,
    "header of lists, all closed": b"[" * 2000 + b"]" * 2000,
    "a number of 4,000 digits": header(created=0).replace(b"0", b"9" * 3800, 1),
    "header of 4097 bytes": header(note="x" * (4097 - len(header(note="")))),
    "a field as an object": header(key_server={"url": "https://keys.example.org"}),
}
FIELD_LIES = {
    "key_id": {
        "in lower case": ID.lower(),
        "too large": "8" + ID[1:],
        "a number": 7,
        "null": None,
        "too short": ID[1:],
        "too long": "0" + ID,
        "with a letter that is none of them": ID[:-1] + "U",
        "with a line end": ID + "\n",
        "with a path": "../" + ID[3:],
    },
    "key_server": {
        "without encryption": "http://keys.example.org",
        "of another scheme": "javascript://keys.example.org",
        "without a scheme": "//keys.example.org",
        "without a host": "https://",
        "with a closing slash": "https://keys.example.org/",
        "in capitals": "https://Keys.example.org",
        "with a user": "https://a@keys.example.org",
        "with the usual port": "https://keys.example.org:443",
        "with a port that is none": "https://keys.example.org:65536",
        "with port zero": "https://keys.example.org:0",
        "with a zero before the port": "https://keys.example.org:08443",
        "with a query": "https://keys.example.org?a=1",
        "with a fragment": "https://keys.example.org#a",
        "with a backslash": "https://keys.example.org\\a",
        "with a way back": "https://keys.example.org/a/../b",
        "with two slashes": "https://keys.example.org//a",
        "with a space": "https://keys.example.org/a b",
        "with a line end": "https://keys.example.org\n",
        "with letters outside ASCII": "https://kéys.example.org",
        "with a look-alike letter": "https://k\u0435ys.example.org",
        "with two dots": "https://keys..example.org",
        "that only begins as this machine": "http://localhost.example.org",
        "of another local address": "http://127.0.0.2",
        "of 201 characters": "https://keys.example.org/" + "a" * 176,
        "a list": ["https://keys.example.org"],
    },
    "created": {
        "on a day that is none": "2026-02-30T09:30:00Z",
        "in a month that is none": "2026-13-01T09:30:00Z",
        "in the year zero": "0000-01-01T00:00:00Z",
        "in a leap second": "2026-12-31T23:59:60Z",
        "at an hour that is none": "2026-11-21T24:00:00Z",
        "with an offset": "2026-11-21T09:30:00+00:00",
        "with fractions": "2026-11-21T09:30:00.0Z",
        "in lower case": "2026-11-21t09:30:00z",
        "with a space": "2026-11-21 09:30:00Z",
        "with one digit": "2026-11-21T9:30:00Z",
        "with a line end": "2026-11-21T09:30:00Z\n",
        "in Arabic digits": "\u0662\u0660\u0662\u0666-11-21T09:30:00Z",
        "a number": 1_795_253_400,
        "null": None,
    },
    "link_check": {
        "in capitals": "AB" * 16,
        "too short": "ab" * 15,
        "too long": "ab" * 17,
        "empty": "",
        "with a line end": "ab" * 16 + "\n",
        "false": False,
        "a number": 0,
    },
}


def bad_headers() -> list[Vector]:
    plain = zipped(report(40))
    heads = HEADS | {
        f"{field} {how}": header(**{field: value}) for field, lies in FIELD_LIES.items() for how, value in lies.items()
    }
    return [vector(name, "NotSealed", sealed(plain, head)) for name, head in heads.items()]


def bad_links() -> list[Vector]:
    plain, text = zipped(report(40)), link_text(LINK)
    file, nolink = sealed(plain), sealed(plain, header(link_check=None), None)
    swapped = text[:4] + ("7" if text[4] != "7" else "8") + text[5:]
    at = next(i for i, letter in enumerate(text) if letter == "S")
    return [
        vector("link cut off by one", "LinkCutOff", file, link=text[:-1]),
        vector("link cut off, with a dot", "LinkCutOff", file, link=text[:-1] + "."),
        vector("link lost", "LinkCutOff", file, link=""),
        vector("link of white space", "LinkCutOff", file, link=" \n" * 40),
        vector("link with one character changed", "LinkMistyped", file, link=swapped),
        vector("link with two characters swapped", "LinkMistyped", file, link=text[1] + text[0] + text[2:]),
        vector("link with a letter that is none of them", "LinkMistyped", file, link=text[:9] + "U" + text[10:]),
        vector("link with a look-alike letter", "LinkMistyped", file, link=text.replace("C", "\u0421", 1)),
        vector("link with a long s", "LinkMistyped", file, link=text[:at] + "\u017f" + text[at + 1 :]),
        vector("link with a fullwidth digit", "LinkMistyped", file, link=text.replace("5", "\uff15", 1)),
        vector("link with a character too many", "LinkMistyped", file, link=text + "0"),
        vector("link with a character too many in front", "LinkMistyped", file, link="0" + text),
        vector("link twice", "LinkMistyped", file, link=text + text),
        vector("no link for a file that needs one", "LinkNotForFile", file, link=None),
        vector("link of another file", "LinkNotForFile", file, link=link_text(bytes(20))),
        vector("link for a file that has none", "LinkNotForFile", nolink),
    ]
