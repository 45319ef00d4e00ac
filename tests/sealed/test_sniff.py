"""A picture's size by its own word: as Pillow has it, for every kind; refused where a decoder could find another."""

import io
import struct

import pytest
from PIL import Image

from sealed import sniff
from sealed.errors import BadReport

SIZE = (70, 40)


def made(kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", SIZE, "teal").save(written, kind, **options)
    return written.getvalue()


JPEG = made("JPEG")
GOOD = {
    "JPEG": JPEG,
    "progressive JPEG": made("JPEG", progressive=True),
    "JPEG with a long profile": made("JPEG", icc_profile=bytes(200_000)),
    "JPEG with fill bytes": JPEG[:2] + b"\xff\xff" + JPEG[2:],
    "PNG": made("PNG"),
    "WebP, lossy": made("WEBP"),
    "WebP, lossless": made("WEBP", lossless=True),
    "WebP, extended": made("WEBP", icc_profile=bytes(200)),
}


def resized(data: bytes, width: int, height: int) -> bytes:
    """A JPEG that claims another size."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


HUGE = resized(JPEG, 9_000, 9_000)
FRAME = JPEG[JPEG.index(b"\xff\xc0") :]  # from its size on
# Decoders skip to the next marker where ours would go on behind a segment of this length, and find the second size.
HIDDEN = HUGE[: HUGE.index(b"\xff\xc0")] + b"\xff\x00\x00\x20" + HUGE[HUGE.index(b"\xff\xc0") :][:30] + FRAME
BAD = {
    "nothing": b"",
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg" width="70" height="40"/>',
    "a web page": b"<!doctype html><script>alert(1)</script>",
    "a web page behind a JPEG's first bytes": b"\xff\xd8\xff<!doctype html>",
    "a GIF": b"GIF89a" + struct.pack("<HH", *SIZE) + bytes(20),
    "a JPEG that is cut off before its size": JPEG[: JPEG.index(b"\xff\xc0")],
    "a JPEG of nothing but its end": b"\xff\xd8\xff\xd9",
    "a PNG that is cut off": made("PNG")[:20],
    "a PNG that begins with another chunk": made("PNG").replace(b"IHDR", b"tEXt"),
    "a WebP of an unknown kind": made("WEBP").replace(b"VP8 ", b"VP9 "),
    "a sound file": b"RIFF\x40\0\0\0WAVEfmt " + bytes(20),
    "a JPEG with two sizes": HIDDEN,
    "a JPEG with a segment of no length": JPEG[:2] + b"\xff\xe1\0\0" + JPEG[2:],
}


@pytest.mark.parametrize("name", GOOD)
def test_every_kind_has_its_size(name: str) -> None:
    assert sniff.size(GOOD[name]) == SIZE
    sniff.check(GOOD[name][: sniff.ENOUGH], *SIZE)
    sniff.check_small(GOOD[name])
    with Image.open(io.BytesIO(GOOD[name])) as image:
        assert image.size == SIZE, "control: Pillow says so, too"


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_such_picture_is_refused(name: str) -> None:
    with pytest.raises(BadReport):
        sniff.size(BAD[name])


def test_another_size_than_the_details_say_is_refused() -> None:
    assert sniff.size(HUGE) == (9_000, 9_000)
    with pytest.raises(BadReport):
        sniff.check(HUGE, *SIZE)
    with pytest.raises(BadReport):
        sniff.check_small(resized(JPEG, sniff.SMALL_SIDE + 1, 10))
    sniff.check_small(resized(JPEG, sniff.SMALL_SIDE, 10))


def test_control_decoders_find_the_other_size() -> None:
    """Without the refusal the small size would be believed, and the large one drawn."""
    with Image.open(io.BytesIO(HIDDEN)) as image:
        assert image.size == (9_000, 9_000)
    blind = HIDDEN.replace(b"\xff\x00\x00\x20", b"\xff\xe1\x00\x20")
    assert sniff.size(blind) == SIZE
