"""What is not a whole, sound photo is refused, with a sentence that says why."""

import pytest

from sealed.errors import PhotoRefused
from sealed.jpeg import strip_jpeg
from tests.sealed import photos
from tests.sealed.photos import join, renamed, segment, split, with_part, without

SOUND = photos.jpeg()
RESTARTS = photos.jpeg(photos.drawing("L", (64, 64)), restart_marker_blocks=4)
PROGRESSIVE = photos.jpeg(progressive=True)


def first(part: bytes) -> bytes:
    """A sound photo with `part` ahead of everything else."""
    return SOUND[:2] + part + SOUND[2:]


def _many_scans(bands: int) -> bytes:
    """A grey progressive picture, each band of one coefficient sent in two scans."""
    segments, rest = split(photos.jpeg(photos.drawing("L"), progressive=True))
    data = rest[: rest.index(b"\xff\xc4")]
    table = segment(0xC4, b"\x10\1" + bytes(15) + b"\0")
    passes = [(band, bits) for bits in (0x01, 0x10) for band in range(1, bands + 1)]
    scans = [segment(0xDA, bytes((1, 1, 0, band, band, bits))) + b"\0" for band, bits in passes]
    return join(segments, data) + table + b"".join(scans) + b"\xff\xd9"


def test_as_many_scans_as_allowed() -> None:
    """Control for the refusal of too many."""
    assert strip_jpeg(_many_scans(49)).removed == ()


def _scan_twice(data: bytes) -> bytes:
    at = data.index(b"\xff\xda")
    return data[:-2] + data[at:]


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not a JPEG photo"),
    "text": (b"hello", "not a JPEG photo"),
    "only SOI": (b"\xff\xd8", "cut off"),
    "no EOI": (SOUND[:-2], "cut off"),
    "half": (SOUND[: len(SOUND) // 2], "cut off"),
    "segment too long": (b"\xff\xd8\xff\xe1\xff\xff" + SOUND[2:], "cut off"),
    "segment too short": (b"\xff\xd8\xff\xe1\0\1" + SOUND[2:], "has no length"),
    "no scan, no frame": (b"\xff\xd8\xff\xd9", "no picture in it"),
    "no scan": (SOUND[: SOUND.index(b"\xff\xda")] + b"\xff\xd9", "cut off"),
    "no frame": (without(SOUND, 0xC0), "before its header"),
    "two frames": (SOUND[:2] + segment(*split(SOUND)[0][-6]) + SOUND[2:], "two pictures"),
    "picture in picture": (SOUND[:-2] + SOUND, "second picture"),
    "no DQT": (without(SOUND, 0xDB), "table that the picture needs"),
    "no DHT": (without(SOUND, 0xC4), "table that the picture needs"),
    "zero step": (with_part(SOUND, 0xDB, lambda p: p[:1] + b"\0" + p[2:]), "brightness steps"),
    "short DQT": (with_part(SOUND, 0xDB, lambda p: p[:-1]), "brightness steps"),
    "overfull DHT": (first(segment(0xC4, b"\3\3" + bytes(15) + b"\0\1\2")), "codes"),
    "code of all ones": (first(segment(0xC4, b"\3\2" + bytes(15) + b"\0\1")), "codes"),
    "DHT says one thing twice": (first(segment(0xC4, b"\3\0\2" + bytes(14) + b"\1\1")), "codes"),
    "DHT number": (first(segment(0xC4, b"\4\1" + bytes(15) + b"\0")), "codes"),
    "cut in a DQT": (SOUND[: SOUND.index(b"\xff\xdb") + 30], "cut off"),
    "table number of a scan": (with_part(SOUND, 0xDA, lambda p: p[:2] + b"\x77" + p[3:]), "table that the picture"),
    "too many scans": (_many_scans(50), "passes"),
    "short DHT": (with_part(SOUND, 0xC4, lambda p: p[:-1]), "codes"),
    "broken DRI": (first(segment(0xDD, b"\0")), "restart mark setting"),
    "12 bits": (with_part(SOUND, 0xC0, lambda p: b"\x0c" + p[1:]), "12 bits"),
    "height 0": (with_part(SOUND, 0xC0, lambda p: p[:1] + b"\0\0" + p[3:]), "height comes after"),
    "DNL": (SOUND[:-2] + segment(0xDC, b"\0\x10") + b"\xff\xd9", "height comes after"),
    "width 0": (with_part(SOUND, 0xC0, lambda p: p[:3] + b"\0\0" + p[5:]), "width is zero"),
    "too wide": (with_part(SOUND, 0xC0, lambda p: p[:3] + b"\xff\xff" + p[5:]), "too large"),
    "too many pixels": (with_part(SOUND, 0xC0, lambda p: p[:1] + b"\xa0\0\xa0\0" + p[5:]), "too large"),
    "less data than pixels": (with_part(SOUND, 0xC0, lambda p: p[:1] + b"\x20\0\x20\0" + p[5:]), "cut off"),
    "two colours": (with_part(SOUND, 0xC0, lambda p: p[:5] + b"\2" + p[6:12]), "2 colours"),
    "same colour twice": (with_part(SOUND, 0xC0, lambda p: p[:9] + p[6:7] + p[10:]), "header of the picture"),
    "sampling 0": (with_part(SOUND, 0xC0, lambda p: p[:7] + b"\1" + p[8:]), "header of the picture"),
    "sampling 5": (with_part(SOUND, 0xC0, lambda p: p[:7] + b"\x51" + p[8:]), "header of the picture"),
    "sampling sum": (with_part(SOUND, 0xC0, lambda p: p[:7] + b"\x44" + p[8:]), "sampling"),
    "strange scan colour": (with_part(SOUND, 0xDA, lambda p: p[:1] + b"\x77" + p[2:]), "does not have"),
    "long SOS": (with_part(SOUND, 0xDA, lambda p: p + b"\0"), "header of a scan"),
    "a colour missing": (with_part(SOUND, 0xDA, lambda p: b"\2" + p[1:5] + p[7:]), "cut off"),
    "scan twice": (_scan_twice(SOUND), "out of order"),
    "progressive twice": (_scan_twice(PROGRESSIVE), "out of order"),
    "progressive band": (with_part(PROGRESSIVE, 0xDA, lambda p: p[:-3] + b"\0\5\1"), "header of a scan"),
    "progressive bits": (with_part(PROGRESSIVE, 0xDA, lambda p: p[:-1] + b"\x31"), "header of a scan"),
    "restart mark lost": (RESTARTS.replace(b"\xff\xd1", b"", 1), "cut off"),
    "restart marks swapped": (RESTARTS.replace(b"\xff\xd1", b"\xff\xd3", 1), "out of order"),
    "restart marks unasked": (without(RESTARTS, 0xDD), "out of order"),
    "lossless": (renamed(SOUND, 0xC0, 0xC3), "lossless"),
    "hierarchical": (renamed(SOUND, 0xC0, 0xC5), "hierarchical"),
    "arithmetic": (renamed(SOUND, 0xC0, 0xC9), "arithmetic"),
    "unknown marker": (SOUND[:2] + segment(0xF3, b"") + SOUND[2:], "unknown part F3"),
    "strange Adobe": (
        SOUND[:2] + segment(0xEE, b"Adobe\0\x64\0\0\0\0\7") + SOUND[2:],
        "how its colours",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_reason(name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(PhotoRefused) as refusal:
        strip_jpeg(data)
    assert words in str(refusal.value)
    assert str(refusal.value).endswith(("again.", "photo.", "new one."))
