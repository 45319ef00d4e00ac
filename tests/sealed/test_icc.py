"""Colour profiles keep their colours and lose everything else."""

import io
import struct

import pytest
from PIL import Image, ImageCms

from sealed import icc
from sealed.errors import PhotoRefused
from tests.sealed import photos
from tests.sealed.photos import WIDE_TAGS, gamma, numbers, profile

SRGB = ImageCms.createProfile("sRGB")
UNIT = numbers(1, 0, 0, 0, 1, 0, 0, 0, 1)
RAMP = bytes(range(256))
CURVE = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + numbers(2.4, 0.9479, 0.0521, 0.0774, 0.0405)


def table(kind: bytes, inputs: int, outputs: int = 3) -> bytes:
    """A lookup table of two grid points each way, with curves that are not straight."""
    grid = bytes(37 * i % 256 for i in range(2**inputs * outputs))
    bend = bytes(v * v // 255 for v in RAMP)
    head = kind + bytes(4) + bytes((inputs, outputs, 2, 0)) + UNIT
    if kind == b"mft1":
        return head + bend * inputs + grid + RAMP * outputs
    wide = [bytes(b for v in part for b in (v, v)) for part in (bend * inputs, grid, RAMP * outputs)]
    return head + struct.pack(">HH", 256, 256) + b"".join(wide)


def staged(kind: bytes, inputs: int, outputs: int, gap: bytes = b"", count: int = 5) -> bytes:
    """The first `count` of the five stages of an `mAB ` or `mBA `, with `gap` before each."""
    colours, device = (outputs, inputs) if kind == b"mAB " else (inputs, outputs)
    grid = (
        bytes([2] * inputs + [0] * (16 - inputs))
        + b"\1\0\0\0"
        + bytes(41 * i % 256 for i in range(2**inputs * outputs))
    )
    curve = gamma(1.4) + bytes(2)
    grid += bytes(-len(grid) % 4)
    stages = (curve * colours, UNIT + numbers(0.1, 0, 0), CURVE * colours, grid, curve * device)
    offsets, body = [], b""
    for stage in stages[:count]:
        body += gap
        offsets.append(32 + len(body))
        body += stage
    return kind + bytes(4) + bytes((inputs, outputs, 0, 0)) + struct.pack(">5I", *offsets, *[0] * (5 - count)) + body


PARAMETRIC = {**WIDE_TAGS, **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), CURVE)}
PRIVATE = {name: WIDE_TAGS[name] for name in (b"desc", b"priv", b"wtpt")}
PROFILES = {
    "matrix v2": (profile(WIDE_TAGS), "RGB"),
    "matrix v4": (profile(PARAMETRIC, version=4), "RGB"),
    "grey": (profile({**PRIVATE, b"kTRC": gamma(2.2)}, space=b"GRAY"), "L"),
    "rgb mft1": (profile({**PRIVATE, b"A2B0": table(b"mft1", 3)}, pcs=b"Lab ", kind=b"scnr"), "RGB"),
    "cmyk mft2": (profile({**PRIVATE, b"A2B0": table(b"mft2", 4)}, b"CMYK", b"Lab ", kind=b"prtr"), "CMYK"),
    "rgb mAB": (
        profile(
            {
                **PRIVATE,
                b"A2B0": staged(b"mAB ", 3, 3, gap=photos.SECRETS["icc-private"] + b"\0"),
                b"B2A0": staged(b"mBA ", 3, 3),
            },
            pcs=b"Lab ",
            version=4,
            kind=b"spac",
        ),
        "RGB",
    ),
    "rgb mAB, curves alone": (
        profile({**PRIVATE, b"A2B0": staged(b"mAB ", 3, 3, count=1)}, pcs=b"Lab ", version=4, kind=b"spac"),
        "RGB",
    ),
    "sRGB of LittleCMS": (ImageCms.ImageCmsProfile(SRGB).tobytes(), "RGB"),
}


def colours(data: bytes, mode: str) -> list[bytes]:
    """What a picture looks like through a profile, in each of the four rendering intents."""
    source, found = ImageCms.ImageCmsProfile(io.BytesIO(data)), []
    for intent in range(4):
        result = ImageCms.profileToProfile(
            photos.drawing(mode), source, SRGB, renderingIntent=ImageCms.Intent(intent), outputMode="RGB"
        )
        assert isinstance(result, Image.Image)
        found.append(result.tobytes())
    return found


def rebuilt(data: bytes) -> bytes:
    fresh = icc.rebuild(data)
    assert fresh is not None
    return fresh


@pytest.mark.parametrize("name", PROFILES)
def test_same_colours(name: str) -> None:
    data, mode = PROFILES[name]
    assert colours(rebuilt(data), mode) == colours(data, mode)


def test_same_colours_can_fail() -> None:
    """Control: one tone curve changed shows."""
    other = profile({**WIDE_TAGS, b"rTRC": gamma(2.3)})
    assert colours(rebuilt(other), "RGB") != colours(PROFILES["matrix v2"][0], "RGB")


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_else_survives(name: str) -> None:
    data, _ = PROFILES[name]
    fresh = rebuilt(data)
    assert "LittleCMS" in name or photos.secrets_in(data) >= {"icc-header", "icc-private"}  # control
    assert photos.secrets_in(fresh) == set()
    assert rebuilt(fresh) == fresh
    assert b"lcms" not in fresh


def test_equal_tags_share_their_bytes() -> None:
    data = PROFILES["matrix v2"][0]
    assert (data.count(gamma(2.2)), rebuilt(data).count(gamma(2.2))) == (2, 1)


def test_texts_are_constant() -> None:
    for name in ("matrix v2", "matrix v4"):
        read = ImageCms.ImageCmsProfile(io.BytesIO(rebuilt(PROFILES[name][0]))).profile
        assert (read.profile_description, read.copyright) == ("Colour profile", "None claimed")


def test_large_profile_travels_in_pieces() -> None:
    points = 200_001
    curve = b"curv" + bytes(4) + struct.pack(">I", points) + bytes(2 * points)
    fresh = rebuilt(profile({**WIDE_TAGS, b"rTRC": curve}))
    pieces = icc.split(fresh)
    assert len(pieces) == 7
    assert max(map(len, pieces)) == 65533
    assert icc.join(reversed(pieces)) == fresh


@pytest.mark.parametrize(
    "payloads",
    [
        [],
        [b"ICC_PROFILE\0\1"],
        [b"ICC_PROFILE\0\1\2half"],
        [b"ICC_PROFILE\0\1\1one", b"ICC_PROFILE\0\1\1two"],
        [b"ICC_PROFILE\0\1\2one", b"ICC_PROFILE\0\2\3two"],
        [b"ICC_PROFILE\0\0\1none"],
        [b"ICC_PROFILE\0\1\2one", b"ICC_PROFILE\0\3\2three"],
    ],
)
def test_pieces_that_do_not_fit_are_no_profile(payloads: list[bytes]) -> None:
    assert icc.join(payloads) is None


@pytest.mark.parametrize("data", [b"", b"not a profile" * 20, PROFILES["matrix v2"][0][:131]])
def test_what_no_reader_can_use_is_dropped(data: bytes) -> None:
    assert icc.rebuild(data) is None
    with pytest.raises(ImageCms.PyCMSError):
        ImageCms.profileToProfile(photos.drawing(), io.BytesIO(data), SRGB)


def changed(at: int, new: bytes) -> bytes:
    data = PROFILES["matrix v2"][0]
    return data[:at] + new + data[at + len(new) :]


def tagged(**tags: bytes) -> bytes:
    return profile({**WIDE_TAGS, **{name.encode(): tag for name, tag in tags.items()}})


REFUSED = {
    "cut": (PROFILES["matrix v2"][0][:-40], "damaged"),
    "version 5": (changed(8, b"\5"), "of a kind"),
    "link": (changed(12, b"link"), "of a kind"),
    "hue space": (changed(16, b"HSV "), "of a kind"),
    "intent": (changed(66, b"\0\7"), "of a kind"),
    "floating transform": (tagged(D2B0=b"mpet" + bytes(12)), "of a kind"),
    "too many tags": (changed(128, b"\0\0\0\x65"), "damaged"),
    "tag table cut": (changed(128, b"\0\0\0\x64"), "damaged"),
    "tag outside": (changed(136, b"\0\xff\0\0"), "damaged"),
    "same tag twice": (changed(132, b"cprt"), "damaged"),
    "curve cut": (tagged(rTRC=b"curv" + bytes(4) + b"\0\0\xff\xff"), "damaged"),
    "curve of no kind": (tagged(rTRC=b"para" + bytes(4) + b"\0\5\0\0" + bytes(28)), "damaged"),
    "curve of other type": (tagged(rTRC=photos.point(1, 1, 1)), "damaged"),
    "point of other type": (tagged(rXYZ=gamma(1)), "damaged"),
    "table of other type": (tagged(A2B0=gamma(1)), "damaged"),
    "table cut": (tagged(A2B0=table(b"mft1", 3)[:-1]), "damaged"),
    "stages backwards": (tagged(A2B0=staged(b"mBA ", 3, 3)), "damaged"),
    "stages cut": (tagged(A2B0=staged(b"mAB ", 3, 3)[:-8]), "damaged"),
    "stages without inputs": (tagged(A2B0=staged(b"mAB ", 0, 3)), "damaged"),
}


def test_overlapping_tags_cannot_make_a_profile_too_large() -> None:
    """Two long curves can share their bytes; written apart they need more pieces than a photo can have."""
    points = 4_500_000
    first, second = (b"curv" + bytes(4) + struct.pack(">I", count) for count in (points, points - 6))
    data = bytearray(profile({b"rTRC": first + second + bytes(2 * points - 12), b"gTRC": b"none"}))
    start = int.from_bytes(data[136:140], "big")
    data[148:156] = struct.pack(">II", start + 12, 2 * points)
    assert len(data) < 10_000_000
    with pytest.raises(PhotoRefused, match="damaged"):
        icc.rebuild(bytes(data))


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_reason(name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(PhotoRefused) as refusal:
        icc.rebuild(data)
    assert words in str(refusal.value)
