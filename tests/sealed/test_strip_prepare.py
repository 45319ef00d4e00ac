"""Photos on the sender's machine: their kind, their thumbnails, and refusals that name the file."""

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from sealed.errors import PhotoRefused
from sealed.sending import Photo
from tests.sealed import photos, png_photos, webp_photos
from viewer.sender.photos import prepare

WIDE = photos.profile(photos.WIDE_TAGS)
GREEN = Image.new("RGB", (400, 300), (40, 200, 90))


def ready(folder: Path, data: bytes) -> Photo:
    path = folder / "mole"
    path.write_bytes(data)
    return prepare(path).photo


def middle(thumbnail: bytes) -> tuple[int, ...]:
    """The colour in the middle of a thumbnail, which is a JPEG without any metadata."""
    with Image.open(io.BytesIO(thumbnail)) as picture:
        assert (picture.format, picture.mode, set(picture.info)) == ("JPEG", "RGB", set(picture.info) & USUAL)
        colour = picture.getpixel((picture.width // 2, picture.height // 2))
        assert isinstance(colour, tuple)
        return colour


USUAL = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
CLEAR = Image.new("RGBA", (400, 300), (255, 0, 0, 0))
HALF = Image.new("RGBA", (400, 300), (255, 0, 0, 128))
PALETTE = GREEN.quantize(4)
GREY = Image.frombytes("I;16", (64, 64), b"\0\x64" * 64 * 64)
"""Each pixel is 100 of 255, and 25600 of 65535."""


@pytest.mark.parametrize(
    ("data", "ending", "colour"),
    [
        (photos.jpeg(GREEN), "jpg", (40, 200, 90)),
        (png_photos.png(GREEN), "png", (40, 200, 90)),
        (webp_photos.webp(GREEN, lossless=True), "webp", (40, 200, 90)),
        (png_photos.png(PALETTE), "png", (40, 200, 90)),
        (png_photos.png(PALETTE, transparency=0), "png", (128, 128, 128)),
        (png_photos.png(CLEAR), "png", (128, 128, 128)),
        (png_photos.png(HALF), "png", (192, 64, 64)),
        (webp_photos.webp(HALF, lossless=True), "webp", (192, 64, 64)),
        (png_photos.png(GREY), "png", (100, 100, 100)),
        (png_photos.png(Image.new("1", (9, 9), 1)), "png", (255, 255, 255)),
        (png_photos.png(Image.new("LA", (9, 9), (0, 255))), "png", (0, 0, 0)),
    ],
)
def test_thumbnail(tmp_path: Path, data: bytes, ending: str, colour: tuple[int, int, int]) -> None:
    photo = ready(tmp_path, data)
    assert photo.ending == ending
    assert middle(photo.thumbnail) == pytest.approx(colour, abs=3)


@pytest.mark.parametrize("write", [photos.jpeg, png_photos.png, webp_photos.webp])
def test_a_profile_is_put_into_the_colours_of_the_thumbnail(tmp_path: Path, write: object) -> None:
    """A wide green is greener in sRGB than its numbers say."""
    assert callable(write)
    plain, wide = (middle(ready(tmp_path, write(GREEN, **more)).thumbnail) for more in ({}, {"icc_profile": WIDE}))
    assert wide[1] > plain[1] + 5
    assert wide[0] < plain[0] - 20


def test_a_grey_profile_and_one_that_does_not_fit(tmp_path: Path) -> None:
    dark = photos.profile({b"kTRC": photos.gamma(4), b"wtpt": photos.WIDE_TAGS[b"wtpt"]}, space=b"GRAY")
    picture = Image.new("L", (64, 64), 128)
    assert middle(ready(tmp_path, photos.jpeg(picture, icc_profile=dark)).thumbnail)[0] < 80
    assert middle(ready(tmp_path, photos.jpeg(GREEN, icc_profile=dark)).thumbnail) == pytest.approx(
        (40, 200, 90), abs=3
    )


@pytest.mark.parametrize("planted", [photos.planted, png_photos.planted, webp_photos.planted])
def test_upright_and_small(tmp_path: Path, planted: object) -> None:
    writers = {photos.planted: photos.jpeg, png_photos.planted: png_photos.png, webp_photos.planted: webp_photos.webp}
    assert callable(planted)
    noise = Image.frombytes("RGB", (800, 400), random.Random(5).randbytes(800 * 400 * 3))
    photo = ready(tmp_path, planted(writers[planted](noise), turn=6))
    assert (photo.width, photo.height) == (800, 400)
    drawn_as_stored = planted is webp_photos.planted  # by browsers, whatever its EXIF says
    assert Image.open(io.BytesIO(photo.thumbnail)).size == ((320, 160) if drawn_as_stored else (160, 320))
    assert len(photo.thumbnail) < 64_000


def test_refusals_name_the_file(tmp_path: Path) -> None:
    broken = webp_photos.webp(GREEN)  # its frame is sound, what is packed in it is not
    broken = webp_photos.join([(b"VP8 ", webp_photos.split(broken)[0][1][:10] + b"\xff" * 200)])
    for data in (b"GIF89a", broken, png_photos.png()[:-20]):
        with pytest.raises(PhotoRefused, match=r"^mole: "):
            ready(tmp_path, data)
