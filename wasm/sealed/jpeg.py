"""Takes everything out of a JPEG photo but what is needed to draw the same pixels.

Nothing is filtered: a fresh file is written from the parts that are known and checked, without
decoding or compressing the picture again. Sources: ITU-T T.81, ITU-T T.871 (JFIF), T.872 (Adobe's
APP14), ICC.1 annex B.4. What stands between parts is read as libjpeg-turbo does, so that the file
written is the picture that viewers show.
"""

import re
from collections.abc import Iterator

from . import exif, icc
from .errors import PhotoRefused
from .jpeg_picture import SOS, Picture, segment
from .stripped import CUT, EXIF, PROFILE, XMP, Stripped, damaged

_SOI, _EOI, _COM, _TEM = 0xD8, 0xD9, 0xFE, 0x01
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_BARE = frozenset((_TEM, *range(0xD0, 0xD8)))
"""Markers without a segment, which mean nothing outside a scan."""
_MARKER = re.compile(rb"\xff([^\x00\xff])")
_DATA_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""No `\\xff+` for the fill bytes before them: it costs 16 times as much, and n squared on runs."""

_EXIF = b"Exif\0\0"
"""Before the EXIF block proper; readers take any sixth byte."""
_JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"
"""Version 1.01, square pixels of no stated size, no preview. It says that colours are YCbCr."""
_ADOBE = b"Adobe\0\x64\0\0\0\0"
"""Version 100, no flags; the colour transform follows (0 none, 1 YCbCr, 2 YCCK)."""

_NAMES = (
    (_APP0, b"JFIF", "print size (JFIF)"),
    (_APP0, b"JFXX", "embedded preview"),
    (_APP1, b"Exif", EXIF),
    (_APP1, b"http://ns.adobe.com/xmp/extension/", "extended XMP"),
    (_APP1, b"http://ns.adobe.com/xap/", XMP),
    (_APP2, b"ICC_PROFILE", PROFILE),
    (_APP2, b"MPF", "list of further pictures (MPF)"),
    (0xED, b"Photoshop", "IPTC/Photoshop data"),
    (_APP14, b"Adobe", "version and flags (Adobe)"),
    (_COM, b"", "comment"),
)


def strip_jpeg(data: bytes) -> Stripped:
    """Return `data`, a JPEG file, as a fresh one that draws the same pixels and holds no more.

    Raises PhotoRefused, with a sentence for a person, for anything that is not a whole, sound
    JPEG of a kind that all viewers show.
    """
    if not data.startswith(b"\xff\xd8"):
        raise PhotoRefused("This is not a JPEG photo. Save it as JPEG, or take a new photo.")
    picture = Picture()
    head: list[tuple[int, bytes]] = []
    notes: list[str] = []
    for marker, payload, entropy in _segments(data, notes):
        if marker == SOS:
            picture.scan(payload, entropy)
        elif not _is_extra(marker):
            picture.define(marker, payload)
        elif picture.body:
            # Viewers read the head up to the first scan only: what comes later says nothing.
            notes.append(_name(marker, payload))
        else:
            head.append((marker, payload))
    frame = picture.finish()
    tiff = _exif(head)
    turn = exif.orientation(tiff)
    kept = _fresh_head(head, turn)
    removed = [_name(*one) for one in head if one not in kept]
    if any(_holds_preview(payload) for _, payload in head):
        removed.append("embedded preview")
    if picture.dropped:
        notes.append(f"{picture.dropped} bytes between scans")
    body = b"".join((*(segment(*one) for one in kept), *picture.body))
    return Stripped(
        data=b"\xff\xd8" + body + b"\xff\xd9",
        width=frame.width,
        height=frame.height,
        orientation=turn,
        removed=tuple(dict.fromkeys(removed + notes)),
        ending="jpg",
        taken=exif.taken(tiff),
    )


def _segments(data: bytes, notes: list[str]) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield marker, payload and, after an SOS, entropy-coded data, from SOI to EOI.

    Adds to `notes` how many bytes stood between the segments and after the EOI.
    """
    at, between = 2, 0
    while found := _MARKER.search(data, at):
        between += found.end() - at - 2
        marker, at = found[1][0], found.end()
        if marker == _EOI:
            if between:
                notes.append(f"{between} bytes between the parts of the file")
            if at < len(data):
                notes.append(f"{len(data) - at} bytes after the picture")
            return
        if marker == _SOI:
            raise damaged("a second picture begins inside the first")
        if marker in _BARE:
            between += 2
            continue
        length, entropy = int.from_bytes(data[at : at + 2], "big"), b""
        payload = data[at + 2 : at + length]
        if at + max(length, 2) > len(data):
            raise PhotoRefused(CUT)
        if length < 2:
            raise damaged("one of its parts has no length")
        at += length
        if marker == SOS:
            end = _DATA_END.search(data, at)
            if end is None:
                raise PhotoRefused(CUT)
            entropy, at = data[at : end.start()].rstrip(b"\xff"), end.start()
        yield marker, payload, entropy
    raise PhotoRefused(CUT)


def _exif(head: list[tuple[int, bytes]]) -> bytes:
    """The first EXIF block: empty where there is none."""
    return next((p[len(_EXIF) :] for m, p in head if m == _APP1 and p.startswith(_EXIF[:-1])), b"")


def _fresh_head(head: list[tuple[int, bytes]], turn: int) -> list[tuple[int, bytes]]:
    """The segments, written afresh, that `head` gives a reason for; `turn` is the orientation."""
    fresh = []
    if any(m == _APP0 and p.startswith(b"JFIF\0") and len(p) >= 14 for m, p in head):
        fresh.append((_APP0, _JFIF))
    if turn != exif.UPRIGHT:
        fresh.append((_APP1, _EXIF + exif.minimal(turn)))
    profile = icc.join(p for m, p in head if m == _APP2)
    rebuilt = icc.rebuild(profile) if profile else None
    if rebuilt:
        fresh += [(_APP2, piece) for piece in icc.split(rebuilt)]
    adobes = [p for m, p in head if m == _APP14 and p.startswith(b"Adobe") and len(p) >= 12]
    if adobes:
        transform = adobes[-1][11]  # the last one counts, in libjpeg
        if transform > 2:
            raise damaged("how its colours are written cannot be told")
        fresh.append((_APP14, _ADOBE + bytes((transform,))))
    return fresh


def _is_extra(marker: int) -> bool:
    return marker == _COM or _APP0 <= marker <= _APP15


def _holds_preview(payload: bytes) -> bool:
    """Whether a segment has a picture of its own: a JPEG, or pixels behind the JFIF fields."""
    return b"\xff\xd8\xff" in payload or (payload.startswith(b"JFIF\0") and len(payload) > 14)


def _name(marker: int, payload: bytes) -> str:
    """What the sender is told that a segment was."""
    for known, start, name in _NAMES:
        if marker == known and payload.startswith(start):
            return name
    return f"maker's own block (APP{marker - _APP0})"
