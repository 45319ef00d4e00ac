"""Photos on the sender's machine: read, cleaned, checked by decoding, and made small for the thumbnail."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from sealed.archive import PHOTO_LIMIT, PIXEL_LIMIT
from sealed.errors import PhotoRefused
from sealed.jpeg import Stripped, strip_jpeg

THUMBNAIL = 320  # pixels on the longer side
_QUALITY = 70  # about 10 kB


@dataclass(frozen=True)
class Prepared:
    """A photo that can be sent: where it is, its size in pixels as stored, its thumbnail, what is removed from it."""

    path: Path
    width: int
    height: int
    thumbnail: bytes
    removed: tuple[str, ...]


def strip(path: Path) -> Stripped:
    """Read a photo and remove its metadata. Raises PhotoRefused, naming the file."""
    try:
        if path.stat().st_size > PHOTO_LIMIT:
            raise PhotoRefused("It is larger than 100 MB.")
        return strip_jpeg(path.read_bytes())
    except OSError as error:
        raise PhotoRefused(f"{path.name}: It cannot be read ({error.strerror}).") from None
    except PhotoRefused as error:
        raise PhotoRefused(f"{path.name}: {error}") from None


def prepare(path: Path) -> Prepared:
    """Clean a photo, see that it can be drawn, make its thumbnail. Raises PhotoRefused, naming the file."""
    stripped = strip(path)
    try:
        thumbnail = _thumbnail(stripped.data)
    except (OSError, ValueError, Image.DecompressionBombError):
        raise PhotoRefused(f"{path.name}: It is damaged and cannot be drawn. Take it from the camera again.") from None
    return Prepared(path, stripped.width, stripped.height, thumbnail, stripped.removed)


def _thumbnail(data: bytes) -> bytes:
    """Draw a photo small: upright, in sRGB as browsers assume, without any metadata."""
    Image.MAX_IMAGE_PIXELS = PIXEL_LIMIT
    with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image.load()  # all of it: a photo that is cut off inside is found here
        small = ImageOps.exif_transpose(image)
        small.thumbnail((THUMBNAIL, THUMBNAIL))
        profile = small.info.get("icc_profile")
        written = io.BytesIO()
        small.convert("RGB").save(written, "JPEG", quality=_QUALITY, icc_profile=profile, exif=b"")
    return strip_jpeg(written.getvalue()).data
