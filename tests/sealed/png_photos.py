"""PNG photos to try the cleaning on, of every kind there is, with secrets planted in them."""

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image

from tests.sealed import photos

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SECRETS = photos.secrets(
    "maker", "gps", "makernote", "thumbnail", "text", "packed-text", "international", "packed-international", "xmp",
    "iptc", "private", "apple", "signed", "palette-names", "late-text", "icc-name", "icc-private", "icc-desc",
    "icc-header", "icc-tail", "behind-pixels", "in-end", "trailer",
)  # fmt: skip
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
KINDS = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8),
         (4, 8), (4, 16), (6, 8), (6, 16)]  # fmt: skip
"""Colour type and depth: all that the specification allows (table 11.1)."""

Chunk = tuple[bytes, bytes]


def chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def join(chunks: list[Chunk]) -> bytes:
    return SIGNATURE + b"".join(chunk(*one) for one in chunks)


def split(data: bytes) -> list[Chunk]:
    """The chunks of a sound PNG, IEND and all."""
    at, found = len(SIGNATURE), []
    while not found or found[-1][0] != b"IEND":
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def put(data: bytes, before: bytes, *new: Chunk) -> bytes:
    """`data` with chunks put in ahead of the first chunk of a name."""
    chunks = split(data)
    at = [name for name, _ in chunks].index(before)
    return join([*chunks[:at], *new, *chunks[at:]])


def without(data: bytes, *names: bytes) -> bytes:
    return join([one for one in split(data) if one[0] not in names])


def changed(data: bytes, name: bytes, payload: bytes) -> bytes:
    """`data` with another payload in each chunk of a name."""
    return join([(n, payload if n == name else p) for n, p in split(data)])


def png(picture: Image.Image | None = None, **options: Any) -> bytes:
    """`picture`, or the usual drawing, as Pillow writes it."""
    out = io.BytesIO()
    (picture or photos.drawing()).save(out, "PNG", **options)
    return out.getvalue()


def header(colours: int, depth: int, interlaced: bool = False, size: tuple[int, int] = (19, 13)) -> Chunk:
    return b"IHDR", struct.pack(">IIBBBBB", *size, depth, colours, 0, 0, interlaced)


def rows(colours: int, depth: int, interlaced: bool = False, size: tuple[int, int] = (19, 13)) -> bytes:
    """Noise with any filter, which is a picture of any kind; Pillow writes none that is interlaced."""
    chance = random.Random(f"{colours} {depth} {interlaced}")
    starts = [(range(4 * (i == 1), size[0], 8), range(0, size[1], 8)) for i in range(2)]
    starts += [(range(0, size[0], 4), range(4, size[1], 8)), (range(2, size[0], 4), range(0, size[1], 4))]
    starts += [(range(0, size[0], 2), range(2, size[1], 4)), (range(1, size[0], 2), range(0, size[1], 2))]
    starts += [(range(size[0]), range(1, size[1], 2))]
    made = b""
    for columns, lines in starts if interlaced else [(range(size[0]), range(size[1]))]:
        length = -(-len(columns) * depth * CHANNELS[colours] // 8)
        made += b"".join(bytes((chance.randrange(5),)) + chance.randbytes(length) for _ in lines if columns)
    return made


def noise(colours: int, depth: int, interlaced: bool = False) -> bytes:
    """A sound picture of a kind, its pixels in three IDATs."""
    packed = zlib.compress(rows(colours, depth, interlaced))
    palette = [(b"PLTE", random.Random(1).randbytes(3 << depth))] if colours == 3 else []
    pixels = [(b"IDAT", part) for part in (packed[:9], b"", packed[9:])]
    return join([header(colours, depth, interlaced), *palette, *pixels, (b"IEND", b"")])


def profile_chunk(profile: bytes) -> Chunk:
    return b"iCCP", SECRETS["icc-name"] + b"\0\0" + zlib.compress(profile) + SECRETS["icc-tail"]


def orientation(turn: int) -> Chunk:
    return b"eXIf", photos.turned(turn)


def planted(data: bytes, turn: int = 6, profile: bool = False) -> bytes:
    """`data` with a secret in every place there is, and where asked for, with a colour profile full of them."""
    chunks = [(n, p + (SECRETS["in-end"] if n == b"IEND" else b"")) for n, p in split(data) if n != b"eXIf"]
    first = [name for name, _ in chunks].index(b"IDAT")
    last = max(at for at, (name, _) in enumerate(chunks) if name == b"IDAT")
    chunks[last] = (b"IDAT", chunks[last][1] + SECRETS["behind-pixels"])
    early = [
        (b"tEXt", b"Author\0" + SECRETS["text"]),
        (b"zTXt", b"Comment\0\0" + zlib.compress(SECRETS["packed-text"])),
        (b"iTXt", b"Title\0\0\0\0\0" + SECRETS["international"]),
        (b"iTXt", b"Title\0\1\0\0\0" + zlib.compress(SECRETS["packed-international"])),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>" + SECRETS["xmp"]),
        (b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(SECRETS["iptc"])),
        (b"eXIf", photos.secret_exif(turn).removeprefix(b"Exif\0\0")),
        (b"tIME", struct.pack(">H5B", 2026, 11, 21, 9, 30, 0)),
        (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
        (b"sBIT", b"\1" * CHANNELS[chunks[0][1][9]]),
        (b"sPLT", SECRETS["palette-names"] + b"\0\x08" + bytes(6)),
        (b"prVt", SECRETS["private"]),
        (b"iDOT", SECRETS["apple"]),
        (b"caBX", SECRETS["signed"]),
    ]
    colours = [profile_chunk(photos.profile(photos.WIDE_TAGS))] if profile else []
    chunks[last + 1 : last + 1] = [(b"tEXt", b"Later\0" + SECRETS["late-text"])]
    chunks = [chunks[0], *colours, *chunks[1:first], *early, *chunks[first:]]
    return join(chunks) + SECRETS["trailer"]


def readable(data: bytes) -> bytes:
    """`data`, and whatever can be unpacked from anywhere in it."""
    found = [data]
    for at in range(len(data)):
        if data[at : at + 1] == b"x":
            try:
                found.append(zlib.decompressobj().decompress(data[at:], 1_000_000))
            except zlib.error:
                continue
    return b"\n".join(found)


def secrets_in(data: bytes) -> set[str]:
    return photos.secrets_in(readable(data), SECRETS)


def made() -> dict[str, bytes]:
    """One photo of each kind, with secrets planted."""
    wide = photos.drawing()
    see_through = wide.copy()
    see_through.putalpha(Image.linear_gradient("L").resize(wide.size))
    kinds = {f"{colours}-{depth}{' interlaced' * i}": noise(colours, depth, bool(i))
             for colours, depth in KINDS for i in range(2)}  # fmt: skip
    kinds |= {
        "plain": png(),
        "alpha": png(see_through),
        "palette": png(wide.quantize(13), bits=4),
        "palette with opacities": png(wide.quantize(40), transparency=bytes(range(0, 200, 5))),
        "clear grey": put(noise(0, 4), b"IDAT", (b"tRNS", b"\0\x07")),
        "clear colour": put(noise(2, 16), b"IDAT", (b"tRNS", b"abcdef")),
        "grey and alpha": png(see_through.convert("LA")),
        "pixel": png(wide.crop((0, 0, 1, 1))),
        "srgb": put(png(), b"IDAT", (b"sRGB", b"\1")),
        "gamma": put(png(), b"IDAT", (b"gAMA", struct.pack(">I", 100_000)), (b"cHRM", WIDE)),
        "cicp": put(png(), b"IDAT", (b"cICP", bytes((12, 13, 0, 1)))),
        "brilliant": put(png(), b"IDAT", (b"cICP", bytes((9, 16, 0, 1))), (b"cLLI", struct.pack(">II", 4 << 24, 9999))),
    }
    profiled = {f"{name} profiled": planted(kinds[name], profile=True) for name in ("plain", "alpha", "palette")}
    return {**{name: planted(data) for name, data in kinds.items()}, **profiled}


WIDE = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
"""White and primaries, as a cHRM has them."""
