"""Takes everything out of a PNG photo but what is needed to draw the same pixels.

As with JPEG, a fresh file is written from the parts that are known and checked; the packed pixels
are copied, not packed again. Source: Portable Network Graphics (W3C, third edition).
Where decoders differ, the comment says what Chromium 156 does, and so what recipients see.
"""

import struct
import zlib
from collections.abc import Iterator

from . import exif, icc
from .errors import PhotoRefused
from .icc_tags import broken
from .png_pixels import COLOUR, GREY, GREY_ALPHA, PALETTE, Header, end_of_pixels, read_header
from .stripped import CUT, EXIF, PROFILE, XMP, Stripped, damaged, moving, rare

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IDAT_LENGTH = 1 << 20
"""Bytes; libpng refuses larger ones than the picture needs, from 8 million on (png_check_chunk_length)."""
_PROFILE_NAME = b"Colour profile\0\0"
"""The same in all, and method 0, deflate."""

_LENGTHS = {b"cICP": 4, b"sRGB": 1, b"gAMA": 4, b"cHRM": 32, b"mDCV": 24, b"cLLI": 8}
_ORDER = {b"IHDR": 0, **dict.fromkeys((*_LENGTHS, b"iCCP"), 1), b"PLTE": 2, b"tRNS": 3, b"IDAT": 4}
"""What draws the picture, and which comes before which (section 5.6); iCCP and the like in any order."""
_CRITICAL = (b"IHDR", b"PLTE", b"IDAT")
_NAMES = (
    (b"eXIf", b"", EXIF),
    (b"iCCP", b"", PROFILE),
    (b"iTXt", b"XML:com.adobe.xmp", XMP),
    (b"tEXt", b"", "text"),
    (b"zTXt", b"", "text"),
    (b"iTXt", b"", "text"),
    (b"tIME", b"", "time of the last change"),
    (b"pHYs", b"", "print size"),
    (b"PLTE", b"", "colours that are not used"),
)

Chunk = tuple[bytes, bytes]


def strip_png(data: bytes) -> Stripped:
    """Return `data`, a PNG file, as a fresh one that draws the same pixels and holds no more.

    Raises PhotoRefused, with a sentence for a person, for anything that is not a whole, sound
    PNG with one picture that stands still.
    """
    if not data.startswith(SIGNATURE):
        raise PhotoRefused("This is not a PNG photo. Save it as PNG or JPEG, or take a new photo.")
    notes: list[str] = []
    chunks = list(_chunks(data, notes))
    _check_order([name for name, _ in chunks])
    parts = dict(chunk for chunk in chunks if chunk[0] != b"IDAT")
    header = read_header(parts[b"IHDR"])
    packed = b"".join(payload for name, payload in chunks if name == b"IDAT")
    end = end_of_pixels(packed, header)
    if end < len(packed):
        notes.append(f"{len(packed) - end} bytes after the picture's data")
    head, tiff = _fresh_head(parts, header), parts.get(b"eXIf", b"")
    turn = exif.orientation(tiff)
    body = [(b"IDAT", packed[at : min(at + _IDAT_LENGTH, end)]) for at in range(0, end, _IDAT_LENGTH)]
    if turn != exif.UPRIGHT:
        # Chromium takes no notice of an eXIf behind the pixels, others do: it stays on its side.
        late = next(name for name, _ in chunks if name in (b"eXIf", b"IDAT")) == b"IDAT"
        body.insert(len(body) if late else 0, (b"eXIf", exif.minimal(turn)))
    kept = [*head, *body]
    removed = [_name(*chunk) for chunk in chunks if chunk[0] != b"IDAT" and chunk not in kept]
    return Stripped(
        data=SIGNATURE + b"".join(_chunk(*one) for one in (*kept, (b"IEND", b""))),
        width=header.width,
        height=header.height,
        orientation=turn,
        removed=tuple(dict.fromkeys(removed + notes)),
        ending="png",
        taken=exif.taken(tiff),
    )


def _chunk(name: bytes, payload: bytes) -> bytes:
    """One chunk: length, name, payload, CRC-32 of name and payload (section 5.3)."""
    crc = zlib.crc32(payload, zlib.crc32(name))
    return b"".join((struct.pack(">I", len(payload)), name, payload, struct.pack(">I", crc)))


def _chunks(data: bytes, notes: list[str]) -> Iterator[Chunk]:
    """Yield name and payload of each chunk up to the IEND; adds to `notes` what comes with and after that."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        payload, crc = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        if len(crc) != 4:
            break
        if not name.isalpha() or int.from_bytes(crc, "big") != zlib.crc32(payload, zlib.crc32(name)):
            raise damaged("the checksum of one of its parts is wrong")
        at += 12 + length
        if name == b"IEND":
            if length or at < len(data):
                notes.append(f"{length + len(data) - at} bytes after the picture")
            return
        yield name, payload
    raise PhotoRefused(CUT)


def _check_order(names: list[bytes]) -> None:
    """Raise PhotoRefused for what comes twice, out of order or from another time, and for animations."""
    for name in names:
        if not name[0] & 0x20 and name not in _CRITICAL:
            raise rare("PNG", f"unknown part {name.decode()}")
    if b"acTL" in names:
        raise moving("PNG")
    if b"IHDR" not in names or b"IDAT" not in names:
        raise damaged("there is no picture in it")
    once = [name for name in names if name == b"eXIf" or (name in _ORDER and name != b"IDAT")]
    if len(set(once)) != len(once):
        raise damaged("one of its parts is there twice")
    first, count = names.index(b"IDAT"), names.count(b"IDAT")
    ranks = [_ORDER[name] for name in names if name in _ORDER]
    if ranks != sorted(ranks) or names[0] != b"IHDR" or set(names[first : first + count]) != {b"IDAT"}:
        raise damaged("its parts are out of order")


def _fresh_head(parts: dict[bytes, bytes], header: Header) -> list[Chunk]:
    """The chunks before the pixels, written afresh, of those in `parts` that change a colour."""
    head = [(b"IHDR", parts[b"IHDR"]), *_colours(parts, header)]
    palette = b""
    if header.colours == PALETTE:
        palette = parts.get(b"PLTE", b"")
        if not palette or len(palette) % 3:
            raise damaged("its table of colours is broken")
        palette = palette[: 3 << header.depth]  # no pixel can name a later one
        head.append((b"PLTE", palette))
    if b"tRNS" in parts:
        head += _transparent(parts[b"tRNS"], header, len(palette) // 3)
    return head


def _colours(parts: dict[bytes, bytes], header: Header) -> list[Chunk]:
    """What says which colours the numbers stand for (sections 4.3 and 11.3.2)."""
    fresh = {name: parts[name] for name in _LENGTHS if name in parts}
    if (
        any(len(payload) != _LENGTHS[name] for name, payload in fresh.items())
        or fresh.get(b"sRGB", b"\0")[0] > 3
        or fresh.get(b"cICP", bytes(4))[2:] not in (b"\0\0", b"\0\1")
    ):
        raise damaged("how its colours are meant cannot be told")
    profile = _profile(parts[b"iCCP"]) if b"iCCP" in parts else None
    # Browsers read neither pair beside what overrules it, or without what it belongs to.
    overruled = (b"gAMA", b"cHRM") if profile or b"sRGB" in fresh else ()
    useless = () if b"cICP" in fresh else (b"mDCV", b"cLLI")
    kept = [(name, payload) for name, payload in fresh.items() if name not in (*overruled, *useless)]
    # A profile for other colours than the picture has is not used, though what it overrules stays overruled.
    spaces = (b"RGB ", b"GRAY") if header.colours in (GREY, GREY_ALPHA) else (b"RGB ",)
    if profile and profile[16:20] in spaces:
        kept.append((b"iCCP", _PROFILE_NAME + zlib.compress(profile, 9)))
    return kept


def _transparent(payload: bytes, header: Header, colours: int) -> list[Chunk]:
    """The tRNS (section 11.3.1.1): one opacity for each colour of a palette, or the one colour that is clear."""
    if header.colours == PALETTE:
        if not 1 <= len(payload) <= colours:
            raise damaged("its table of opacities is broken")
        return [(b"tRNS", payload)]
    wanted = {GREY: 2, COLOUR: 6}.get(header.colours)
    if wanted is None:
        return []  # beside an alpha channel it is not read
    if len(payload) != wanted:
        raise damaged("its transparent colour is broken")
    mask = (1 << header.depth) - 1  # decoders look at these bits alone
    values = struct.unpack(f">{wanted // 2}H", payload)
    return [(b"tRNS", struct.pack(f">{wanted // 2}H", *(value & mask for value in values)))]


def _profile(payload: bytes) -> bytes | None:
    """A fresh profile for that in an iCCP (section 11.3.2.3); None where no reader can use it."""
    name, _, packed = payload.partition(b"\0")
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(packed[1:], icc.LIMIT + 1)
    except zlib.error:
        raise broken() from None
    if not 1 <= len(name) <= 79 or packed[:1] != b"\0" or not unpacker.eof or len(profile) > icc.LIMIT:
        raise broken()
    return icc.rebuild(profile)


def _name(chunk: bytes, payload: bytes) -> str:
    """What the sender is told that a chunk was."""
    for known, start, name in _NAMES:
        if chunk == known and payload.startswith(start):
            return name
    return f"block that draws nothing ({chunk.decode()})"
