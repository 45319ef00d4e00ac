"""Cleaned photos draw the same pixels and hold nothing else."""

import io
import random
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms

from sealed.errors import PhotoRefused
from sealed.jpeg import strip_jpeg
from tests.sealed import photos

# The secret stands where a list of further pictures should be.
pytestmark = pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO file")

MADE = photos.made()
REAL = photos.real()
ALL = {**MADE, **REAL, **{f"planted {name}": photos.planted(data, 3) for name, data in REAL.items()}}
SOUND = photos.jpeg()
RESTARTS = photos.jpeg(photos.drawing("L", (64, 64)), restart_marker_blocks=4)
PROGRESSIVE = photos.jpeg(progressive=True)


def shown(data: bytes) -> tuple[str, tuple[int, int], bytes, bytes]:
    """Mode, size, pixels as stored, and pixels as a viewer with colour management has them."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    profile = picture.info.get("icc_profile")
    managed = b""
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        result = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        managed = result.tobytes() if result else b""
    return picture.mode, picture.size, picture.tobytes(), managed


@pytest.mark.parametrize("name", ALL)
def test_same_picture(name: str) -> None:
    stripped = strip_jpeg(ALL[name])
    assert shown(stripped.data) == shown(ALL[name])
    assert (stripped.width, stripped.height) == shown(stripped.data)[1]


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "profile": lambda clean: photos.without(clean, 0xE2),
    "restarts": lambda clean: photos.without(clean, 0xDD),
    "rgb-kept": lambda clean: clean[:2] + photos.segment(*photos.split(SOUND)[0][0]) + clean[2:],
}


@pytest.mark.parametrize("name", BROKEN)
def test_same_picture_can_fail(name: str) -> None:
    """Control: one segment too few, or a JFIF header too many, changes what is shown."""
    clean = strip_jpeg(MADE[name]).data
    assert shown(BROKEN[name](clean)) != shown(clean)


@pytest.mark.parametrize("name", ALL)
def test_orientation_kept(name: str) -> None:
    source = Image.open(io.BytesIO(ALL[name])).getexif().get(0x0112, 1)
    stripped = strip_jpeg(ALL[name])
    assert stripped.orientation == source
    assert dict(Image.open(io.BytesIO(stripped.data)).getexif()) == ({} if source == 1 else {0x0112: source})


@pytest.mark.parametrize("turn", range(1, 9))
def test_each_orientation(turn: int) -> None:
    assert strip_jpeg(photos.planted(SOUND, turn)).orientation == turn


@pytest.mark.parametrize("name", MADE)
def test_no_secret_survives(name: str) -> None:
    places = set(photos.SECRETS)
    if b"ICC_PROFILE" not in MADE[name]:
        places -= {"icc-private", "icc-desc", "icc-header"}
    if b"Adobe" in MADE[name]:
        places -= {"jfif"}
    assert photos.secrets_in(MADE[name]) == places  # control: the search finds each
    assert photos.secrets_in(strip_jpeg(MADE[name]).data) == set()


def allowed(marker: int, payload: bytes) -> bool:
    """Whether a segment is one that a cleaned photo may have."""
    constants = (
        b"JFIF\0\1\1\0\0\1\0\1\0\0",
        *(b"Adobe\0\x64\0\0\0\0" + bytes((transform,)) for transform in range(3)),
        *(b"Exif\0\0" + photos.turned(turn) for turn in range(2, 9)),
    )
    return (
        marker in (0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD)
        or payload in constants
        or (payload.startswith(b"ICC_PROFILE\0\1\1"))
    )


@pytest.mark.parametrize("name", ALL)
def test_only_allowed_segments(name: str) -> None:
    clean = strip_jpeg(ALL[name]).data
    segments, rest = photos.split(clean)
    assert all(allowed(*one) for one in segments)
    assert not any(allowed(*one) for one in photos.split(photos.planted(clean, fill=b""))[0][:9])  # control
    assert photos.join(segments, rest) == clean  # no fill bytes
    assert rest.index(b"\xff\xd9") == len(rest) - 2


@pytest.mark.parametrize("name", ALL)
def test_cleaning_twice_changes_nothing(name: str) -> None:
    once = strip_jpeg(ALL[name])
    twice = strip_jpeg(once.data)
    assert (twice.data, twice.removed) == (once.data, ())


def test_removed_is_named() -> None:
    assert strip_jpeg(MADE["profile"]).removed == (
        "print size (JFIF)",
        "embedded preview",
        "camera and place data (EXIF)",
        "XMP",
        "extended XMP",
        "list of further pictures (MPF)",
        "IPTC/Photoshop data",
        "maker's own block (APP12)",
        "maker's own block (APP5)",
        "comment",
        "parts of the colour profile that change no colour (ICC)",
        "30 bytes between the parts of the file",
        f"{len(photos.SECRETS['trailer'])} bytes after the picture",
    )


def test_comment_between_scans_goes() -> None:
    first = PROGRESSIVE.index(b"\xff\xda")
    at = PROGRESSIVE.index(b"\xff\xc4", first)
    source = PROGRESSIVE[:at] + photos.segment(0xFE, photos.SECRETS["comment"]) + PROGRESSIVE[at:]
    assert shown(source) == shown(PROGRESSIVE)
    assert strip_jpeg(source).data == strip_jpeg(PROGRESSIVE).data
    assert strip_jpeg(source).removed == ("comment",)


def test_unused_tables_go() -> None:
    steps = photos.segment(0xDB, b"\3" + bytes(range(1, 65)))
    codes = photos.segment(0xC4, b"\3" + b"\1" + bytes(15) + b"\5")
    assert strip_jpeg(SOUND[:2] + steps + codes + SOUND[2:]).data == strip_jpeg(SOUND).data


def test_rows_hidden_below_the_picture_go() -> None:
    """A picture cropped by its header alone still holds the lower rows; restart marks show where."""
    cropped = photos.with_part(RESTARTS, 0xC0, lambda p: p[:1] + b"\0\x20" + p[3:])
    stripped = strip_jpeg(cropped)
    assert shown(stripped.data)[:3] == shown(cropped)[:3]
    hidden = len(strip_jpeg(RESTARTS).data) - len(stripped.data)
    assert hidden > 200
    assert stripped.removed == (f"{hidden} bytes between scans",)


def test_junk_between_segments_goes() -> None:
    segments, rest = photos.split(SOUND)
    junk = b"\0junk\xff\0" + photos.SECRETS["app5"]
    source = b"\xff\xd8" + junk.join(photos.segment(*one) for one in segments) + rest
    assert shown(source) == shown(SOUND)
    assert strip_jpeg(source).data == strip_jpeg(SOUND).data


def test_only_the_head_counts() -> None:
    """Viewers read EXIF, JFIF and profiles up to the first scan."""
    at = PROGRESSIVE.index(b"\xff\xc4", PROGRESSIVE.index(b"\xff\xda"))
    extra, _ = photos.split(photos.planted(SOUND, fill=b""))
    late = b"".join(photos.segment(m, p) for m, p in extra if m in (0xE1, 0xFE))
    late += photos.segment(0xEE, b"Adobe\0\x64" + bytes(5))
    source = PROGRESSIVE[:at] + late + PROGRESSIVE[at:]
    assert shown(source) == shown(PROGRESSIVE)
    assert strip_jpeg(source).data == strip_jpeg(PROGRESSIVE).data


@pytest.mark.parametrize("data", [SOUND, PROGRESSIVE, RESTARTS])
def test_nothing_is_added_to_a_bare_photo(data: bytes) -> None:
    stripped = strip_jpeg(data)
    assert (len(stripped.data), stripped.removed) == (len(data), ())


def test_fill_bytes_in_the_picture_go() -> None:
    source = RESTARTS.replace(b"\xff\xd1", b"\xff\xff\xff\xd1", 1)[:-2] + b"\xff\xff\xff\xd9"
    assert shown(source) == shown(RESTARTS)
    assert strip_jpeg(source).data == strip_jpeg(RESTARTS).data


def test_table_numbers_without_use_go() -> None:
    source = photos.with_part(
        PROGRESSIVE, 0xDA, lambda p: bytes(b | 3 if i in (2, 4, 6) else b for i, b in enumerate(p))
    )
    assert shown(source) == shown(PROGRESSIVE)
    assert strip_jpeg(source).data == strip_jpeg(PROGRESSIVE).data


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0",
        b"Exif\0\0",
        b"Exif\0\0II*\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\4\0\1\0\0\0\6\0\0\0\0\0\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x09\0\0\0\0\0\0",
        b"Exif\0\0XX\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0",
    ],
)
def test_broken_exif_means_upright(exif: bytes) -> None:
    stripped = strip_jpeg(SOUND[:2] + photos.segment(0xE1, exif) + SOUND[2:])
    assert (stripped.orientation, stripped.data) == (1, strip_jpeg(SOUND).data)


def _hurt(data: bytes, chance: random.Random) -> bytes:
    """`data` cut short, or with up to three bytes changed, mostly ahead of the picture itself."""
    if chance.random() < 0.25:
        return data[: chance.randrange(len(data))]
    changed, head = bytearray(data), data.rindex(b"\xff\xda", 0, min(len(data), 70_000)) + 14
    for _ in range(chance.randint(1, 3)):
        changed[chance.randrange(head if chance.random() < 0.8 else len(data))] = chance.randrange(256)
    return bytes(changed)


def test_damage_never_crashes_nor_leaks() -> None:
    chance = random.Random(20_26)
    sources = [data for name, data in ALL.items() if len(data) < 200_000 and photos.secrets_in(data)]
    outcomes = {"refused": 0, "cleaned": 0}
    for round_ in range(1500):
        hurt = _hurt(sources[round_ % len(sources)], chance)
        try:
            stripped = strip_jpeg(hurt)
        except PhotoRefused:
            outcomes["refused"] += 1
            continue
        outcomes["cleaned"] += 1
        assert photos.secrets_in(stripped.data) == set()
        assert strip_jpeg(stripped.data).data == stripped.data
    assert min(outcomes.values()) > 150  # control: both ways were taken
