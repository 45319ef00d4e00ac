"""Sealing and opening in CPython: `cryptography`'s own Cobblestone-256 around the shared container code."""

import base64
from collections.abc import Iterable, Iterator

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from sealed import archive, base32, cobblestone, keys, report
from sealed.errors import WrongKeyOrDamaged
from sealed.header import Header, read_front


def seal(header: Header, server_share: bytes, link_share: bytes | None, plaintext: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the sealed report, piece by piece, for pieces of plaintext.

    `server_share` is 32 bytes, `link_share` 20 bytes or None.
    """
    context = header.context()
    file_key = keys.file_key(server_share, link_share, header.key_id)
    encryptor = Cobblestone256Encryptor(file_key, context)
    yield context
    for piece in plaintext:
        yield encryptor.update(piece)
    yield encryptor.finalize()


def open_whole(data: bytes, server_share: bytes, link: str | None) -> tuple[report.Details, dict[str, bytes]]:
    """Open a whole sealed report: its details and the content of every entry by name.

    `link` is the link's fragment, or None where there is none. Raises SealedError's leaves.
    """
    front = read_front(data)
    link_share = None if link is None else base32.read_link_text(link)
    front.header.check_link(link_share)
    cobblestone.chunk_count(len(data) - front.length)
    file_key = keys.file_key(server_share, link_share, front.header.key_id)
    plain = _decrypt(file_key, front.context, data[len(front.context) :])
    start = archive.directory_start(plain[-64:], len(plain))
    entries = archive.read_directory(plain[start:], start)
    contents = {entry.name: entry.read(plain[entry.start : entry.end]) for entry in entries}
    photos = [entry.name for entry in entries if entry.name.startswith("photos/")]
    return report.read(contents["report.xml"], photos), contents


def _decrypt(file_key: bytes, context: bytes, body: bytes) -> bytes:
    decryptor = Cobblestone256Decryptor(file_key, context)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except (InvalidTag, ValueError):
        raise WrongKeyOrDamaged(cobblestone.DAMAGED) from None


def base64url(text: str) -> bytes:
    """Decode base64url without padding, as the servers write shares."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
