"""The text and byte forms around the body: base32, canonical JSON, archive, report.xml."""

import io
import os
import zipfile

import pytest

from sealed import archive, base32, canonical, report
from sealed.errors import BadReport, LinkCutOff, LinkMistyped
from sealed.header import is_base_url, is_time

JPEG = b"\xff\xd8\xff" + bytes(60)


def test_a_link_share_comes_back_from_its_text() -> None:
    for _ in range(200):
        share = os.urandom(20)
        assert base32.read_link_text(base32.link_text(share)) == share


def test_every_single_slip_in_a_link_is_found() -> None:
    text = base32.link_text(bytes(range(20)))
    for at, right in enumerate(text):
        for wrong in base32.ALPHABET.replace(right, ""):
            with pytest.raises(LinkMistyped):
                base32.read_link_text(text[:at] + wrong + text[at + 1 :])
        with pytest.raises(LinkCutOff):
            base32.read_link_text(text[:at])


@pytest.mark.parametrize("around", ["{}.", "{})", "{}\n", " {} ", "{}…", "{}&utm=1".replace("utm=1", "")])
def test_what_message_programs_hang_on_is_dropped(around: str) -> None:
    share = bytes(range(20))
    assert base32.read_link_text(around.format(base32.link_text(share))) == share


def test_ids() -> None:
    assert base32.encode_id(bytes(16)) == "0" * 26 and base32.encode_id(b"\xff" * 16) == "7" + "Z" * 25
    assert base32.is_id("7" + "Z" * 25)
    for wrong in ("8" + "0" * 25, "0" * 25, "0" * 27, "i" + "0" * 25, "0" * 25 + "\n", 7, None):
        assert not base32.is_id(wrong)


# RFC 8785, appendix and section 3.2: what of it our documents can hold.
@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, "é"]}, '{"a":[true,null,"é"],"b":1}'),
        ('\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        (-(2**53 - 1), "-9007199254740991"),
    ],
)
def test_canonical_json(value: object, written: str) -> None:
    assert canonical.dumps(value) == written.encode()
    assert canonical.loads(written.encode()) == value


@pytest.mark.parametrize("text", ["", "A", '"\\\n\u20ac', "\x00\x7f", canonical.hole(0), canonical.hole(1), "1"])
def test_a_form_is_filled_as_if_it_had_been_written_whole(text: str) -> None:
    def document(first: str, second: str) -> object:
        return {"b": [first, 7, f"at {second}", first], "a": {"0": second}, "c": "0"}

    form = canonical.Form(document(canonical.hole(0), canonical.hole(1)))
    for texts in ((text, "other"), ("other", text), (text, text)):
        assert form.fill(texts) == canonical.dumps(document(*texts))
        assert form.fill(reversed(texts)) != canonical.dumps(document(*texts)) or texts[0] == texts[1], "control"


def test_what_has_no_one_form_has_no_form_to_fill() -> None:
    with pytest.raises(ValueError, match="no place for float"):
        canonical.Form({"a": canonical.hole(0), "b": 1.5})
    with pytest.raises(UnicodeEncodeError):
        canonical.Form({"a": canonical.hole(0)}).fill(["\ud800"])


@pytest.mark.parametrize("value", [1.5, 2**53, {"é": 1}, {1: 2}, "\ud800", {"a": object()}])
def test_what_has_no_one_form_is_not_written(value: object) -> None:
    with pytest.raises(ValueError):
        canonical.dumps(value)


@pytest.mark.parametrize(
    "text", ['{"a": 1}', '{"b":1,"a":1}', "1.0", "1e3", "NaN", '"\\u0041"', "[1,]", '{"a":1,"a":1}']
)
def test_another_form_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        canonical.loads(text.encode())


def details(count: int) -> report.Details:
    photos = tuple(report.Photo(f"photos/{n:03}.jpg", 8, 6) for n in range(1, count + 1))
    return report.Details("2026-11-21T09:30:00Z", "MRN 7", "Dr Ada", "Excise?", "<&>\n\"'", photos)


def packed(count: int = 2) -> bytes:
    files = [(photo.name, JPEG + bytes([n])) for n, photo in enumerate(details(count).photos)]
    return b"".join(archive.pack([*files, ("report.xml", report.write(details(count)))]))


def test_any_unzip_reads_the_archive_and_so_do_we() -> None:
    data = packed()
    start = archive.directory_start(data[-64:], len(data))
    entries = archive.read_directory(data[start:], start)
    ours = {entry.name: entry.read(data[entry.start : entry.end]) for entry in entries}
    with zipfile.ZipFile(io.BytesIO(data)) as theirs:
        assert theirs.testzip() is None
        assert ours == {name: theirs.read(name) for name in theirs.namelist()}
    assert report.read(ours["report.xml"], list(ours)[:2]) == details(2)


def read_all(data: bytes) -> None:
    start = archive.directory_start(data[-64:], len(data))
    entries = archive.read_directory(data[start:], start)
    contents = {entry.name: entry.read(data[entry.start : entry.end]) for entry in entries}
    report.read(contents["report.xml"], [name for name in contents if name.startswith("photos/")])


def test_every_changed_byte_of_an_archive_is_refused() -> None:
    """No byte is left free: there is one archive for the same files."""
    data = packed()
    read_all(data)
    for at in range(len(data)):
        with pytest.raises(BadReport):
            read_all(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    for at in range(len(data)):
        with pytest.raises(BadReport):
            read_all(data[:at])


@pytest.mark.parametrize(
    "names",
    [
        ["photos/001.jpg"],
        ["report.xml"],
        ["photos/001.jpg", "photos/003.jpg", "report.xml"],
        ["photos/002.jpg", "photos/001.jpg", "report.xml"],
        ["photos/001.jpg", "photos/001.png", "report.xml"],
        ["photos/001.jpg", "photos/001.jpg", "report.xml"],
        ["photos/001.svg", "report.xml"],
        ["/photos/001.jpg", "report.xml"],
        ["photos/001.jpg", "report.xml", "thumbs/002.jpg"],
    ],
)
def test_other_archives_are_not_written(names: list[str]) -> None:
    contents = {"jpg": JPEG, "png": b"\x89PNG\r\n\x1a\n", "svg": JPEG, "xml": b""}
    with pytest.raises((BadReport, KeyError)):
        b"".join(archive.pack((name, contents[name[-3:]]) for name in names))


@pytest.mark.parametrize(
    "change", [{"patient": " "}, {"patient": "a\x00"}, {"notes": "x" * 10_001}, {"created": "now"}]
)
def test_details_that_cannot_be_kept_are_refused(change: dict[str, str]) -> None:
    fields = {
        name: getattr(details(1), name) for name in ("created", "patient", "sender", "question", "notes", "photos")
    }
    with pytest.raises(BadReport):
        report.Details(**(fields | change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "https://a",
        "https://keys.example.org:8443/base/v2",
        "http://localhost:8080",
        "http://127.0.0.1",
        "https://xn--mller-kva.example",
    ],
)
def test_base_urls(url: str) -> None:
    assert is_base_url(url)


@pytest.mark.parametrize(
    "url",
    ["", "https://", "https://a/", "https://A", "http://a", "https://a:443", "https://a:0", "https://a?b", "https://a#b",
     "https://a/../b", "https://a//b", "https://u@a", "https://a\n", "https://a b", "ftp://a", "https://-a", "http://localhost:80"],
)  # fmt: skip
def test_what_is_no_base_url(url: str) -> None:
    assert not is_base_url(url)


@pytest.mark.parametrize(
    "text", ["2026-02-30T00:00:00Z", "2026-11-21 09:30:00Z", "2026-11-21T09:30:00", "2026-11-21T9:30:00Z", 5]
)
def test_what_is_no_time(text: object) -> None:
    assert not is_time(text)
