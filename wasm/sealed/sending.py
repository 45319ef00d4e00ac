"""Stations 3 and 4 as steps: each is yielded, done by whoever sends in their own way, and its answer sent back.

So the command line and the page send by the same code. A step that fails can be done again: all that was answered
before it stays, and so does the report that was begun.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import archive, base32, keys, letter, report
from .header import Header, time_text
from .letter import Letter


@dataclass(frozen=True)
class Photo:
    """A clean photo: its kind as a file's ending, its size in pixels as stored, when it was taken (report.Photo),
    its length in bytes, its thumbnail (JPEG), and how to get at the file, one at a time."""

    ending: str
    width: int
    height: int
    taken: str
    length: int
    thumbnail: bytes = field(repr=False)
    read: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True)
class Begin:
    """Ask the portal for a report. The answer is its own: id, recipients, key_server, log_key, file_host."""

    asked: dict[str, Any]


@dataclass(frozen=True)
class Deposit:
    """Give the portal the link share, sealed to an organisation's recovery key (base64url). No answer."""

    report: str
    organisation: str
    recovery_key: str
    link_share: bytes = field(repr=False)


@dataclass(frozen=True)
class CreateKey:
    """Have the key server make the key; `begun` is the answer to Begin. The answer is the server share, 32 bytes."""

    begun: dict[str, Any]
    policy: dict[str, Any]


@dataclass(frozen=True)
class Write:
    """Seal the plaintext, which `pieces` gives piece by piece, anew for each try.

    The answer is the sealed file's SHA-256 in hex, and its length in bytes.
    """

    header: Header
    server_share: bytes = field(repr=False)
    link_share: bytes = field(repr=False)
    pieces: Callable[[], Iterator[bytes]] = field(repr=False)
    length: int  # of the photos in bytes: what else there is comes to little


@dataclass(frozen=True)
class Sealed:
    """A report that is sealed, and not yet uploaded: where it belongs, its file's SHA-256 (hex) and length in bytes,
    its links (see letter.links), and until when it opens (RFC 3339)."""

    report: str
    key_server: str
    file_host: str
    sha256: str
    length: int
    link: str = field(repr=False)
    links: dict[str, str] = field(repr=False)
    until: str


Step = Begin | Deposit | CreateKey | Write
Going = Generator[Step, Any, Sealed]


def seal(
    said: Letter,
    photos: list[Photo],
    account: dict[str, Any],
    portal: str,
    now: Callable[[], int],
    link_share: bytes,
    recovery_key: str,
) -> Going:
    """Seal photos for `account`, the portal's word of whoever is signed in.

    `now` gives seconds since 1970, `link_share` is 20 fresh random bytes, `recovery_key` empty for none.
    Raises BadReport, before the first step.
    """
    details = _details(said, photos, account["name"] or account["contact"], time_text(now()))
    begun = yield Begin(said.asked())
    if recovery_key:
        yield Deposit(begun["id"], account["organisation"]["id"], recovery_key, link_share)
    policy = said.decided(account).policy(begun["recipients"], now())
    server_share = yield CreateKey(begun, policy)
    header = Header(details.created, begun["id"], begun["key_server"], keys.link_check(link_share))
    plain, known = (lambda: archive.pack(_entries(details, photos))), sum(photo.length for photo in photos)
    sha256, length = yield Write(header, server_share, link_share, plain, known)
    address = f"{portal}/r/{begun['id']}#"
    link, links = letter.links(address, base32.link_text(link_share), begun["recipients"])
    where = begun["id"], begun["key_server"], begun["file_host"]
    return Sealed(*where, sha256, length, link, links, policy["not_after"])


def _details(said: Letter, photos: list[Photo], sender: str, created: str) -> report.Details:
    listed = tuple(
        report.Photo(f"photos/{number:03}.{photo.ending}", photo.width, photo.height, photo.taken)
        for number, photo in enumerate(photos, 1)
    )
    return report.Details(
        created, said.patient.strip(), sender, said.question, said.notes, listed, said.site, said.consent
    )


def _entries(details: report.Details, photos: list[Photo]) -> Iterator[tuple[str, bytes]]:
    """Yield the entries in the archive's order, one photo in memory at a time."""
    for listed, photo in zip(details.photos, photos, strict=True):
        yield listed.name, photo.read()
    yield "report.xml", report.write(details)
    for number, photo in enumerate(photos, 1):
        yield f"thumbs/{number:03}.jpg", photo.thumbnail
