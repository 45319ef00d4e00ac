"""Takes everything out of a photo but what draws it, whatever kind of photo it is; names what is none."""

import re

from .errors import PhotoRefused
from .jpeg import strip_jpeg
from .png import strip_png
from .stripped import Stripped
from .webp import strip_webp

_KINDS = (
    (rb"\xff\xd8", strip_jpeg),
    (rb"\x89PNG\r\n\x1a\n", strip_png),
    (rb"RIFF....WEBP", strip_webp),
)
_SAVE = "Save it as JPEG, or take a new photo."
_PAGE = "Save the picture in it as JPEG, or take a new photo."
_IPHONE = (
    'Save it as JPEG, or choose "Most Compatible" in the iPhone\'s Settings, Camera, Formats, and take a new photo.'
)
_OTHERS = (
    (rb"....ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1)", "a HEIC photo, as iPhones make them", _IPHONE),
    (rb"....ftypavi[fs]", "an AVIF picture", _SAVE),
    (rb"....ftypcrx ", "a raw picture", _SAVE),
    (rb"....ftyp|RIFF....AVI |\x1aE\xdf\xa3", "a video", "Take a new photo."),
    (rb"GIF8", "a GIF picture", _SAVE),
    (rb"II\*\0|MM\0\*|II\+\0|MM\0\+|IIU\0|FUJIFILM", "a TIFF or raw picture", _SAVE),
    (rb"BM", "a BMP picture", _SAVE),
    (rb"8BPS", "a Photoshop picture", _SAVE),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 picture", _SAVE),
    (rb"\0\0\0\x0cJXL |\xff\x0a", "a JPEG XL picture", _SAVE),
    (rb".{128}DICM", "a DICOM file", _PAGE),
    (rb"%PDF", "a PDF document", _PAGE),
    (rb"PK", "a ZIP file or an office document", _PAGE),
    (rb"(\xef\xbb\xbf)?\s*<(.{,2000}<)?svg", "an SVG drawing", _SAVE),
    (rb"(\xef\xbb\xbf)?\s*<", "a web page or an XML file", _PAGE),
)


def strip_photo(data: bytes) -> Stripped:
    """Return a photo (JPEG, PNG or WebP, told by its first bytes) as a fresh file that draws the same pixels.

    Raises PhotoRefused, with a sentence for a person that names what the file is and the way out.
    """
    if not data:
        raise PhotoRefused("This photo is an empty file. Take it from the camera again.")
    for start, strip in _KINDS:
        if re.match(start, data, re.DOTALL):
            return strip(data)
    for start, kind, way_out in _OTHERS:
        if re.match(start, data, re.DOTALL):
            raise PhotoRefused(f"This is {kind}; what can be sent are JPEG, PNG and WebP. {way_out}")
    raise PhotoRefused(f"This is not a JPEG, PNG or WebP photo. {_SAVE}")
