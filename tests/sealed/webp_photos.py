"""WebP photos to try the cleaning on, of every kind there is, with secrets planted in them."""

import io
import struct
from typing import Any

from PIL import Image

from tests.sealed import photos

SECRETS = photos.secrets(
    "maker", "gps", "makernote", "thumbnail", "xmp", "early", "late", "doubled", "icc-private", "icc-desc",
    "icc-header", "alpha-tail", "trailer",
)  # fmt: skip

Chunk = tuple[bytes, bytes]


def join(chunks: list[Chunk], pad: bytes = b"\0") -> bytes:
    parts = [n + struct.pack("<I", len(p)) + p + pad * (len(p) % 2) for n, p in chunks]
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def split(data: bytes) -> list[Chunk]:
    """The chunks of a sound WebP."""
    at, end, found = 12, 8 + int.from_bytes(data[4:8], "little"), []
    while at < end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return found


def changed(data: bytes, name: bytes, payload: bytes) -> bytes:
    """`data` with another payload in each chunk of a name."""
    return join([(n, payload if n == name else p) for n, p in split(data)])


def without(data: bytes, *names: bytes) -> bytes:
    return join([one for one in split(data) if one[0] not in names])


def flagged(data: bytes, on: int = 0, off: int = 0) -> bytes:
    """`data` with flags of its VP8X set or cleared."""
    return join([(n, bytes((p[0] & ~off | on,)) + p[1:] if n == b"VP8X" else p) for n, p in split(data)])


def webp(picture: Image.Image | None = None, **options: Any) -> bytes:
    """`picture`, or the usual drawing, as Pillow writes it."""
    out = io.BytesIO()
    (picture or photos.drawing()).save(out, "WEBP", **options)
    return out.getvalue()


def canvas(width: int, height: int, flags: int) -> Chunk:
    return b"VP8X", struct.pack("<I", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def see_through() -> Image.Image:
    picture = photos.drawing()
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


def plain_alpha(data: bytes) -> bytes:
    """A lossy photo, its transparency not packed: a byte for each pixel."""
    width, height = Image.open(io.BytesIO(data)).size
    opacities = bytes(at % 251 for at in range(width * height))
    picture = next(one for one in split(data) if one[0] == b"VP8 ")
    return join([canvas(width, height, 0x10), (b"ALPH", b"\0" + opacities + SECRETS["alpha-tail"]), picture])


def planted(data: bytes, turn: int = 6, profile: bool = True) -> bytes:
    """`data` with a secret in every place there is; its padding bytes are not zero."""
    with Image.open(io.BytesIO(data)) as picture:
        size = picture.size
    chunks = split(data)
    flags = 0x0C | 0x20 * profile | (chunks[0][1][0] & 0x10 if chunks[0][0] == b"VP8X" else 0)
    picture_parts = [one for one in chunks if one[0] in (b"ALPH", b"VP8 ", b"VP8L")]
    colours = [(b"ICCP", photos.profile(photos.WIDE_TAGS))] if profile else []
    made = [
        canvas(*size, flags),
        (b"Ab 1", SECRETS["early"]),
        *colours,
        *picture_parts,
        (b"EXIF", photos.secret_exif(turn)),
        (b"XMP ", b"<x:xmpmeta>" + SECRETS["xmp"]),
        (b"EXIF", SECRETS["doubled"]),
        (b"priv", SECRETS["late"] + b"-"),
    ]
    return join(made, pad=b"\xa5") + SECRETS["trailer"]


def secrets_in(data: bytes) -> set[str]:
    return photos.secrets_in(data, SECRETS)


def made() -> dict[str, bytes]:
    """One photo of each kind, with secrets planted."""
    lossy = webp(see_through(), quality=60)
    kinds = {
        "lossy": webp(quality=60),
        "lossless": webp(lossless=True),
        "lossy with alpha": lossy,
        "lossy with plain alpha": plain_alpha(lossy),
        "lossless with alpha": webp(see_through(), lossless=True),
        "pixel": webp(photos.drawing().crop((0, 0, 1, 1))),
    }
    return {**{name: planted(data) for name, data in kinds.items()},
            "without profile": planted(kinds["lossy"], profile=False)}  # fmt: skip
