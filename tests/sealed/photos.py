"""Photos to try the cleaning on: made on the spot, with secrets planted in them, and real ones."""

import io
import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "photos"


def secrets(*places: str) -> dict[str, bytes]:
    """One marker for each place, which stands nowhere else."""
    return {place: f"#{place}-7q5xZ#".encode() for place in places}


SECRETS = secrets(
        "maker", "gps", "makernote", "thumbnail", "xmp", "extended", "iptc", "comment", "app12", "app5",
        "jfif", "jfxx", "mpf", "icc-private", "icc-desc", "icc-header", "trailer",
)  # fmt: skip
D50 = struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)


def numbers(*values: float) -> bytes:
    """s15Fixed16 numbers, as ICC profiles hold them."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def point(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + numbers(*values)


def gamma(value: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256))


def text(content: bytes) -> bytes:
    return b"text" + bytes(4) + content + b"\0"


def description(content: bytes) -> bytes:
    return b"desc" + bytes(4) + struct.pack(">I", len(content) + 1) + content + bytes(79)


def profile(
    tags: dict[bytes, bytes],
    space: bytes = b"RGB ",
    pcs: bytes = b"XYZ ",
    version: int = 2,
    kind: bytes = b"mntr",
) -> bytes:
    """An ICC profile with `tags`, and with a secret wherever the header has room for one."""
    secret = SECRETS["icc-header"]
    table, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, tag in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(tag))
        body += tag + bytes(-len(tag) % 4)
    head = secret[:4] + bytes((version, 0x20, 0, 0)) + kind + space + pcs + secret[:12] + b"acsp"
    head += (
        secret + bytes(24 - len(secret)) + bytes(4) + D50 + secret[:4] + bytes(16) + secret + bytes(28 - len(secret))
    )
    return struct.pack(">I", start + len(body)) + head + table + body


WIDE_TAGS = {
    b"desc": description(SECRETS["icc-desc"]),
    b"cprt": text(b"someone"),
    b"wtpt": point(0.9505, 1, 1.0891),
    b"rXYZ": point(0.6097, 0.3111, 0.0195),
    b"gXYZ": point(0.2053, 0.6257, 0.0609),
    b"bXYZ": point(0.1492, 0.0632, 0.7446),
    b"rTRC": gamma(2.2),
    b"gTRC": gamma(1.8),
    b"bTRC": gamma(2.2),
    b"priv": text(SECRETS["icc-private"]),
}
"""A colour space wider than sRGB, so that losing the profile shows, with secrets in two tags."""


def drawing(mode: str = "RGB", size: tuple[int, int] = (67, 45)) -> Image.Image:
    """A picture with colour, edges and noise, the same each time."""
    bands = [Image.linear_gradient("L").rotate(90 * i).resize(size) for i in range(len(mode.strip("a")))]
    picture = Image.merge(mode, bands) if len(bands) > 1 else bands[0]
    noise = random.Random(7).randbytes(len(picture.tobytes()) // 4)
    half = size[0] // 2, size[1] // 2
    picture.paste(Image.frombytes(mode, half, noise[: half[0] * half[1] * len(bands)]), (3, 5))
    return picture


def jpeg(picture: Image.Image | None = None, **options: Any) -> bytes:
    """`picture`, or the usual drawing, as Pillow writes it."""
    out = io.BytesIO()
    (picture or drawing()).save(out, "JPEG", **options)
    return out.getvalue()


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The segments of a sound JPEG up to and with its first SOS, and everything after."""
    at, found = 2, []
    while True:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((marker, data[at + 4 : at + 2 + length]))
        at += 2 + length
        if marker == 0xDA:
            return found, data[at:]


def join(segments: list[tuple[int, bytes]], rest: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segment(*one) for one in segments) + rest


def with_part(data: bytes, marker: int, change: Callable[[bytes], bytes]) -> bytes:
    """`data` with the payload of each segment of a kind changed, up to the first SOS."""
    segments, rest = split(data)
    return join([(m, change(p) if m == marker else p) for m, p in segments], rest)


def without(data: bytes, marker: int) -> bytes:
    segments, rest = split(data)
    return join([(m, p) for m, p in segments if m != marker], rest)


def renamed(data: bytes, marker: int, other: int) -> bytes:
    segments, rest = split(data)
    return join([(other if m == marker else m, p) for m, p in segments], rest)


def secret_exif(turn: int) -> bytes:
    """EXIF as Pillow writes it, with secrets in it and a preview behind it."""
    exif = Image.Exif()
    exif[0x010F] = SECRETS["maker"].decode()
    exif[0x0112] = turn
    exif.get_ifd(0x8769)[0x927C] = SECRETS["makernote"]
    exif.get_ifd(0x8825)[0x001B] = SECRETS["gps"]
    preview = jpeg(drawing(size=(16, 16)), comment=SECRETS["thumbnail"])
    return exif.tobytes() + preview


def turned(turn: int) -> bytes:
    """The one EXIF block that a clean photo may have: an orientation, and nothing else."""
    return bytes.fromhex(f"4d4d002a00000008 0001 0112 0003 00000001 00{turn:02x} 0000 00000000")


def planted(data: bytes, turn: int = 6, fill: bytes = b"\xff\xff\xff") -> bytes:
    """`data` with a secret in every place but the colour profile, and `fill` before each segment.

    A JFIF header beside Adobe's would change the colours, so such photos get none. The trailer
    has no EOI of its own: it is text, as a phone maker's is.
    """
    pixels = SECRETS["jfif"] + bytes(21 - len(SECRETS["jfif"]))
    jfif = (0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\7\1" + pixels)
    extra = (
        *([] if b"Adobe" in data else [jfif]),
        (0xE0, b"JFXX\0\x10" + SECRETS["jfxx"]),
        (0xE1, secret_exif(turn)),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRETS["xmp"]),
        (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRETS["extended"]),
        (0xE2, b"MPF\0II*\0" + SECRETS["mpf"]),
        (0xED, b"Photoshop 3.0\x008BIM\4\4" + SECRETS["iptc"]),
        (0xEC, b"Ducky" + SECRETS["app12"]),
        (0xE5, SECRETS["app5"]),
        (0xFE, SECRETS["comment"]),
    )
    inserted = b"".join(fill + segment(*one) for one in extra)
    return data[:2] + inserted + data[2:] + SECRETS["trailer"]


def secrets_in(data: bytes, wanted: dict[str, bytes] = SECRETS) -> set[str]:
    return {place for place, secret in wanted.items() if secret in data or secret[:12] in data}


def made() -> dict[str, bytes]:
    """One photo of each kind of JPEG that Pillow writes, with secrets planted."""
    wide = profile(WIDE_TAGS)
    kinds = {
        "plain": jpeg(),
        "profile": jpeg(icc_profile=wide),
        "progressive": jpeg(progressive=True, icc_profile=wide),
        "progressive-restarts": jpeg(progressive=True, restart_marker_rows=1),
        "grey": jpeg(drawing("L")),
        "cmyk": jpeg(drawing("CMYK")),
        "cmyk-progressive": jpeg(drawing("CMYK"), progressive=True),
        "rgb-kept": jpeg(keep_rgb=True),
        "restarts": jpeg(restart_marker_blocks=2, subsampling="4:2:0"),
        "restarts-422": jpeg(restart_marker_rows=1, subsampling="4:2:2", optimize=True),
        "full-colour": jpeg(subsampling="4:4:4", quality=100),
        "coarse": jpeg(quality=1, optimize=True),
        "pixel": jpeg(drawing(size=(8, 8)).crop((0, 0, 1, 1))),
    }
    return {name: planted(data) for name, data in kinds.items()}


def real() -> dict[str, bytes]:
    """The real photos beside the checkout, where there are any."""
    return {path.name: path.read_bytes() for path in sorted(REAL.glob("*.jpg"))}


def converted(kind: str, longer: int = 800, **options: Any) -> dict[str, bytes]:
    """The real photos, made smaller where large, as Pillow writes them in another format, metadata and all."""
    found = {}
    for name, data in real().items():
        with Image.open(io.BytesIO(data)) as picture:
            known = {key: picture.info[key] for key in ("exif", "icc_profile", "xmp") if picture.info.get(key)}
            picture.thumbnail((longer, longer))
            out = io.BytesIO()
            picture.save(out, kind, **{**known, **options})
        found[f"{name} as {kind}"] = out.getvalue()
    return found
