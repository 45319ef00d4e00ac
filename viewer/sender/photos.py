"""Photos on the sender's machine: read, cleaned, checked by decoding, and made small for the thumbnail."""

import contextlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from sealed.archive import PHOTO_LIMIT, PIXEL_LIMIT
from sealed.errors import PhotoRefused
from sealed.jpeg import strip_jpeg
from sealed.sending import Photo
from sealed.strip import strip_photo
from sealed.stripped import Stripped

THUMBNAIL = 320  # pixels on the longer side
_QUALITY = 70  # about 10 kB
_GROUND = (128, 128, 128)  # behind what is see-through: dark and light drawings both stand out
_SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True)
class Prepared:
    """A photo that can be sent: where it is, what is removed from it, and what is sent of it."""

    path: Path
    removed: tuple[str, ...]
    photo: Photo


def strip(path: Path) -> Stripped:
    """Read a photo and remove its metadata. Raises PhotoRefused, naming the file."""
    try:
        if path.stat().st_size > PHOTO_LIMIT:
            raise PhotoRefused("It is larger than 100 MB.")
        return strip_photo(path.read_bytes())
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
    shape = stripped.ending, stripped.width, stripped.height

    def read() -> bytes:
        """Return the clean photo: it is cleaned once more, so that only one at a time is in memory."""
        again = strip(path)
        if (again.ending, again.width, again.height) != shape:
            raise PhotoRefused(f"{path.name}: It was changed while it was being sent. Send it again.")
        return again.data

    return Prepared(path, stripped.removed, Photo(*shape, stripped.taken, len(stripped.data), thumbnail, read))


def _thumbnail(data: bytes) -> bytes:
    """Draw a photo small: upright, on a grey ground where it is see-through, in sRGB, without any metadata."""
    Image.MAX_IMAGE_PIXELS = PIXEL_LIMIT
    with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as image:
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image.draft(None, (2 * THUMBNAIL, 2 * THUMBNAIL))  # a JPEG is decoded small at once: a tenth of the memory
        image.load()  # all of it: a photo that is cut off inside is found here
        small = _smoothly_scalable(image)
        small.thumbnail((THUMBNAIL, THUMBNAIL))
        if image.format != "WEBP":  # which browsers draw as it is stored; the thumbnail must look like the photo
            small = ImageOps.exif_transpose(small)
        written = io.BytesIO()
        _in_srgb(small).save(written, "JPEG", quality=_QUALITY)
    return strip_jpeg(written.getvalue()).data


def _smoothly_scalable(image: Image.Image) -> Image.Image:
    """Bring palettes, bits, 16-bit greys and see-through colours to a form in which pixels can be averaged."""
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode in ("1", "P") else image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Flatten a picture, and turn its colours into those that browsers assume."""
    profile = image.info.get("icc_profile")
    if image.mode == "RGBA":
        ground = Image.new("RGBA", image.size, _GROUND)
        image = Image.alpha_composite(ground, image).convert("RGB")
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError):  # one that does not fit its picture: browsers pass over it
            managed = ImageCms.profileToProfile(image, io.BytesIO(profile), _SRGB, outputMode="RGB")
            image = managed or image
    plain = image.convert("RGB")
    plain.info.clear()
    return plain
