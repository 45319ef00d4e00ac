"""Good plaintexts, small enough to be sealed into container.json; imports nothing of ours."""

from .zips import CREATED, Entry, content, photo, report, report_of, thumb, xml

CHUNK = 16_384
SCRIPTS = "Ünïcødé, 左前臂, الساعد الأيسر, предплечье, हाथ, e\u0301, \U0001f9d1\u200d⚕️, \u202e"


def mixed() -> list[Entry]:
    photos = [photo(1, 70, "webp"), photo(2, 60), photo(3, 90, "png")]
    return [*photos, ("report.xml", xml([name for name, _ in photos]))]


def with_xml(text: bytes) -> list[Entry]:
    return [photo(1, 9), ("report.xml", text)]


SITE = b'<site name="left forearm, front"/>'
SIGNED = b'<consent by="patient" how="signed" signature="0,0 10,999;1000,1000"/>'


def after_notes(plain: bytes, more: bytes) -> list[Entry]:
    """A report whose details say more behind the notes."""
    return with_xml(plain.replace(b"</notes>", b"</notes>" + more))


def good_reports() -> dict[str, list[Entry]]:
    """Each report's entries, by the vector's name."""
    plain = xml(["photos/001.jpg"])
    twelve = report(*[40] * 12, thumbs=True)
    return {
        "one small photo": report(400),
        "two photos with thumbnails": report(500, 700, thumbs=True),
        "three chunks": report(20_000, 13_000),
        "plaintext of exactly two chunks": report_of(2 * CHUNK),
        "plaintext of one chunk less one byte": report_of(CHUNK - 1),
        "plaintext of exactly one chunk": report_of(CHUNK),
        "plaintext of one chunk and one byte": report_of(CHUNK + 1),
        "a patient id with accents and an ampersand": report(90, patient="Müller &amp; Søn 0042"),
        "a patient id of 200 characters": report(60, patient="é" * 200),
        "with a pdf": sorted([*report(300), ("report.pdf", b"%PDF-1.7\n%%EOF\n")]),
        "the smallest photo": report(3),
        "a png": [photo(1, 80, "png"), ("report.xml", xml(["photos/001.png"]))],
        "a webp": [photo(1, 80, "webp"), ("report.xml", xml(["photos/001.webp"]))],
        "three kinds of photos": mixed(),
        "twelve photos with thumbnails": twelve,
        "a thumbnail for the second photo only": [*report(50, 60), thumb(2)],
        "no question": with_xml(plain.replace(b"Excise?", b"")),
        "no question, in the short form": with_xml(plain.replace(b"<question>Excise?</question>", b"<question/>")),
        "question and notes in many scripts": report(60, question=SCRIPTS, notes=SCRIPTS),
        "lines, tabs and quotes in the notes": report(60, notes="one\n\ttwo \"three\" 'four' ]]&gt; &lt;five/&gt;"),
        "letters as numbers": report(60, question="Exci&#115;e &#x1F9D1;?"),
        "report.xml on one line": with_xml(plain.replace(b"\n  ", b"").replace(b">\n</", b"></")),
        "a photo of 200 million pixels": with_xml(
            plain.replace(b'width="8" height="6"', b'width="20000" height="10000"')
        ),
        "a photo that says when it was taken": with_xml(
            plain.replace(b'height="6"', b'height="6" taken="2026-11-21T09:12:30"')
        ),
        "a body site": after_notes(plain, SITE),
        "a spoken consent": after_notes(plain, b'<consent by="guardian" how="spoken"/>'),
        "a body site and a signed consent": after_notes(plain, SITE + SIGNED),
        "a photo that holds a ZIP": [
            ("photos/001.jpg", content("jpg", 9) + b"PK\5\6" + bytes(18) + b"PK\3\4"),
            ("report.xml", plain),
        ],
        "a report of the year 999": with_xml(plain.replace(CREATED.encode(), b"0999-02-28T00:00:00Z")),
    }
