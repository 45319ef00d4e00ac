"""Takes everything out of a WebP photo but what is needed to draw the same pixels.

As with JPEG, a fresh file is written from the parts that are known and checked; the packed pixels
are copied. Sources: WebP Container Specification (Google), RFC 6386 section 9.1 (VP8 frame header),
WebP Lossless Bitstream Specification section 3. What counts and what does not is as in libwebp,
which the browsers and Pillow use.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from . import exif, icc
from .errors import PhotoRefused
from .stripped import CUT, EXIF, PROFILE, XMP, Stripped, check_size, damaged, moving, rare

_HAS_PROFILE, _HAS_ALPHA, _HAS_EXIF, _MOVES = 0x20, 0x10, 0x08, 0x02
_PICTURES = (b"VP8 ", b"VP8L")
_APP1 = b"Exif\0\0"
_NAMES = {
    b"EXIF": EXIF,
    b"XMP ": XMP,
    b"ICCP": PROFILE,
    b"ALPH": "transparency that is not shown",
}

Chunk = tuple[bytes, bytes]


class Frame(NamedTuple):
    """What the packed pixels say of themselves: size in pixels, and whether they hold transparency."""

    width: int
    height: int
    alpha: bool


def strip_webp(data: bytes) -> Stripped:
    """Return `data`, a WebP file, as a fresh one that draws the same pixels and holds no more.

    Raises PhotoRefused, with a sentence for a person, for anything that is not a whole, sound
    WebP with one picture that stands still.
    """
    if not data.startswith(b"RIFF") or data[8:12] != b"WEBP":
        raise PhotoRefused("This is not a WebP photo. Save it as WebP or JPEG, or take a new photo.")
    notes: list[str] = []
    chunks = list(_chunks(data, notes))
    if any(name in (b"ANIM", b"ANMF") for name, _ in chunks):
        raise moving("WebP")
    picture, alpha, flags = _picture(chunks)
    frame = _frame(*picture)
    check_size(frame.width, frame.height)
    if flags is not None and chunks[0][1][4:] != _canvas(frame):
        raise damaged("its size is not that of the picture in it")
    parts = dict(reversed(chunks))  # the first of each name counts
    tiff = parts.get(b"EXIF", b"").removeprefix(_APP1) if (flags or 0) & _HAS_EXIF else b""
    turn = exif.orientation(tiff)
    kept = _fresh(parts, picture, alpha, frame, flags or 0, turn)
    removed = [_name(name) for name, payload in chunks if name != b"VP8X" and (name, payload) not in kept]
    body = b"WEBP" + b"".join(_chunk(*one) for one in kept)
    return Stripped(
        data=b"RIFF" + struct.pack("<I", len(body)) + body,
        width=frame.width,
        height=frame.height,
        orientation=turn,
        removed=tuple(dict.fromkeys(removed + notes)),
        ending="webp",
        taken=exif.taken(tiff),
    )


def _chunk(name: bytes, payload: bytes) -> bytes:
    """One chunk: name, length, payload, and a zero that makes its length even."""
    return b"".join((name, struct.pack("<I", len(payload)), payload, bytes(len(payload) % 2)))


def _chunks(data: bytes, notes: list[str]) -> Iterator[Chunk]:
    """Yield name and payload of each chunk, which must fill the file's stated length; notes what follows that."""
    at, end = 12, 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise PhotoRefused(CUT)
    if end < len(data):
        notes.append(f"{len(data) - end} bytes after the picture")
    while at < end:
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8
        if at + length + length % 2 > end or not (name.isascii() and name.decode().isprintable()):
            raise damaged("its parts do not fit together")
        yield name, data[at : at + length]
        at += length + length % 2


def _picture(chunks: list[Chunk]) -> tuple[Chunk, bytes | None, int | None]:
    """The chunk that is the picture, the transparency that goes with it, and the flags of a VP8X, where there are any.

    Without a VP8X the picture comes first, and readers look at nothing else.
    """
    if chunks and chunks[0][0] in _PICTURES:
        return chunks[0], None, None
    if not chunks or chunks[0][0] != b"VP8X" or len(chunks[0][1]) != 10:
        raise damaged("there is no picture in it")
    flags = chunks[0][1][0]
    if flags & _MOVES:
        raise moving("WebP")
    names = [name for name, _ in chunks]
    found = [at for at, name in enumerate(names) if name in _PICTURES]
    if len(found) != 1 or names.count(b"ALPH") > 1 or names.count(b"VP8X") > 1:
        raise damaged("it does not hold one picture")
    (at,) = found
    if b"ALPH" not in names:
        return chunks[at], None, flags
    if names[at - 1] != b"ALPH" or names[at] != b"VP8 ":
        raise damaged("its parts are out of order")
    return chunks[at], chunks[at - 1][1] if flags & _HAS_ALPHA else None, flags


def _frame(kind: bytes, payload: bytes) -> Frame:
    """The header of the packed pixels."""
    if kind == b"VP8L":
        if len(payload) < 5 or payload[0] != 0x2F:
            raise damaged("the header of the picture is broken")
        bits = int.from_bytes(payload[1:5], "little")
        if bits >> 29:
            raise rare("WebP", "an unknown version")
        return Frame((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1))
    if len(payload) < 10 or payload[3:6] != b"\x9d\x01\x2a":
        raise damaged("the header of the picture is broken")
    tag = int.from_bytes(payload[:3], "little")
    if tag & 1 or not tag >> 4 & 1 or tag >> 1 & 7 > 3:
        raise damaged("the header of the picture is broken")
    if 10 + (tag >> 5) > len(payload):
        raise PhotoRefused(CUT)
    width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", payload, 6))
    if not width or not height:
        raise damaged("the header of the picture is broken")
    return Frame(width, height, alpha=False)


def _canvas(frame: Frame) -> bytes:
    """The size as a VP8X has it."""
    return (frame.width - 1).to_bytes(3, "little") + (frame.height - 1).to_bytes(3, "little")


def _alpha(payload: bytes, frame: Frame) -> bytes:
    """The ALPH: how it is packed, and a byte for each pixel; what follows plain ones is left out."""
    if len(payload) < 2 or payload[0] & 0xE2:
        raise damaged("its transparency is broken")
    if payload[0] & 3:
        return payload
    plain = payload[: 1 + frame.width * frame.height]
    if len(plain) <= frame.width * frame.height:
        raise PhotoRefused(CUT)
    return plain


def _fresh(
    parts: dict[bytes, bytes], picture: Chunk, alpha: bytes | None, frame: Frame, flags: int, turn: int
) -> list[Chunk]:
    """The chunks of the fresh file. What `flags` does not announce is not there for readers; `turn`: orientation."""
    profile = icc.rebuild(parts[b"ICCP"]) if flags & _HAS_PROFILE and b"ICCP" in parts else None
    kept, fresh_flags = [picture], 0
    if alpha is not None:
        kept.insert(0, (b"ALPH", _alpha(alpha, frame)))
    if profile:
        kept.insert(0, (b"ICCP", profile))
        fresh_flags |= _HAS_PROFILE
    if turn != exif.UPRIGHT:
        # Chromium draws WebP as stored whatever this says; others turn it, as they did the source.
        kept.append((b"EXIF", exif.minimal(turn)))
        fresh_flags |= _HAS_EXIF
    if len(kept) > 1:
        fresh_flags |= _HAS_ALPHA if alpha is not None or frame.alpha else 0
        kept.insert(0, (b"VP8X", bytes((fresh_flags, 0, 0, 0)) + _canvas(frame)))
    return kept


def _name(chunk: bytes) -> str:
    """What the sender is told that a chunk was."""
    return _NAMES.get(chunk, f"block that draws nothing ({chunk.decode().strip()})")
