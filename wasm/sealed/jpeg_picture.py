"""Follows a JPEG as a decoder would, and writes what it is drawn from afresh.

Only what a scan uses is written, right before it, so tables that nothing uses, tables that are
replaced before use, and scans that paint over others leave no trace or are refused.
"""

import re

from . import jpeg_parts as parts
from .errors import PhotoRefused
from .jpeg_parts import rare
from .stripped import CUT, damaged

DQT, DHT, DRI, SOS, DNL = 0xDB, 0xC4, 0xDD, 0xDA, 0xDC
_FRAMES = (parts.BASELINE, parts.EXTENDED, parts.PROGRESSIVE)
_MAX_SCANS = 100
"""Encoders make about ten; each costs a viewer a pass over all pixels, however few bytes it has."""
_RARE = {
    **dict.fromkeys((0xC3, 0xC7, 0xCB, 0xCF), "lossless"),
    **dict.fromkeys((0xC5, 0xC6, 0xDE, 0xDF), "hierarchical"),
    **dict.fromkeys((0xC9, 0xCA, 0xCC, 0xCD, 0xCE), "arithmetic coding"),
    DNL: "its height comes after the picture",
    0xF7: "JPEG-LS",
}
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")


def segment(marker: int, payload: bytes) -> bytes:
    """One marker segment: marker, length, payload (T.81, B.1.1.4)."""
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


class Picture:
    """The state of a decoder, and in `body` the segments and scans written so far."""

    def __init__(self) -> None:
        self.frame: parts.Frame | None = None
        self.body: list[bytes] = []
        self.dropped = 0
        """Bytes of data that came after the last unit of a scan."""
        self._tables: dict[tuple[int, int], bytes] = {(DRI, 0): bytes(2)}
        self._written = dict(self._tables)
        self._scans = 0
        self._bits: dict[int, list[int]] = {}
        """For each colour, the lowest bit that each of its 64 coefficients has by now, or -1."""

    def define(self, marker: int, payload: bytes) -> None:
        """Take in a segment other than a scan; PhotoRefused if broken or not known here."""
        if marker == DQT:
            self._tables |= {(DQT, k): table for k, table in parts.quantisation(payload).items()}
        elif marker == DHT:
            self._tables |= {(DHT, k): table for k, table in parts.codes(payload).items()}
        elif marker == DRI:
            self._tables[DRI, 0] = parts.interval(payload)
        elif marker in _FRAMES:
            if self.frame is not None:
                raise damaged("it holds two pictures in one")
            self.frame = parts.frame(marker, payload)
            self._bits = {one.name: [-1] * 64 for one in self.frame.components}
        else:
            raise rare(_RARE.get(marker, f"unknown part {marker:02X}"))

    def scan(self, payload: bytes, entropy: bytes) -> None:
        """Take in a scan: the payload of its SOS, and its entropy-coded data up to a marker."""
        if self.frame is None:
            raise damaged("the picture begins before its header")
        self._scans += 1
        if self._scans > _MAX_SCANS:
            raise rare(f"more than {_MAX_SCANS} passes")
        one = parts.scan(payload, self.frame)
        steps = {c.table for c, _, _ in one.parts if self._bits[c.name][0] < 0}
        self._advance(one)
        if self._scans == 1:
            # As usual, all that are there come before the frame; the others before their scan.
            steps |= {c.table for c in self.frame.components if (DQT, c.table) in self._tables}
        self._write_tables(DQT, steps)
        if self._scans == 1:
            self.body.append(segment(self.frame.kind, parts.frame_payload(self.frame)))
        self._write_tables(DHT, parts.codes_used(one, self.frame))
        self._write_tables(DRI, {0})
        data = self._data(entropy, one, self.frame)
        self.body += [segment(SOS, parts.scan_payload(one)), data]

    def finish(self) -> parts.Frame:
        """Return the frame if the picture is whole; PhotoRefused if a colour never came."""
        if self.frame is None:
            raise damaged("there is no picture in it")
        if any(bits[0] < 0 for bits in self._bits.values()):
            raise PhotoRefused(CUT)
        return self.frame

    def _write_tables(self, marker: int, numbers: set[int]) -> None:
        for key in sorted((marker, number) for number in numbers):
            if key not in self._tables:
                raise damaged("a table that the picture needs is missing")
            if self._written.get(key) != self._tables[key]:
                self._written[key] = self._tables[key]
                self.body.append(segment(marker, self._tables[key]))

    def _advance(self, one: parts.Scan) -> None:
        """Note the bits that this scan brings, which must be the next ones (T.81, G.1.1.1).

        A scan that brings what is there already would paint over another picture.
        """
        for component, _, _ in one.parts:
            bits = self._bits[component.name]
            span = slice(one.first, one.last + 1)
            if set(bits[span]) != {one.before or -1} or (one.first > 0 and bits[0] < 0):
                raise damaged("its scans are out of order")
            bits[span] = [one.after] * len(bits[span])

    def _data(self, entropy: bytes, one: parts.Scan, frame: parts.Frame) -> bytes:
        """The entropy-coded data of a scan, with the restart marks it must have and no more.

        What comes after the interval with the last unit is no part of the picture: left out.
        """
        if b"\xff\xff" in entropy:  # fill bytes, which libjpeg skips here too
            entropy = re.sub(rb"\xff+", b"\xff", entropy)
        interval = int.from_bytes(self._tables[DRI, 0], "big")
        marks = [mark.start() for mark in _RESTART.finditer(entropy)]
        needed = (parts.units(one, frame) - 1) // interval if interval else 0
        if interval and len(marks) > needed:
            self.dropped += len(entropy) - marks[needed]
            entropy, marks = entropy[: marks[needed]], marks[:needed]
        if len(marks) < needed or 8 * len(entropy) < parts.least_bits(one, frame):
            raise PhotoRefused(CUT)
        if any(entropy[at + 1] != 0xD0 + i % 8 for i, at in enumerate(marks)) or (len(marks) > needed):
            raise damaged("its restart marks are out of order")
        return entropy
