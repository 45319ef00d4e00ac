"""Stations 1 and 2 in the browser: each photo is cleaned as it comes, and lies in the worker's memory until it is sent.

Not in a Blob: browsers page Blobs out to the disk.
"""

from dataclasses import dataclass
from itertools import count
from typing import Any

import js
from js import Uint8Array
from pyodide.ffi import JsException, to_js

from sealed.archive import PHOTO_LIMIT
from sealed.errors import PhotoRefused
from sealed.jpeg import strip_jpeg
from sealed.sending import Photo
from sealed.strip import strip_photo
from sealed.stripped import Stripped

from .convert import plain_object

THUMBNAIL = 320  # pixels on the longer side
_QUALITY = 0.7  # about 10 kB
_GROUND = "#808080"  # behind what is see-through: dark and light drawings both stand out


@dataclass(frozen=True)
class _Held:
    data: Any  # the clean photo, a Uint8Array outside Python's memory, which would never shrink
    type: str
    photo: Photo


_numbers = count(1)
_held: dict[int, _Held] = {}


async def add_photo(data: Any, taken: str = "") -> dict[str, Any]:
    """Clean a photo (Uint8Array) and keep it; return its number and what there is to show of it.

    `taken` is when, where the page has just taken it itself; else the camera's word counts. Raises PhotoRefused.
    """
    if data.nbytes > PHOTO_LIMIT:
        raise PhotoRefused("It is larger than 100 MB. Make it smaller, or take a new one.")
    clean = strip_photo(bytes(data))
    kept = Uint8Array.new(to_js(clean.data))
    thumbnail = await _thumbnail(kept, clean)
    photo = Photo(
        clean.ending, clean.width, clean.height, taken or clean.taken, len(clean.data), thumbnail, _reader(kept)
    )
    number = next(_numbers)
    _held[number] = _Held(kept, clean.media_type, photo)
    told = {"photo": number, "type": clean.media_type, "size": len(clean.data), "thumb": to_js(thumbnail).buffer}
    return told | {"width": clean.width, "height": clean.height, "removed": clean.removed, "taken": photo.taken}


async def see_photo(photo: int) -> dict[str, Any]:
    """Return a photo, to be shown large."""
    return {"data": _held[photo].data.slice().buffer, "type": _held[photo].type}


async def drop_photo(photo: int) -> dict[str, Any]:
    """Forget a photo."""
    _held.pop(photo, None)
    return {}


def held(numbers: list[int]) -> list[Photo]:
    """Return photos that are kept, in this order."""
    return [_held[number].photo for number in numbers]


def _reader(data: Any) -> Any:
    return lambda: data.to_bytes()


async def _thumbnail(data: Any, clean: Stripped) -> bytes:
    """Draw a photo small: upright, on a grey ground where it is see-through, in sRGB, without any metadata.

    By the browser's own decoder: what that cannot draw, no recipient's browser would.
    """
    try:
        bitmap = await js.createImageBitmap(js.Blob.new(to_js([data]), plain_object({"type": clean.media_type})))
    except JsException:
        raise PhotoRefused("It is damaged and cannot be drawn. Take it from the camera again.") from None
    scale = min(1, THUMBNAIL / max(bitmap.width, bitmap.height))
    canvas = js.OffscreenCanvas.new(max(1, round(bitmap.width * scale)), max(1, round(bitmap.height * scale)))
    context = canvas.getContext("2d")
    context.fillStyle, context.imageSmoothingQuality = _GROUND, "high"
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    bitmap.close()
    made = await canvas.convertToBlob(plain_object({"type": "image/jpeg", "quality": _QUALITY}))
    return strip_jpeg((await made.arrayBuffer()).to_bytes()).data
