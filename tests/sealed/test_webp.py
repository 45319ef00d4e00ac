"""Cleaned WebP photos draw the same pixels and hold nothing else; the others are refused with a reason."""

import io
import struct

import pytest
from PIL import Image

from sealed.errors import PhotoRefused
from sealed.webp import strip_webp
from tests.sealed import photos
from tests.sealed import webp_photos as kit
from tests.sealed.webp_photos import changed, flagged, join, split, webp, without

MADE = kit.made()
REAL = photos.converted("WEBP", method=0)
ALL = {**MADE, **REAL}
LOSSY, LOSSLESS = webp(quality=60), webp(lossless=True)
CLEAR, PLAIN = webp(kit.see_through(), quality=60), kit.plain_alpha(webp(kit.see_through(), quality=60))
VP8, VP8L = split(LOSSY)[0], split(LOSSLESS)[0]


def shown(data: bytes) -> tuple[object, ...]:
    """Size, pixels, and whether there is a profile."""
    with Image.open(io.BytesIO(data)) as picture:
        return picture.size, picture.convert("RGBA").tobytes(), bool(picture.info.get("icc_profile"))


@pytest.mark.parametrize("name", ALL)
def test_same_picture(name: str) -> None:
    stripped = strip_webp(ALL[name])
    assert shown(stripped.data) == shown(ALL[name])
    assert (stripped.width, stripped.height) == shown(ALL[name])[0]


@pytest.mark.parametrize(("name", "lost"), [("lossless", b"ICCP"), ("lossy with alpha", b"ALPH")])
def test_same_picture_can_fail(name: str, lost: bytes) -> None:
    """Control: one chunk too few changes what is shown."""
    clean = strip_webp(MADE[name]).data
    assert shown(without(clean, lost)) != shown(clean)


@pytest.mark.parametrize("name", MADE)
def test_no_secret_survives(name: str) -> None:
    places = set(kit.SECRETS)
    places -= {"icc-private", "icc-desc", "icc-header"} if name == "without profile" else set()
    places -= set() if name == "lossy with plain alpha" else {"alpha-tail"}
    assert kit.secrets_in(MADE[name]) == places  # control: the search finds each
    assert kit.secrets_in(strip_webp(MADE[name]).data) == set()
    assert b"\xa5" in MADE[name]  # control: padding that is not zero
    assert join(split(strip_webp(MADE[name]).data)) == strip_webp(MADE[name]).data


@pytest.mark.parametrize("name", ALL)
def test_only_allowed_chunks(name: str) -> None:
    stripped = strip_webp(ALL[name])
    chunks = split(stripped.data)
    order = [b"VP8X", b"ICCP", b"ALPH", b"VP8 ", b"VP8L", b"EXIF"]
    assert [name for name, _ in chunks] == [name for name in order if name in dict(chunks)]
    assert dict(chunks).get(b"EXIF") in (None, photos.turned(stripped.orientation))
    if name in MADE:
        assert {b"XMP ", b"priv"} < set(dict(split(MADE[name])))  # control


@pytest.mark.parametrize("name", ALL)
def test_cleaning_twice_changes_nothing(name: str) -> None:
    once = strip_webp(ALL[name])
    twice = strip_webp(once.data)
    assert (twice.data, twice.removed) == (once.data, ())


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
def test_each_orientation(turn: int, prefix: bytes) -> None:
    source = join([kit.canvas(67, 45, 0x08), VP8, (b"EXIF", prefix + photos.turned(turn))])
    stripped = strip_webp(source)
    assert stripped.orientation == turn
    assert Image.open(io.BytesIO(stripped.data)).getexif().get(0x0112, 1) == turn


def test_removed_is_named() -> None:
    assert strip_webp(kit.planted(LOSSY)).removed == (
        "block that draws nothing (Ab 1)",
        "parts of the colour profile that change no colour (ICC)",
        "camera and place data (EXIF)",
        "XMP",
        "block that draws nothing (priv)",
        f"{len(kit.SECRETS['trailer'])} bytes after the picture",
    )


@pytest.mark.parametrize("data", [LOSSY, LOSSLESS, CLEAR])
def test_a_bare_photo_is_left_as_it_is(data: bytes) -> None:
    assert (strip_webp(data).data, strip_webp(data).removed) == (data, ())


@pytest.mark.parametrize(("flag", "name"), [(0x20, b"ICCP"), (0x08, b"EXIF"), (0x10, b"ALPH")])
def test_what_no_flag_announces_is_not_there(flag: int, name: bytes) -> None:
    """As for libwebp, which passes over such a chunk."""
    source = kit.planted(CLEAR)
    assert name in strip_webp(source).data  # control
    unannounced = flagged(source, off=flag)
    assert name not in strip_webp(unannounced).data
    assert shown(strip_webp(unannounced).data) == shown(unannounced)


def test_without_a_vp8x_nothing_else_counts() -> None:
    more = [(b"ICCP", photos.profile(photos.WIDE_TAGS)), (b"EXIF", photos.turned(6)), (b"VP8L", b"second")]
    assert strip_webp(join([VP8, *more])).data == LOSSY


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not a WebP photo"),
    "half": (LOSSY[: len(LOSSY) // 2], "cut off"),
    "a byte less": (LOSSY[:-1], "cut off"),
    "shorter than it says": (LOSSY[:4] + struct.pack("<I", len(LOSSY)) + LOSSY[8:], "cut off"),
    "longer than it says": (LOSSY[:4] + struct.pack("<I", len(LOSSY) - 10) + LOSSY[8:], "do not fit together"),
    "rest of a chunk": (join([VP8])[:4] + struct.pack("<I", len(LOSSY) - 6) + LOSSY[8:] + b"ab", "do not fit together"),
    "name of no letters": (join([VP8, (b"\0\0\0\0", b"")]), "do not fit together"),
    "nothing": (join([]), "no picture"),
    "EXIF first": (join([(b"EXIF", b""), VP8]), "no picture"),
    "short VP8X": (join([(b"VP8X", bytes(9)), VP8]), "no picture"),
    "VP8X alone": (join([kit.canvas(67, 45, 0)]), "one picture"),
    "two pictures": (join([kit.canvas(67, 45, 0), VP8, VP8L]), "one picture"),
    "VP8X twice": (join([kit.canvas(67, 45, 0), kit.canvas(67, 45, 0), VP8]), "one picture"),
    "opacities twice": (join([c for c in split(CLEAR) for _ in range(1 + (c[0] == b"ALPH"))]), "one picture"),
    "opacities later": (join([split(CLEAR)[at] for at in (0, 2, 1)]), "out of order"),
    "opacities beside lossless": (join([split(CLEAR)[0], split(CLEAR)[1], VP8L]), "out of order"),
    "something between": (join([*split(CLEAR)[:2], (b"abcd", b""), split(CLEAR)[2]]), "out of order"),
    "animation by flag": (join([kit.canvas(67, 45, 2), VP8]), "is an animation"),
    "animation": (webp(save_all=True, append_images=[photos.drawing("L").convert("RGB")]), "is an animation"),
    "other canvas": (join([kit.canvas(67, 46, 0), VP8]), "not that of the picture"),
    "lossy, short": (join([(b"VP8 ", VP8[1][:9])]), "header of the picture"),
    "lossy, no key frame": (join([(b"VP8 ", bytes((VP8[1][0] | 1,)) + VP8[1][1:])]), "header of the picture"),
    "lossy, not shown": (join([(b"VP8 ", bytes((VP8[1][0] & ~16,)) + VP8[1][1:])]), "header of the picture"),
    "lossy, version": (join([(b"VP8 ", bytes((VP8[1][0] | 8,)) + VP8[1][1:])]), "header of the picture"),
    "lossy, start code": (join([(b"VP8 ", VP8[1][:3] + b"\0" + VP8[1][4:])]), "header of the picture"),
    "lossy, no width": (join([(b"VP8 ", VP8[1][:6] + b"\0\0" + VP8[1][8:])]), "header of the picture"),
    "lossy, first part cut": (join([(b"VP8 ", VP8[1][:40])]), "cut off"),
    "lossless, short": (join([(b"VP8L", VP8L[1][:4])]), "header of the picture"),
    "lossless, signature": (join([(b"VP8L", b"\0" + VP8L[1][1:])]), "header of the picture"),
    "lossless, version": (join([(b"VP8L", VP8L[1][:4] + b"\xff" + VP8L[1][5:])]), "unknown version"),
    "lossless, too large": (join([(b"VP8L", b"/\xff\xff\xff\x0f" + VP8L[1][5:])]), "too large"),
    "opacities, empty": (changed(CLEAR, b"ALPH", b"\1"), "its transparency"),
    "opacities packed otherwise": (changed(CLEAR, b"ALPH", b"\2abc"), "its transparency"),
    "opacities cut": (changed(PLAIN, b"ALPH", bytes(67 * 45)), "cut off"),
    "profile": (changed(kit.planted(LOSSY), b"ICCP", photos.profile(photos.WIDE_TAGS)[:-40]), "colour profile inside"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_reason(name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(PhotoRefused) as refusal:
        strip_webp(data)
    assert words in str(refusal.value)
    assert str(refusal.value).endswith(("again.", "photo.", "new one."))


def test_control_what_the_refusals_are_made_of_is_sound() -> None:
    sound = (join([kit.canvas(67, 45, 0), VP8]), join([VP8L]), CLEAR, PLAIN, kit.planted(LOSSY))
    assert [strip_webp(data).ending for data in sound] == ["webp"] * 5
