"""What cleaning a photo comes to: a clean photo, or a refusal that says why, worded once for all kinds."""

from dataclasses import dataclass

from .archive import PIXEL_LIMIT
from .errors import PhotoRefused

MAX_SIDE = 65500
"""Pixels; libjpeg draws nothing wider or higher (JPEG_MAX_DIMENSION), and no browser's canvas is larger."""
CUT = "This photo is cut off: the file ends in the middle of the picture. Take it from the camera again."

EXIF, XMP = "camera and place data (EXIF)", "XMP"
PROFILE = "parts of the colour profile that change no colour (ICC)"


@dataclass(frozen=True, slots=True)
class Stripped:
    """A clean photo: the file, its size in pixels as stored, which way up (EXIF Orientation, 1..8),
    in plain words what was in the source and is gone, the kind: "jpg", "png" or "webp", and when it was taken
    (exif.taken), which the file itself does not say any more."""

    data: bytes
    width: int
    height: int
    orientation: int
    removed: tuple[str, ...]
    ending: str
    taken: str

    @property
    def media_type(self) -> str:
        """The media type, such as `image/jpeg`."""
        return f"image/{'jpeg' if self.ending == 'jpg' else self.ending}"


def damaged(what: str) -> PhotoRefused:
    """The refusal of a file that breaks the rules of its kind in a way that `what` names."""
    return PhotoRefused(f"This photo is damaged: {what}. Take it from the camera again, or take a new one.")


def rare(kind: str, what: str) -> PhotoRefused:
    """The refusal of a sound `kind` ("JPEG") of a sort that viewers do not show; `what` names the sort."""
    return PhotoRefused(
        f"This photo is a rare kind of {kind} that most viewers cannot show ({what}). "
        "Save it as an ordinary JPEG, or take a new one."
    )


def moving(kind: str) -> PhotoRefused:
    """The refusal of an animation: to send one of its pictures alone would be a guess."""
    return PhotoRefused(f"This {kind} is an animation. Save the picture that you mean as JPEG, or take a new one.")


def check_size(width: int, height: int) -> None:
    """Raise PhotoRefused for more pixels than viewers can draw."""
    if max(width, height) > MAX_SIDE or width * height > PIXEL_LIMIT:
        raise PhotoRefused(
            f"This photo is too large: {width} by {height} pixels, where {PIXEL_LIMIT:,} pixels in "
            "all can be shown. Make it smaller, or take a new one."
        )
