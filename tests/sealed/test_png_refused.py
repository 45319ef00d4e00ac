"""What is not a whole, sound PNG with one picture is refused, with a sentence that says why."""

import struct
import zlib

import pytest

from sealed.errors import PhotoRefused
from sealed.png import strip_png
from tests.sealed import photos
from tests.sealed import png_photos as kit
from tests.sealed.png_photos import changed, join, noise, png, put, split, without

SOUND = noise(2, 8)
ROWS = kit.rows(2, 8)
PALETTE = noise(3, 4)
PROFILE = zlib.compress(photos.profile(photos.WIDE_TAGS))


def head(**fields: int) -> bytes:
    """A sound photo with a field of its header changed."""
    names = ("width", "height", "depth", "colours", "compression", "filters", "interlaced")
    known = dict(zip(names, struct.unpack(">II5B", split(SOUND)[0][1]), strict=True))
    return changed(SOUND, b"IHDR", struct.pack(">II5B", *{**known, **fields}.values()))


def pixels(packed: bytes) -> bytes:
    return join([split(SOUND)[0], (b"IDAT", packed), (b"IEND", b"")])


def profiled(payload: bytes) -> bytes:
    return put(SOUND, b"IDAT", (b"iCCP", payload))


def reordered(*order: int) -> bytes:
    chunks = split(put(PALETTE, b"IDAT", (b"tRNS", b"\1"), (b"tEXt", b"a\0b")))  # IHDR PLTE tRNS tEXt 3 IDAT IEND
    return join([chunks[at] for at in order])


def test_the_usual_order() -> None:
    """Control for the refusals of another order."""
    assert strip_png(reordered(0, 1, 2, 3, 4, 5, 6, 7)).removed == ("text",)
    assert strip_png(reordered(0, 3, 1, 2, 4, 5, 6, 7)).removed == ("text",)


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not a PNG photo"),
    "line ends changed": (SOUND.replace(b"\r\n", b"\n", 1), "not a PNG photo"),
    "signature alone": (kit.SIGNATURE, "cut off"),
    "half": (SOUND[: len(SOUND) // 2], "cut off"),
    "no IEND": (SOUND[:-12], "cut off"),
    "cut in the IEND": (SOUND[:-1], "cut off"),
    "endless chunk": (SOUND[:8] + b"\xff\xff\xff\xff" + SOUND[12:], "cut off"),
    "wrong checksum": (SOUND[:29] + b"\0" + SOUND[30:], "checksum"),
    "wrong checksum of text": (put(SOUND, b"IDAT", (b"tEXt", b"a\0b")).replace(b"a\0b", b"a\0c"), "checksum"),
    "name of no letters": (put(SOUND, b"IDAT", (b"t\0xt", b"")), "checksum"),
    "unknown part": (put(SOUND, b"IDAT", (b"ABCD", b"")), "unknown part ABCD"),
    "for the iPhone alone": (put(SOUND, b"IHDR", (b"CgBI", b"1234")), "unknown part CgBI"),
    "animation": (put(SOUND, b"IDAT", (b"acTL", struct.pack(">II", 2, 0))), "is an animation"),
    "no header": (without(SOUND, b"IHDR"), "no picture"),
    "no pixels": (without(SOUND, b"IDAT"), "no picture"),
    "header twice": (put(SOUND, b"IDAT", split(SOUND)[0]), "there twice"),
    "profile twice": (put(SOUND, b"IDAT", *[(b"iCCP", b"x\0\0" + PROFILE)] * 2), "there twice"),
    "orientation twice": (put(SOUND, b"IDAT", kit.orientation(6), kit.orientation(3)), "there twice"),
    "header later": (reordered(3, 0, 1, 2, 4, 5, 6, 7), "out of order"),
    "opacities before the palette": (reordered(0, 2, 1, 4, 5, 6, 7), "out of order"),
    "palette after the pixels": (reordered(0, 4, 5, 6, 1, 7), "out of order"),
    "text between the pixels": (reordered(0, 1, 4, 3, 5, 6, 7), "out of order"),
    "profile after the palette": (put(PALETTE, b"IDAT", (b"iCCP", b"x\0\0" + PROFILE)), "out of order"),
    "profile after the pixels": (put(SOUND, b"IEND", (b"iCCP", b"x\0\0" + PROFILE)), "out of order"),
    "short header": (changed(SOUND, b"IHDR", split(SOUND)[0][1][:-1]), "header of the picture"),
    "no width": (head(width=0), "header of the picture"),
    "no height": (head(height=0), "header of the picture"),
    "depth": (head(depth=4), "header of the picture"),
    "colours": (head(colours=5), "header of the picture"),
    "compression": (head(compression=1), "unknown way"),
    "filters": (head(filters=64), "unknown way"),
    "interlacing": (head(interlaced=2), "unknown way"),
    "too wide": (head(width=65_501), "too large"),
    "too many pixels": (head(width=20_000, height=10_001), "too large"),
    "more rows than pixels": (head(height=14), "cut off"),
    "fewer rows than pixels": (head(height=12), "more picture than it shows"),
    "interlaced by its header alone": (head(interlaced=1), "unknown way"),
    "not packed": (pixels(b"abc"), "unpacked"),
    "no pixels in it": (pixels(b""), "cut off"),
    "packed pixels cut": (pixels(zlib.compress(ROWS)[:-20]), "cut off"),
    "no checksum": (pixels(zlib.compress(ROWS)[:-4]), "cut off"),
    "wrong checksum of the pixels": (pixels(zlib.compress(ROWS)[:-1] + b"!"), "unpacked"),
    "hidden rows": (pixels(zlib.compress(ROWS + bytes(58))), "more picture than it shows"),
    "a byte more": (pixels(zlib.compress(ROWS + b"\0")), "more picture than it shows"),
    "a byte less": (pixels(zlib.compress(ROWS[:-1])), "cut off"),
    "a filter that is none": (pixels(zlib.compress(b"\5" + ROWS[1:])), "unknown way"),
    "no palette": (without(PALETTE, b"PLTE"), "table of colours"),
    "palette of no colours": (changed(PALETTE, b"PLTE", b""), "table of colours"),
    "palette and a half": (changed(PALETTE, b"PLTE", b"four"), "table of colours"),
    "too many opacities": (put(PALETTE, b"IDAT", (b"tRNS", bytes(17))), "table of opacities"),
    "no opacities": (put(PALETTE, b"IDAT", (b"tRNS", b"")), "table of opacities"),
    "half a clear colour": (put(SOUND, b"IDAT", (b"tRNS", bytes(2))), "transparent colour"),
    "short gamma": (put(SOUND, b"IDAT", (b"gAMA", b"\0\0\1")), "how its colours"),
    "strange sRGB": (put(SOUND, b"IDAT", (b"sRGB", b"\7")), "how its colours"),
    "strange cICP": (put(SOUND, b"IDAT", (b"cICP", b"\1\1\1\1")), "how its colours"),
    "profile cut": (profiled(b"x\0\0" + PROFILE[:-9]), "colour profile inside"),
    "profile not packed": (profiled(b"x\0\0abc"), "colour profile inside"),
    "profile packed otherwise": (profiled(b"x\0\1" + PROFILE), "colour profile inside"),
    "profile without a name": (profiled(b"\0\0" + PROFILE), "colour profile inside"),
    "profile with a long name": (profiled(b"x" * 80 + b"\0\0" + PROFILE), "colour profile inside"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_reason(name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(PhotoRefused) as refusal:
        strip_png(data)
    assert words in str(refusal.value)
    assert str(refusal.value).endswith(("again.", "photo.", "new one."))


def test_control_what_the_refusals_are_made_of_is_sound() -> None:
    sound = (SOUND, PALETTE, head(), pixels(zlib.compress(ROWS)), profiled(b"x\0\0" + PROFILE), png())
    assert [strip_png(data).ending for data in sound] == ["png"] * 6
