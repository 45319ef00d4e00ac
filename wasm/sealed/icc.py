"""Colour profiles inside a photo: taken together, reduced to what changes colours, split again.

Dropping a profile changes the colours of a photo, and keeping it as it is keeps names, dates and
serial numbers. So it is written again from an allow-list (ICC.1:2022, clauses 7 and 9). Three
outcomes: a profile that no reader can use (its pieces do not fit together, or it is not an ICC
profile) is dropped, because every viewer passes over it already; one that some readers can use
and others cannot is refused, because no guess would be right; every other one is rebuilt.
"""

import struct
from collections.abc import Iterable

from .errors import PhotoRefused
from .icc_tags import FLOATING, KEPT, broken, pad, take

APP2_NAME = b"ICC_PROFILE\0"
_PIECE = 65533 - len(APP2_NAME) - 2
"""Bytes of a profile in one APP2: 65535 less the length field, the name and two counters."""
LIMIT = 255 * _PIECE
"""Bytes of a profile: a photo has room for 255 pieces."""
_MAX_TAGS = 100
"""LittleCMS reads no more (MAX_TABLE_TAG); real profiles have fewer than 30."""

_CLASSES = frozenset((b"scnr", b"mntr", b"prtr", b"spac"))
_SPACES = frozenset((b"RGB ", b"GRAY", b"CMYK"))
_CONNECTIONS = frozenset((b"XYZ ", b"Lab "))
_NAME = "Colour profile"
_RIGHTS = "None claimed"


def join(payloads: Iterable[bytes]) -> bytes | None:
    """Return the profile that APP2 payloads carry in pieces (ICC.1, annex B.4), or None.

    None also where a piece is missing, doubled or miscounted: libjpeg-turbo, and with it the
    browsers, then show the photo as if it had no profile.
    """
    pieces: dict[int, bytes] = {}
    counts = set()
    for payload in payloads:
        if payload.startswith(APP2_NAME) and len(payload) >= len(APP2_NAME) + 2:
            number, count = payload[len(APP2_NAME) : len(APP2_NAME) + 2]
            if number in pieces:
                return None
            counts.add(count)
            pieces[number] = payload[len(APP2_NAME) + 2 :]
    if counts != {len(pieces)} or set(pieces) != set(range(1, len(pieces) + 1)):
        return None
    return b"".join(pieces[number] for number in sorted(pieces))


def split(profile: bytes) -> list[bytes]:
    """Return the APP2 payloads that carry `profile`; as long as `rebuild` allows."""
    pieces = [profile[at : at + _PIECE] for at in range(0, len(profile), _PIECE)]
    return [APP2_NAME + bytes((number, len(pieces))) + piece for number, piece in enumerate(pieces, start=1)]


def rebuild(profile: bytes) -> bytes | None:
    """Return a fresh profile that gives the same colours, or None if no reader can use `profile`.

    Raises PhotoRefused for a profile that is broken in part or of a kind not known here.
    """
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    size = int.from_bytes(profile[:4], "big")
    header = _header(take(profile, 0, 128))
    tags = _tags(take(profile, 0, size))
    fresh = _assemble(header, {**tags, **_texts(version=header[8])})
    if len(fresh) > LIMIT:
        raise broken()
    return fresh


def _unknown_kind() -> PhotoRefused:
    return PhotoRefused(
        "The colour profile inside this photo is of a kind that cannot be cleaned without "
        "changing its colours. Save the photo with the sRGB profile, or take a new one."
    )


def _header(old: bytes) -> bytes:
    """The header (clause 7.2) with size, dates, makers, creator, flags and identifier zeroed."""
    version, kind, space, connection = old[8:10], old[12:16], old[16:20], old[20:24]
    intent = int.from_bytes(old[66:68], "big")
    if version[0] > 4 or kind not in _CLASSES or space not in _SPACES or connection not in _CONNECTIONS or intent > 3:
        raise _unknown_kind()
    parts = (bytes(8), version, bytes(2), kind, space, connection, bytes(12), b"acsp")
    return b"".join(parts) + bytes(24) + intent.to_bytes(4, "big") + old[68:80] + bytes(48)


def _tags(profile: bytes) -> dict[bytes, bytes]:
    """The tags that change colours, by signature.

    Every entry of the table must fit, also of tags that are left out: readers give up the whole
    profile over one, and must not find it usable only after it has been rebuilt.
    """
    count = int.from_bytes(take(profile, 128, 4), "big")
    if count > _MAX_TAGS:
        raise broken()
    tags: dict[bytes, bytes] = {}
    for entry in range(132, 132 + 12 * count, 12):
        name, at, length = struct.unpack(">4sII", take(profile, entry, 12))
        if name in FLOATING:
            raise _unknown_kind()
        if name in tags or length < 4:
            raise broken()
        tags[name] = take(profile, at, length)
    return {name: KEPT[name](tag) for name, tag in tags.items() if name in KEPT}


def _texts(version: int) -> dict[bytes, bytes]:
    """The two texts every profile must have (clause 8.2): the same in all, typed by version."""
    if version == 4:
        return {b"desc": _localised(_NAME), b"cprt": _localised(_RIGHTS)}
    name, rights = _NAME.encode() + b"\0", _RIGHTS.encode() + b"\0"
    described = b"desc" + bytes(4) + struct.pack(">I", len(name)) + name
    return {b"desc": described + bytes(4 + 4 + 2 + 1 + 67), b"cprt": b"text" + bytes(4) + rights}


def _localised(text: str) -> bytes:
    """A multiLocalizedUnicodeType (clause 10.15) with `text` in English alone."""
    letters = text.encode("utf-16-be")
    head = struct.pack(">4sIII4sII", b"mluc", 0, 1, 12, b"enUS", len(letters), 28)
    return head + letters


def _assemble(header: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Header, tag table and tags in the order of their names; equal tags share their bytes."""
    start = 132 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    places: dict[bytes, int] = {}
    for name in sorted(tags):
        tag = tags[name]
        if tag not in places:
            places[tag] = start + len(body)
            body += pad(tag)
        table += struct.pack(">4sII", name, places[tag], len(tag))
    return struct.pack(">I", start + len(body)) + header[4:] + table + body
