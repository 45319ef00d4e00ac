"""The parts of a JPEG that its pixels hang on: each segment read, checked and brought to one form.

Source: ITU-T T.81 (1992), annex B.2. Where decoders agree on more or on less than it says, the
comment says so; "libjpeg" means libjpeg-turbo, which the browsers and Pillow use.
"""

import struct
from functools import partial
from typing import NamedTuple

from . import stripped
from .stripped import check_size, damaged

BASELINE, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2
_MAX_BLOCKS = 10
"""Blocks in one unit of an interleaved scan (B.2.3)."""
_MAX_SHIFT = 13
"""Highest bit position of a progressive scan (table B.3)."""

rare = partial(stripped.rare, "JPEG")


class Component(NamedTuple):
    """One colour of the picture: its number, sampling factors and quantisation table."""

    name: int
    across: int
    down: int
    table: int


class Frame(NamedTuple):
    """The picture: which kind of JPEG, its size in pixels, its colours."""

    kind: int
    width: int
    height: int
    components: tuple[Component, ...]


class Scan(NamedTuple):
    """One pass over the picture: colours with their two code tables, and which bits it brings."""

    parts: tuple[tuple[Component, int, int], ...]
    first: int
    last: int
    before: int
    after: int


def quantisation(payload: bytes) -> dict[int, bytes]:
    """The tables of a DQT (B.2.4.1): number to table, each as one DQT of its own would hold it."""
    tables = {}
    while payload:
        width, number = payload[0] >> 4, payload[0] & 15
        length = 1 + 64 * (width + 1)
        table, payload = payload[:length], payload[length:]
        steps = [table[i : i + width + 1] for i in range(1, length, width + 1)]
        if width > 1 or number > 3 or len(table) != length or not all(map(any, steps)):
            raise damaged("a table for its brightness steps is broken")
        tables[number] = table
    return tables


def codes(payload: bytes) -> dict[int, bytes]:
    """The tables of a DHT (B.2.4.2): class and number to table, as one DHT each would hold it."""
    tables = {}
    while payload:
        kind, counts = payload[0], payload[1:17]
        length = 17 + sum(counts)
        table, payload = payload[:length], payload[length:]
        symbols = table[17:]
        if (
            kind & 0xEC
            or len(table) != length
            or len(set(symbols)) != len(symbols)
            or (kind < 16 and any(symbol > 15 for symbol in symbols))
            or not _room_for(counts)
        ):
            raise damaged("a table of its codes is broken")
        tables[kind] = table
    return tables


def _room_for(counts: bytes) -> bool:
    """Whether so many codes of each length 1..16 exist, the one of all ones left free (C.2)."""
    code = 0
    for length, count in enumerate(counts, start=1):
        code = 2 * code + count
        if count and code >= 1 << length:
            return False
    return True


def interval(payload: bytes) -> bytes:
    """The number of units between restart marks that a DRI sets (B.2.4.4); 0 means none."""
    if len(payload) != 2:
        raise damaged("its restart mark setting is broken")
    return payload


def frame(kind: int, payload: bytes) -> Frame:
    """The picture's own header, an SOF0, SOF1 or SOF2 (B.2.2), within what libjpeg can draw."""
    if len(payload) < 6 or len(payload) != 6 + 3 * payload[5]:
        raise damaged("the header of the picture is broken")
    if payload[0] != 8:
        raise rare(f"{payload[0]} bits for each colour")
    height, width = int.from_bytes(payload[1:3], "big"), int.from_bytes(payload[3:5], "big")
    if height == 0:
        raise rare("its height comes after the picture")
    if width == 0:
        raise damaged("its width is zero")
    check_size(width, height)
    components = tuple(
        Component(name, factors >> 4, factors & 15, table)
        for name, factors, table in zip(*(payload[i::3] for i in (6, 7, 8)), strict=True)
    )
    if len(components) not in (1, 3, 4):
        raise rare(f"{len(components)} colours")
    if len({one.name for one in components}) != len(components) or not all(
        1 <= one.across <= 4 and 1 <= one.down <= 4 and one.table <= 3 for one in components
    ):
        raise damaged("the header of the picture is broken")
    return Frame(kind, width, height, components)


def frame_payload(picture: Frame) -> bytes:
    """Write `picture` as the payload of its SOF."""
    head = struct.pack(">BHHB", 8, picture.height, picture.width, len(picture.components))
    return head + b"".join(bytes((one.name, one.across << 4 | one.down, one.table)) for one in picture.components)


def scan(payload: bytes, picture: Frame) -> Scan:
    """The header of one scan, an SOS (B.2.3), of components that `picture` has."""
    count = payload[0] if payload else 0
    if not 1 <= count <= 4 or len(payload) != 4 + 2 * count:
        raise damaged("the header of a scan is broken")
    known = {one.name: one for one in picture.components}
    names, tables = payload[1:-3:2], payload[2:-3:2]
    if len(set(names)) != count or not known.keys() >= set(names):
        raise damaged("a scan is for a colour that the picture does not have")
    parts = tuple((known[n], t >> 4, t & 15) for n, t in zip(names, tables, strict=True))
    if count > 1 and sum(one.across * one.down for one, _, _ in parts) > _MAX_BLOCKS:
        raise damaged("the sampling of its colours is broken")
    if picture.kind != PROGRESSIVE:
        # One value is allowed here (table B.3), and libjpeg decodes as if it were there.
        return Scan(parts, 0, 63, 0, 0)
    first, last, before, after = payload[-3], payload[-2], payload[-1] >> 4, payload[-1] & 15
    if (
        not first <= last <= 63
        or (first == 0) != (last == 0)
        or (first > 0 and count > 1)
        or after > _MAX_SHIFT
        or before not in (0, after + 1)
    ):
        raise damaged("the header of a scan is broken")
    # The tables that such a scan has no use for are named 0 (G.1.2): DC takes no AC and so on.
    used = tuple((c, dc * (first == before == 0), ac * (first > 0)) for c, dc, ac in parts)
    return Scan(used, first, last, before, after)


def codes_used(one: Scan, picture: Frame) -> set[int]:
    """Which code tables (class and number, as in `codes`) the scan `one` is decoded with."""
    if picture.kind != PROGRESSIVE:
        return {n for _, dc, ac in one.parts for n in (dc, 16 + ac)}
    if one.first > 0:
        return {16 + ac for _, _, ac in one.parts}
    return set() if one.before else {dc for _, dc, _ in one.parts}


def scan_payload(one: Scan) -> bytes:
    """Write `one` as the payload of its SOS."""
    parts = b"".join(bytes((c.name, dc << 4 | ac)) for c, dc, ac in one.parts)
    bits = bytes((one.first, one.last, one.before << 4 | one.after))
    return bytes((len(one.parts),)) + parts + bits


def least_bits(one: Scan, picture: Frame) -> int:
    """A number of bits that the data of the scan `one` cannot be shorter than.

    Each block takes one code for its DC and, if sequential, one more for its end (F.1.2), of one
    bit or more. Progressive scans of AC can run over any number of blocks with one code.
    """
    if one.first > 0 or one.before > 0:
        return 8
    blocks = sum(c.across * c.down for c, _, _ in one.parts) if len(one.parts) > 1 else 1
    return units(one, picture) * blocks * (1 if picture.kind == PROGRESSIVE else 2)


def units(one: Scan, picture: Frame) -> int:
    """How many units (MCUs) the scan `one` is made of (A.2): what a restart interval counts."""
    widest = max(component.across for component in picture.components)
    highest = max(component.down for component in picture.components)
    if len(one.parts) > 1:
        return -(-picture.width // (8 * widest)) * -(-picture.height // (8 * highest))
    component = one.parts[0][0]
    across = -(-picture.width * component.across // widest)
    down = -(-picture.height * component.down // highest)
    return -(-across // 8) * -(-down // 8)
