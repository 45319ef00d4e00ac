"""Reports that can be recognised: each part of each one carries random bytes of its own."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests
from PIL import Image

from sealed import base32, keys
from sealed.jpeg import strip_jpeg
from sealed.released import RELEASE
from tests.conftest import RECIPIENT
from tests.faults.search import Needle
from tests.sealed.photos import jpeg, segment, split
from viewer.sender import photos, sealing, shares
from viewer.sender.client import Client
from viewer.sender.sending import Letter, Sent, send

RUN = 32  # bytes of a picture that are looked for at a time
METADATA = ("file name", "exif", "place", "xmp", "comment", "preview", "trailer")
WORDS = ("patient", "question", "notes")


@dataclass(frozen=True)
class Report:
    """A report to send: the photo's file, the words, and by which bytes all of it is known."""

    path: Path
    letter: Letter
    photo: bytes
    thumbnail: bytes
    needles: tuple[Needle, ...]


def make(folder: Path) -> Report:
    """Take a photo that is noise, with a marker wherever a file has room for one."""
    marks = {kind: base32.encode(secrets.token_bytes(15), 24) for kind in (*METADATA, *WORDS)}
    preview = jpeg(noise(16, 16), comment=marks["preview"].encode())
    taken = jpeg(noise(64, 48))
    path = folder / f"{marks['file name']}.jpg"
    path.write_bytes(with_metadata(taken, marks, preview))
    stripped = strip_jpeg(path.read_bytes()).data
    thumbnail = photos.prepare(path).photo.thumbnail
    patient, question, notes = (f"{kind} é <{marks[kind]}> & more" for kind in WORDS)
    needles = [Needle(kind, mark.encode()) for kind, mark in marks.items()]
    needles += [Needle("photo", run) for run in runs(entropy(stripped))]
    needles += [Needle("pixels", run) for run in runs(Image.open(path).tobytes())]
    needles += [Needle("thumbnail", run) for run in runs(entropy(thumbnail))]
    needles += [Needle("preview", run) for run in runs(entropy(preview))]
    letter = Letter((RECIPIENT,), patient, question, notes, 7, download=True)
    return Report(path, letter, stripped, thumbnail, tuple(needles))


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))


def with_metadata(taken: bytes, marks: dict[str, str], preview: bytes) -> bytes:
    """A JPEG with a marker in each of its kinds of metadata, and one behind its end."""
    exif = Image.Exif()
    exif[0x010F] = marks["exif"]  # Make
    exif.get_ifd(0x8825)[0x001B] = marks["place"].encode()  # GPSProcessingMethod
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + marks["xmp"].encode()
    extra = ((0xE1, exif.tobytes() + preview), (0xE1, xmp), (0xFE, marks["comment"].encode()))
    return taken[:2] + b"".join(segment(*one) for one in extra) + taken[2:] + marks["trailer"].encode()


def entropy(photo: bytes) -> bytes:
    """The compressed picture of a JPEG, without tables and headers that many photos share."""
    return split(photo)[1]


def runs(data: bytes) -> Iterator[bytes]:
    """Three pieces, from the beginning, the middle and the end."""
    for start in (0, (len(data) - RUN) // 2, len(data) - RUN):
        yield data[start : start + RUN]


def deliver(sender: Client, reader: Client, report: Report) -> tuple[Needle, ...]:
    """Send a report and open it as its recipient; return its needles, with those of its keys."""
    sent = send(sender, [report.path], report.letter, lambda step, done, total: None)
    server_share, contents = open_sent(reader, sent)
    assert contents["photos/001.jpg"] == report.photo and contents["thumbs/001.jpg"] == report.thumbnail
    found = {kind for kind, data in report.needles if any(data in content for content in contents.values())}
    assert found == {*WORDS, "photo", "thumbnail"}, "what was sent has come out; what was removed has not"
    return (*report.needles, *of_keys(sent.report, server_share, base32.read_link_text(fragment(sent))))


def of_keys(report: str, server_share: bytes, link_share: bytes) -> tuple[Needle, ...]:
    file_key = keys.file_key(server_share, link_share, report)
    return Needle("server share", server_share), Needle("link share", link_share), Needle("file key", file_key)


def open_sent(reader: Client, sent: Sent) -> tuple[bytes, dict[str, bytes]]:
    """Do what the recipient's browser does; return the server share and what the report holds, by name."""
    where = reader.ask("GET", f"/api/reports/{sent.report}")
    server_share: bytes = shares.get(reader, RELEASE, sent.report, where, {})["server_share"]
    url = f"{where['file_host']}/v1/blobs/{sent.report}"
    blob = requests.get(url, headers=reader.authorization("GET", url, sent.report, "blob:get"), timeout=30)
    blob.raise_for_status()
    return server_share, sealing.open_whole(blob.content, server_share, fragment(sent))[1]


def fragment(sent: Sent) -> str:
    return sent.link.partition("#")[2]
