"""Stations 2 to 6 on the sender's machine: strip, report, seal, upload, link."""

import hashlib
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sealed import archive, base32, keys, report
from sealed.errors import PhotoRefused
from sealed.header import Header

from .. import clock
from . import photos, sealing
from .client import Client, ClientError, Upload

Tell = Callable[[str, int, int], object]
"""Is told the step, how much of it is done, and of how much."""


@dataclass(frozen=True)
class Letter:
    """What a sender says: to whom (contacts), about which patient, what is asked, and for how many days it opens."""

    to: tuple[str, ...]
    patient: str
    question: str
    notes: str
    days: int


@dataclass(frozen=True)
class Sent:
    """A report on its way: its id, the link to hand on, what was removed from which photo, and its size in bytes."""

    report: str
    link: str
    removed: dict[str, tuple[str, ...]]
    length: int


def send(client: Client, paths: list[Path], letter: Letter, tell: Tell) -> Sent:
    """Send photos. Nothing is made at any server before every photo has been cleaned.

    Raises PhotoRefused, BadReport, ClientError.
    """
    prepared = []
    for number, path in enumerate(paths):
        tell("Removing metadata", number, len(paths))
        prepared.append(photos.prepare(path))
    account = client.account()
    if account is None:
        raise ClientError("sign_in", "Please sign in first.")
    details = _details(prepared, letter, account["name"] or account["contact"])
    begun = client.ask("POST", "/api/reports", {"recipients": list(letter.to)})
    link_share = secrets.token_bytes(base32.LINK_SHARE_LENGTH)
    header = Header(details.created, begun["id"], begun["key_server"], keys.link_check(link_share))
    server_share = _create_key(client, begun, letter)
    with tempfile.TemporaryFile() as file:  # sealed bytes only ever touch this disk
        sha256, length = _seal_into(file, header, server_share, link_share, details, prepared, tell)
        _upload(client, begun, file, sha256, length, tell)
    link = f"{client.portal}/r/{begun['id']}#{base32.link_text(link_share)}"
    return Sent(begun["id"], link, {p.path.name: p.removed for p in prepared}, length)


def _details(prepared: list[photos.Prepared], letter: Letter, sender: str) -> report.Details:
    listed = tuple(
        report.Photo(f"photos/{number:03}.jpg", photo.width, photo.height) for number, photo in enumerate(prepared, 1)
    )
    return report.Details(
        clock.text(clock.now()), letter.patient.strip(), sender, letter.question, letter.notes, listed
    )


def _create_key(client: Client, begun: dict[str, Any], letter: Letter) -> bytes:
    policy = {"recipients": begun["recipients"], "not_after": clock.text(clock.now() + letter.days * 86_400)}
    url = f"{begun['key_server']}/v1/keys/{begun['id']}"
    created = client.with_pass("POST", url, begun["id"], "key:create", json=policy)
    return sealing.base64url(created["server_share"])


def _plaintext(details: report.Details, prepared: list[photos.Prepared], tell: Tell) -> Iterator[tuple[str, bytes]]:
    """Yield the entries in the archive's order, one photo in memory at a time."""
    for number, (photo, listed) in enumerate(zip(prepared, details.photos, strict=True)):
        tell("Sealing", number, len(prepared))
        stripped = photos.strip(photo.path)
        if (stripped.width, stripped.height) != (photo.width, photo.height):
            raise PhotoRefused(f"{photo.path.name}: It was changed while it was being sent. Send it again.")
        yield listed.name, stripped.data
    yield "report.xml", report.write(details)
    for number, photo in enumerate(prepared, 1):
        yield f"thumbs/{number:03}.jpg", photo.thumbnail


def _seal_into(
    file: IO[bytes],
    header: Header,
    server_share: bytes,
    link_share: bytes,
    details: report.Details,
    prepared: list[photos.Prepared],
    tell: Tell,
) -> tuple[str, int]:
    """Write the sealed report into `file`; return its SHA-256 in hex and its length in bytes."""
    digest = hashlib.sha256()
    plaintext = archive.pack(_plaintext(details, prepared, tell))
    for piece in sealing.seal(header, server_share, link_share, plaintext):
        digest.update(piece)
        file.write(piece)
    length = file.tell()
    file.seek(0)
    return digest.hexdigest(), length


def _upload(client: Client, begun: dict[str, Any], file: IO[bytes], sha256: str, length: int, tell: Tell) -> None:
    done = 0

    def sent(count: int) -> None:
        nonlocal done
        done += count
        tell("Uploading", done, length)

    blob = f"{begun['file_host']}/v1/blobs/{begun['id']}"
    stored = client.with_pass("PUT", blob, begun["id"], "blob:put", data=Upload(file, length, sent))
    if stored["sha256"] != sha256:
        raise ClientError("cut_off", "The file host got something else than was sent. Send it again.")
    registered = f"{begun['key_server']}/v1/keys/{begun['id']}/file"
    client.with_pass("PUT", registered, begun["id"], "key:create", json={"sha256": sha256, "length": length})
