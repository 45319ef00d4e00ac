"""report.xml in shapes that FORMAT.md section 5 does not allow; imports nothing of ours."""

from .zips import XML, xml

GOOD = xml(["photos/001.jpg"])
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
BOMB = f'<!DOCTYPE report [<!ENTITY l0 "ha">{LAUGHS}]>\n<report'
# Put in place of the first text that is found: each pair makes one bad report.xml.
EDITS: dict[str, tuple[str, str]] = {
    "a document type": ("<report", "<!DOCTYPE report>\n<report"),
    "an entity bomb": ("<report", BOMB),
    "an entity from elsewhere": (
        "<report",
        '<!DOCTYPE report [<!ENTITY e SYSTEM "https://keys.example.org/">]>\n<report',
    ),
    "an unknown entity": ("Excise?", "&hello;"),
    "a web page's entity": ("Excise?", "&nbsp;"),
    "a comment inside": ("<notes>", "<!-- hello -->\n  <notes>"),
    "a comment at the end": ("</report>", "</report><!-- hello -->"),
    "a character section": ("Excise?", "<![CDATA[Excise?]]>"),
    "a processing instruction": ("<notes>", "<?php hello ?>\n  <notes>"),
    "a style sheet": ("<report", '<?xml-stylesheet href="a.xsl"?>\n<report'),
    "a second declaration": ("<report", '<?xml version="1.0"?>\n<report'),
    "no declaration": ('<?xml version="1.0" encoding="UTF-8"?>\n', ""),
    "another version": ('version="1.0"', 'version="1.1"'),
    "another encoding by its own word": ("UTF-8", "ISO-8859-1"),
    "a byte order mark": ("<?xml", "\ufeff<?xml"),
    "another namespace": ("report:1", "report:2"),
    "no namespace": (' xmlns="urn:safelight:report:1"', ""),
    "another root": ("report xmlns", "r:report xmlns"),
    "an unknown element": ("<notes>", "<phone>1</phone>\n  <notes>"),
    "an element of another namespace": ("<notes>", '<notes xmlns="urn:other">'),
    "an unknown element at the end": ("</report>", "<phone/></report>"),
    "an unknown attribute": ("<patient ", '<patient name="Jane" '),
    "an attribute of XML's own": ("<notes>", '<notes xml:lang="en">'),
    "an attribute twice": ("<patient ", '<patient id="7" '),
    "an element within the question": ("Excise?", "Excise? <b>No!</b> Keep."),
    "a question within the question": ("Excise?", "Excise? <question>No!</question>"),
    "an element within the patient": ('42-17"/>', '42-17"><b/></patient>'),
    "an element within a photo": ('height="6"/>', 'height="6"><b/></photo>'),
    "text between the elements": ("<notes>", "hello <notes>"),
    "text within the patient": ('42-17"/>', '42-17">Jane</patient>'),
    "no question at all": ("<question>Excise?</question>", ""),
    "two questions": ("<notes>", "<question/><notes>"),
    "notes before the question": ("<question>", "<notes/><question>"),
    "no sender": ('<sender name="Dr Ada Lovelace"/>', ""),
    "no patient": ('<patient id="MRN 0042-17"/>', ""),
    "an empty patient id": ("MRN 0042-17", ""),
    "a patient id of spaces": ("MRN 0042-17", " &#160; "),
    "a patient id of 201 characters": ("MRN 0042-17", "7" * 201),
    "a patient without an id": (' id="MRN 0042-17"', ""),
    "a sender's name of 201 characters": ("Dr Ada Lovelace", "A" * 201),
    "a zero character": ("Excise?", "&#0;"),
    "a control character": ("Excise?", "\x1b[31m"),
    "a control character as a number": ("Excise?", "&#27;"),
    "a carriage return as a number": ("Excise?", "&#13;"),
    "half a character as a number": ("Excise?", "&#xD800;"),
    "a character that is none": ("Excise?", "\ufffe"),
    "an angle bracket in the patient id": ("MRN 0042-17", "<7"),
    "a bare ampersand": ("Excise?", "R&D"),
    "created on a day that is none": ("2026-11-21T", "2026-02-30T"),
    "created at a minute that is none": ("09:30:00Z", "09:60:00Z"),
    "created in a leap second": ("09:30:00Z", "23:59:60Z"),
    "created with an offset": ("09:30:00Z", "09:30:00+00:00"),
    "created with fractions": ("09:30:00Z", "09:30:00.0Z"),
    "created in Arabic digits": ("2026-", "٢٠٢٦-"),
    "no time of creation": (' created="2026-11-21T09:30:00Z"', ""),
    "another photo": ("photos/001.jpg", "photos/002.jpg"),
    "no photo listed": ('<photo file="photos/001.jpg" width="8" height="6"/>', ""),
    "a photo listed twice": ("</report>", '<photo file="photos/001.jpg" width="8" height="6"/></report>'),
    "a photo of no width": ('width="8"', 'width="0"'),
    "a photo without a width": (' width="8"', ""),
    "a photo of less than nothing": ('width="8" height="6"', 'width="-8" height="-6"'),
    "a width with a sign": ('width="8"', 'width="+8"'),
    "a width with a zero in front": ('width="8"', 'width="08"'),
    "a width with an underscore": ('width="8"', 'width="1_0"'),
    "a width with a space": ('width="8"', 'width=" 8"'),
    "a width with a fraction": ('width="8"', 'width="8.0"'),
    "a width in Arabic digits": ('width="8"', 'width="٨"'),
    "a width of 5,000 digits": ('width="8"', f'width="{"9" * 5000}"'),
    "more than 200 million pixels": ('width="8" height="6"', 'width="20000" height="10001"'),
    "a photo of a day that is none": ('width="8"', 'taken="2026-02-30T09:12:30" width="8"'),
    "a photo's time with a zone": ('width="8"', 'taken="2026-11-21T09:12:30Z" width="8"'),
    "a photo's time with fractions": ('width="8"', 'taken="2026-11-21T09:12:30.5" width="8"'),
    "a photo's time without a text": ('width="8"', 'taken="" width="8"'),
    "a time of another element": ("<notes>", '<notes taken="2026-11-21T09:12:30">'),
    "an end that does not fit": ("</report>", "</reports>"),
    "a second root": ("</report>", "</report><report/>"),
    "text behind the end": ("</report>", "</report>hello"),
    "the end cut off": ("</report>\n", ""),
}


def bad_xml() -> dict[str, bytes]:
    """Each report.xml that belongs to one photo, photos/001.jpg, by the vector's name."""
    text = GOOD.decode()
    for old, _new in EDITS.values():
        assert old in text, old
    made = {f"report.xml: {name}": text.replace(old, new, 1).encode() for name, (old, new) in EDITS.items()}
    return made | {
        "report.xml: empty": b"",
        "report.xml: the declaration only": XML.splitlines()[0].encode() + b"\n",
        "report.xml: a zero byte behind the end": GOOD + b"\0",
        "report.xml: UTF-16": text.encode("utf-16"),
        "report.xml: Latin-1": text.replace("Excise", "Excisé").encode("latin-1"),
        "report.xml: half a character": text.encode().replace(b"Excise", b"\xed\xa0\x80"),
        "report.xml: an overlong character": text.encode().replace(b"Excise", b"\xc0\xbc"),
        "report.xml: 300 elements deep": text.replace("Excise?", "<a>" * 300 + "</a>" * 300).encode(),
    }
