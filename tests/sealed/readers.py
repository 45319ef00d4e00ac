"""Three readers of sealed reports in CPython, as tests.vectors.run takes them; and one of published vectors."""

import hashlib
import io
from collections.abc import Coroutine
from importlib import resources
from typing import Any, TypeVar

from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sealed import archive, base32, cobblestone, keys, report
from sealed.cobblestone import SEALED_CHUNK, StreamKeys
from sealed.errors import WrongKeyOrDamaged
from sealed.header import Front, read_front
from viewer.sender import sealing

T = TypeVar("T")
PUBLISHED = (resources.files("cryptography_vectors") / "chunked-encryption" / "vectors.json").read_text()


def finished(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing; asyncio.run has no place beside Playwright's event loop."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("it waits for something")


async def by_the_product(file: bytes, server_share: bytes, link: str | None) -> dict[str, str]:
    """The command line's reader, every entry read."""
    opened = sealing.SealedFile(io.BytesIO(file), server_share, link_share(link))
    return photos({entry.name: opened.read(entry) for entry in opened.entries})


async def by_cryptography(file: bytes, server_share: bytes, link: str | None) -> dict[str, str]:
    """`cryptography`'s own Cobblestone-256 judges the body."""
    front, key = begin(file, server_share, link)
    decryptor = Cobblestone256Decryptor(key, front.context)
    cobblestone.chunk_count(len(file) - front.length)
    try:
        plain = decryptor.update(file[len(front.context) :]) + decryptor.finalize()
    except (InvalidTag, ValueError):
        raise WrongKeyOrDamaged(cobblestone.DAMAGED) from None
    return photos(contents(plain))


async def by_chunks(file: bytes, server_share: bytes, link: str | None) -> dict[str, str]:
    """Our keys, borders and nonces around a bare AES-GCM: each of our rules is the only one of its kind."""
    front, key = begin(file, server_share, link)
    stream = StreamKeys.derive(key, front.salt, front.context)
    stream.check(front.commitment)
    return photos(contents(await decrypt(stream, file[front.length :])))


async def decrypt(stream: StreamKeys, body: bytes) -> bytes:
    count, cipher = cobblestone.chunk_count(len(body)), AESGCM(stream.key)
    chunks = (body[number * SEALED_CHUNK : (number + 1) * SEALED_CHUNK] for number in range(count))
    try:
        return b"".join(cipher.decrypt(stream.nonces(number, 1), chunk, None) for number, chunk in enumerate(chunks))
    except InvalidTag:
        raise WrongKeyOrDamaged(cobblestone.DAMAGED) from None


def begin(file: bytes, server_share: bytes, link: str | None) -> tuple[Front, bytes]:
    """The front and the file key."""
    share = link_share(link)
    front = read_front(file)
    front.header.check_link(share)
    return front, keys.file_key(server_share, share, front.header.key_id)


def link_share(link: str | None) -> bytes | None:
    return None if link is None else base32.read_link_text(link)


def contents(plain: bytes) -> dict[str, bytes]:
    start = archive.directory_start(plain[-64:], len(plain))
    found = {
        entry.name: entry.read(plain[entry.start : entry.end]) for entry in archive.read_directory(plain[start:], start)
    }
    report.read(found["report.xml"], [name for name in found if name.startswith("photos/")])
    return found


def photos(found: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in found.items() if name.startswith("photos/")}
