"""Cleaned PNG photos draw the same pixels and hold nothing else."""

import io
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image

from sealed.errors import PhotoRefused
from sealed.png import strip_png
from tests.sealed import photos
from tests.sealed import png_photos as kit

MADE = kit.made()
REAL = photos.converted("PNG")
ALL = {**MADE, **REAL}
SOUND = kit.png()


def shown(data: bytes) -> tuple[object, ...]:
    """Kind, pixels as packed and as Pillow has them, and what colours and opacities they stand for."""
    chunks = dict(one for one in kit.split(data) if one[0] != b"IDAT")
    packed = b"".join(payload for name, payload in kit.split(data) if name == b"IDAT")
    palette = chunks.get(b"PLTE", b"") if chunks[b"IHDR"][9] == 3 else b""
    with Image.open(io.BytesIO(data)) as picture:
        pixels = picture.convert("RGBA" if picture.has_transparency_data else None).tobytes()
    meant = [chunks.get(name) for name in (b"tRNS", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"cLLI")]
    return chunks[b"IHDR"], zlib.decompressobj().decompress(packed), palette, pixels, meant, b"iCCP" in chunks


@pytest.mark.parametrize("name", ALL)
def test_same_picture(name: str) -> None:
    stripped = strip_png(ALL[name])
    assert shown(stripped.data) == shown(ALL[name])
    assert (stripped.width, stripped.height) == Image.open(io.BytesIO(stripped.data)).size


@pytest.mark.parametrize(
    ("name", "lost"),
    [("plain profiled", b"iCCP"), ("palette with opacities", b"tRNS"), ("gamma", b"cHRM"), ("cicp", b"cICP")],
)
def test_same_picture_can_fail(name: str, lost: bytes) -> None:
    """Control: one chunk too few changes what is shown."""
    clean = strip_png(MADE[name]).data
    assert shown(kit.without(clean, lost)) != shown(clean)


def test_packed_pixels_are_copied() -> None:
    assert [one for one in kit.split(strip_png(SOUND).data) if one[0] == b"IDAT"] == [
        (b"IDAT", b"".join(payload for name, payload in kit.split(SOUND) if name == b"IDAT"))
    ]


@pytest.mark.parametrize("name", MADE)
def test_no_secret_survives(name: str) -> None:
    profiled = {"icc-name", "icc-private", "icc-desc", "icc-header", "icc-tail"}
    places = set(kit.SECRETS) - (set() if "profiled" in name else profiled)
    assert kit.secrets_in(MADE[name]) == places  # control: the search finds each
    assert kit.secrets_in(strip_png(MADE[name]).data) == set()


ALLOWED = {b"IHDR", b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cLLI", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND"}


@pytest.mark.parametrize("name", ALL)
def test_only_allowed_chunks(name: str) -> None:
    clean = strip_png(ALL[name]).data
    chunks = kit.split(clean)
    assert {name for name, _ in chunks} <= ALLOWED
    assert kit.join(chunks) == clean  # checksums right, nothing behind
    exifs = [payload for name, payload in chunks if name == b"eXIf"]
    assert exifs in [[], *([kit.orientation(turn)[1]] for turn in range(2, 9))]
    assert not {name for name, _ in kit.split(MADE["plain"])} <= ALLOWED  # control


@pytest.mark.parametrize("name", ALL)
def test_cleaning_twice_changes_nothing(name: str) -> None:
    once = strip_png(ALL[name])
    twice = strip_png(once.data)
    assert (twice.data, twice.removed) == (once.data, ())


@pytest.mark.parametrize("turn", range(1, 9))
def test_each_orientation(turn: int) -> None:
    stripped = strip_png(kit.planted(SOUND, turn))
    assert stripped.orientation == turn
    assert Image.open(io.BytesIO(stripped.data)).getexif().get(0x0112, 1) == turn


@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
def test_orientation_stays_on_its_side_of_the_pixels(before: bytes) -> None:
    """Chromium takes no notice of one that comes after them."""
    source = kit.put(SOUND, before, kit.orientation(6))
    assert strip_png(source).data == source


def test_removed_is_named() -> None:
    assert strip_png(MADE["plain profiled"]).removed == (
        "parts of the colour profile that change no colour (ICC)",
        "text",
        "XMP",
        "camera and place data (EXIF)",
        "time of the last change",
        "print size",
        *(f"block that draws nothing ({name})" for name in ("sBIT", "sPLT", "prVt", "iDOT", "caBX")),
        f"{len(kit.SECRETS['in-end'] + kit.SECRETS['trailer'])} bytes after the picture",
        f"{len(kit.SECRETS['behind-pixels'])} bytes after the picture's data",
    )


@pytest.mark.parametrize("data", [SOUND, MADE["palette"], MADE["6-16 interlaced"]])
def test_a_clean_photo_is_left_as_it_is(data: bytes) -> None:
    clean = strip_png(data).data
    assert (strip_png(clean).data, strip_png(clean).removed) == (clean, ())


def test_long_pixels_travel_in_pieces() -> None:
    noise = Image.frombytes("L", (1500, 1500), photos.random.Random(3).randbytes(1500 * 1500))
    lengths = [len(payload) for name, payload in kit.split(strip_png(kit.png(noise)).data) if name == b"IDAT"]
    assert len(lengths) == 3
    assert max(lengths) == 1 << 20


def test_colours_that_no_pixel_can_name_go() -> None:
    source = kit.changed(kit.noise(3, 4), b"PLTE", bytes(48) + kit.SECRETS["private"])
    assert kit.secrets_in(source) == {"private"}  # control
    assert dict(kit.split(strip_png(source).data))[b"PLTE"] == bytes(48)


@pytest.mark.parametrize("beside", [(b"sRGB", b"\0"), kit.profile_chunk(photos.profile(photos.WIDE_TAGS))])
def test_overruled_colours_go(beside: kit.Chunk) -> None:
    source = kit.put(SOUND, b"IDAT", beside, (b"gAMA", b"mark"), (b"cHRM", b"mark" * 8), (b"cLLI", b"mark" * 2))
    assert b"mark" not in strip_png(source).data


def test_a_suggested_palette_and_opacities_beside_alpha_go() -> None:
    """In pictures that have their colours themselves, readers pass over both."""
    source = kit.put(kit.noise(6, 8), b"IDAT", (b"PLTE", b"secret"), (b"tRNS", b"secret"))
    assert strip_png(source).data == strip_png(kit.noise(6, 8)).data


def test_unused_bits_of_a_clear_colour_go() -> None:
    source = kit.put(kit.noise(2, 8), b"IDAT", (b"tRNS", b"s\1e\2c\3"))
    assert dict(kit.split(strip_png(source).data))[b"tRNS"] == b"\0\1\0\2\0\3"


@pytest.mark.parametrize(
    "profile", [b"not a profile" * 20, photos.profile({}, space=b"CMYK"), photos.profile({}, space=b"GRAY")]
)
def test_a_profile_that_no_reader_uses_goes(profile: bytes) -> None:
    assert strip_png(kit.put(SOUND, b"IDAT", kit.profile_chunk(profile))).data == strip_png(SOUND).data


def test_a_grey_profile_stays_with_grey() -> None:
    profile = photos.profile({b"kTRC": photos.gamma(1.5)}, space=b"GRAY")
    source = kit.put(kit.noise(0, 8), b"IDAT", kit.profile_chunk(profile))
    assert b"iCCP" in strip_png(source).data


def _bomb(size: int, count: int) -> bytes:
    """`count` times `size` zeros, packed a thousand to one."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(size)) for _ in range(count)) + packer.flush()


@pytest.mark.parametrize(
    ("name", "payload", "words"),
    [
        (b"IDAT", _bomb(1 << 20, 1000), "more picture than it shows"),
        (b"iCCP", b"x\0\0" + _bomb(1 << 20, 1000), "colour profile"),
    ],
)
def test_bombs_are_not_unpacked(name: bytes, payload: bytes, words: str) -> None:
    chunks = [kit.header(0, 8, size=(1, 1)), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    source = kit.changed(kit.put(kit.join(chunks), b"IDAT", (b"iCCP", b"x\0\0")), name, payload)
    tracemalloc.start()
    try:
        with pytest.raises(PhotoRefused, match=words):
            strip_png(source if name == b"iCCP" else kit.without(source, b"iCCP"))
        assert tracemalloc.get_traced_memory()[1] < 100_000_000  # bytes, of a thousand million
    finally:
        tracemalloc.stop()


def test_a_row_longer_than_what_is_unpacked_at_once() -> None:
    size = 65_000, 3
    data = kit.join(
        [kit.header(6, 16, size=size), (b"IDAT", zlib.compress(kit.rows(6, 16, size=size))), (b"IEND", b"")]
    )
    assert shown(strip_png(data).data) == shown(data)


def test_the_largest_that_is_drawn() -> None:
    """Control for the refusal of too many pixels: 200 million of one bit each."""
    packed = zlib.compress(bytes(20_000 * (1 + 10_000 // 8)))
    data = kit.join([(b"IHDR", struct.pack(">II5B", 10_000, 20_000, 1, 0, 0, 0, 0)), (b"IDAT", packed), (b"IEND", b"")])
    assert strip_png(data).data == data
