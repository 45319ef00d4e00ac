"""Any photo, whatever its kind: clean by the judgement of exiftool, or refused by name; under damage too."""

import io
import json
import random
import re
import struct
import subprocess
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from sealed.errors import PhotoRefused
from sealed.strip import strip_photo
from tests.sealed import photos, png_photos, webp_photos

# The secret stands where a list of further pictures should be.
pytestmark = pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO file")

REAL = {**photos.real(), **photos.converted("PNG", 200), **photos.converted("WEBP", 400, method=0)}
MADE = {**photos.made(), **png_photos.made(), **webp_photos.made()}
PLANT: dict[str, Callable[[bytes], bytes]] = {
    "jpg": photos.planted,
    "png": png_photos.planted,
    "webp": webp_photos.planted,
}


def ending(data: bytes) -> str:
    return {b"\xff\xd8": "jpg", b"\x89P": "png", b"RI": "webp"}[data[:2]]


@pytest.mark.parametrize("name", [*REAL, *MADE])
def test_the_kind_is_told(name: str) -> None:
    data = {**REAL, **MADE}[name]
    stripped = strip_photo(data)
    assert stripped.ending == ending(data) == ending(stripped.data)
    assert f"image/{Image.open(io.BytesIO(stripped.data)).format}".lower() == stripped.media_type


ABOUT_THE_FILE = r"SourceFile|ExifTool:ExifToolVersion|System:.*|File:.*|Composite:(ImageSize|Megapixels)"
DRAWING = {
    "jpg": r"JFIF:.*|Adobe:.*",
    "png": r"PNG:(Image(Width|Height)|BitDepth|ColorType|Compression|Filter|Interlace|Palette|Transparency|ProfileName)"
    r"|PNG:(SRGBRendering|Gamma|(WhitePoint|Red|Green|Blue)[XY])|PNG-cICP:.*",
    "webp": r"RIFF:(WebP_Flags|Image(Width|Height)|VP8Version|(Horizontal|Vertical)Scale|Alpha\w+)",
}
COLOURS = (
    r"ICC-header:.*|ICC_Profile:(\w+TRC|\w+MatrixColumn|Media\w+Point|ChromaticAdaptation|[AB]\dTo[AB]\d|ProfileCopyright"
    r"|ProfileDescription)"
)
FIXED = {
    "JFIF:JFIFVersion": "1 1", "JFIF:XResolution": 1, "JFIF:YResolution": 1, "JFIF:ResolutionUnit": 0,
    "Adobe:DCTEncodeVersion": 100, "Adobe:APP14Flags0": 0, "Adobe:APP14Flags1": 0,
    "ICC-header:ProfileCMMType": "", "ICC-header:ProfileDateTime": "0000:00:00 00:00:00", "ICC-header:CMMFlags": 0,
    "ICC-header:PrimaryPlatform": "", "ICC-header:DeviceManufacturer": "", "ICC-header:DeviceModel": "",
    "ICC-header:DeviceAttributes": "0 0", "ICC-header:ProfileCreator": "", "ICC-header:ProfileID": " ".join("0" * 16),
    "ICC_Profile:ProfileCopyright": "None claimed", "ICC_Profile:ProfileDescription": "Colour profile",
    "PNG:ProfileName": "Colour profile",
}  # fmt: skip


def strange(found: dict[str, object], kind: str) -> set[str]:
    """What exiftool says of a file that is neither about the file, nor draws it, nor the same in all."""
    usual = re.compile(f"{ABOUT_THE_FILE}|{DRAWING[kind]}|{COLOURS}|IFD0:Orientation")
    return {tag for tag, value in found.items() if not usual.fullmatch(tag) or FIXED.get(tag, value) != value}


def judged(files: dict[str, bytes], folder: Path) -> dict[str, set[str]]:
    """What is strange in each file, by exiftool."""
    folder.mkdir()
    names = {f"{at:03}.{ending(data)}": name for at, (name, data) in enumerate(files.items())}
    for path, name in names.items():
        (folder / path).write_bytes(files[name])
    command = ["exiftool", "-a", "-u", "-n", "-G1", "-ee", "-j", "-q", "."]
    answer = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    found = {Path(one["SourceFile"]).name: one for one in json.loads(answer)}
    return {name: strange(found[path], path.rpartition(".")[2]) for path, name in names.items()}


def test_exiftool_finds_nothing_more(tmp_path: Path) -> None:
    sources = {**REAL, **MADE, **{f"planted {name}": PLANT[ending(data)](data) for name, data in REAL.items()}}
    sources["with a print size"] = photos.jpeg(dpi=(300, 300))
    clean = judged({name: strip_photo(data).data for name, data in sources.items()}, tmp_path / "clean")
    assert {name: tags for name, tags in clean.items() if tags} == {}
    before = judged(sources, tmp_path / "before")
    assert [name for name, tags in before.items() if not tags and name not in REAL] == []  # control
    assert set().union(*before.values()) >= {
        "IFD0:Make", "ExifIFD:MakerNoteUnknownText", "JFXX:ThumbnailImage", "ICC_Profile:ICC_Profile_Priv",
        "ICC-header:DeviceModel", "JFIF:XResolution", "PNG:Author", "PNG:IPTC_Profile", "PNG:ModifyDate",
        "PNG:ProfileName", "RIFF:Unknown_priv",
    }  # fmt: skip


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        strip_photo(data)
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file"),
        (b"hello", "not a JPEG, PNG or WebP photo"),
        (b"\0\0\0\x18ftypheic", "a HEIC photo, as iPhones make them"),
        (b"\0\0\0\x18ftypmif1", "a HEIC photo, as iPhones make them"),
        (b"\0\0\0\x18ftypavif", "an AVIF picture"),
        (b"\0\0\0\x18ftypcrx ", "a raw picture"),
        (b"\0\0\0\x18ftypqt  ", "a video"),
        (b"RIFF\n\0\n\0AVI LIST", "a video"),
        (b"GIF89a", "a GIF picture"),
        (b"II*\0", "a TIFF or raw picture"),
        (b"MM\0*", "a TIFF or raw picture"),
        (b"BM\0\0", "a BMP picture"),
        (b"8BPS", "a Photoshop picture"),
        (b"\0\0\0\x0cjP  \r\n", "a JPEG 2000 picture"),
        (b"\xff\x0a", "a JPEG XL picture"),
        (bytes(128) + b"DICM", "a DICOM file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\3\4", "a ZIP file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- drawn --><svg/>", "an SVG drawing"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xff\xd8", "cut off"),
        (b"\x89PNG\r\n\x1a\n", "cut off"),
        (b"RIFF\4\0\0\0WEBP", "no picture"),
    ],
)
def test_the_others_are_refused_by_name(data: bytes, words: str) -> None:
    assert words in refusal(data)
    assert refusal(data).endswith(("again.", "photo.", "new one."))


def test_the_way_out_for_an_iphone() -> None:
    real = [path.read_bytes() for path in photos.REAL.glob("*.heic")]
    for data in (*real, b"\0\0\0\x18ftypheic"):
        assert "Most Compatible" in refusal(data)


def hurt(data: bytes, chance: random.Random) -> bytes:
    """`data` cut short, or with up to three bytes changed, mostly outside the packed picture."""
    if chance.random() < 0.2:
        return data[: chance.randrange(len(data))]
    if data.startswith(png_photos.SIGNATURE) and chance.random() < 0.7:
        return _hurt_chunk(data, chance)
    edges = [*range(min(len(data), 1500)), *range(max(0, len(data) - 1500), len(data))]
    changed = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        changed[chance.choice(edges) if chance.random() < 0.8 else chance.randrange(len(data))] = chance.randrange(256)
    return bytes(changed)


def _hurt_chunk(data: bytes, chance: random.Random) -> bytes:
    """A PNG with one of its chunks changed, moved or doubled, and its checksum made right again."""
    chunks = png_photos.split(data)
    at, other = chance.randrange(len(chunks)), chance.randrange(len(chunks))
    name, payload = chunks[at]
    match chance.randrange(4):
        case 0:
            chunks.insert(other, chunks[at])
        case 1:
            chunks[at], chunks[other] = chunks[other], chunks[at]
        case _ if payload:
            place = chance.randrange(len(payload))
            chunks[at] = name, payload[:place] + chance.randbytes(1) + payload[place + 1 :]
    return png_photos.join(chunks)


def pixels(data: bytes) -> bytes | None:
    """What Pillow draws, as seen through any profile's transparency; None where it draws nothing."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as picture:
            return picture.convert("RGBA").tobytes()
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error):
        return None


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_damage_never_crashes_nor_leaks(kind: str) -> None:
    chance, wanted = random.Random(f"{kind} 2026"), {**photos.SECRETS, **png_photos.SECRETS, **webp_photos.SECRETS}
    read = png_photos.readable if kind == "png" else bytes
    real = [data for data in (REAL or MADE).values() if ending(data) == kind and len(data) < 400_000]
    sources = [PLANT[kind](data) for data in real]
    outcomes = {"refused": 0, "cleaned": 0, "drawn": 0}
    for round_ in range(500):
        damaged = hurt(sources[round_ % len(sources)], chance)
        try:
            stripped = strip_photo(damaged)
        except PhotoRefused:
            outcomes["refused"] += 1
            continue
        outcomes["cleaned"] += 1
        assert photos.secrets_in(read(stripped.data), wanted) == set()
        assert strip_photo(stripped.data).data == stripped.data
        drawn = pixels(damaged)
        assert drawn is None or drawn == pixels(stripped.data)
        outcomes["drawn"] += drawn is not None
    assert min(outcomes.values()) > 50, outcomes  # control: every way was taken
