"""Stations 2 to 6 on the sender's machine: strip, report, seal, upload, link. The steps are sealed/sending.py's."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sealed import base32
from sealed import sending as steps
from sealed.letter import Letter
from sealed.released import CREATE

from .. import clock
from . import files, photos, recovery, sealing, shares
from .client import Client, ClientError
from .transfer import upload

Tell = Callable[[str, int, int], object]
"""Is told the step, how many bytes of it are done, and of how many."""


@dataclass(frozen=True)
class Sent:
    """A report on its way: its id, the link to hand on, what was removed from which photo, and its size in bytes.

    `links` are, where several are named, the link for each of them, by contact: each is good for all, and says whom it
    goes to, so that this person need not type it. `recovery_key` is the public key to which the link share was sealed,
    too; empty for none.
    """

    report: str
    link: str = field(repr=False)
    removed: dict[str, tuple[str, ...]]
    length: int
    recovery_key: str = ""
    links: dict[str, str] = field(repr=False, default_factory=dict)


def send(client: Client, paths: list[Path], letter: Letter, tell: Tell) -> Sent:
    """Send photos. Nothing is made at any server before every photo has been cleaned.

    Raises PhotoRefused, BadReport, ClientError, OSError.
    """
    with tempfile.TemporaryFile() as file:  # sealed bytes only ever touch this disk
        sealed, sent = _seal_into(file, client, paths, letter, tell)
        deliver(client, sealed, file, tell)
        register(client, sealed)
    return sent


def seal(client: Client, paths: list[Path], letter: Letter, output: Path, tell: Tell) -> Sent:
    """Seal photos into the file `output`, which is there whole or not at all; otherwise as `send`."""
    with files.new_file(output) as file:
        sealed, sent = _seal_into(file, client, paths, letter, tell)
        register(client, sealed)
    return sent


def _seal_into(
    file: IO[bytes], client: Client, paths: list[Path], letter: Letter, tell: Tell
) -> tuple[steps.Sealed, Sent]:
    """Write the sealed report; return where it belongs, and what the sender is told."""
    prepared = [photos.prepare(path) for path in _counted(paths, "Removing metadata", tell)]
    account = client.account()
    if account is None:
        raise ClientError("sign_in", "Please sign in first.")
    recovery_key = recovery.trusted(client, account, letter.recovery_key_changed)
    link_share = secrets.token_bytes(base32.LINK_SHARE_LENGTH)
    told = [one.photo for one in prepared]
    going = steps.seal(letter, told, account, client.portal, clock.now, link_share, recovery_key)
    sealed = _walk(client, going, file, tell)
    removed = {photo.path.name: photo.removed for photo in prepared}
    return sealed, Sent(sealed.report, sealed.link, removed, sealed.length, recovery_key, sealed.links)


def _walk(client: Client, going: steps.Going, file: IO[bytes], tell: Tell) -> steps.Sealed:
    answer: Any = None
    while True:
        try:
            step = going.send(answer)
        except StopIteration as end:
            sealed: steps.Sealed = end.value
            return sealed
        answer = _do(client, step, file, tell)


def _do(client: Client, step: steps.Step, file: IO[bytes], tell: Tell) -> Any:
    """Do a step; return what it asks for."""
    match step:
        case steps.Begin():
            begun = client.ask("POST", "/api/reports", step.asked, secrets.token_urlsafe(24))
            if step.asked.get("key_server", begun["key_server"]) != begun["key_server"]:
                raise ClientError("bad_answer", "The portal has chosen another key server than the one you named.")
            return begun
        case steps.Deposit():
            return recovery.deposit(client, step)
        case steps.CreateKey():
            return create_key(client, step)
        case steps.Write():
            pieces = sealing.seal(step.header, step.server_share, step.link_share, _told(step, tell))
            return sealing.write(file, pieces)


def create_key(client: Client, step: steps.CreateKey) -> bytes:
    """Have the key server make a key; return its share, 32 bytes. Raises ClientError, BadProof."""
    share: bytes = shares.get(client, CREATE, step.begun["id"], step.begun, step.policy)["server_share"]
    return share


def _told(step: steps.Write, tell: Tell) -> Iterator[bytes]:
    done = 0
    for piece in step.pieces():
        tell("Sealing", min(done, step.length), step.length)
        yield piece
        done += len(piece)
    tell("Sealing", step.length, step.length)


def _counted(paths: list[Path], step: str, tell: Tell) -> Iterator[Path]:
    """Yield photos one by one, telling how many of their bytes are done."""
    sizes = [path.stat().st_size for path in paths]
    done, total = 0, sum(sizes)
    for path, size in zip(paths, sizes, strict=True):
        tell(step, done, total)
        yield path
        done += size
    tell(step, total, total)


def deliver(client: Client, sealed: steps.Sealed, file: IO[bytes], tell: Tell) -> None:
    """Give the file host a sealed file. Raises ClientError."""
    length = sealed.length
    stored = upload(client, sealed.file_host, sealed.report, file, length, lambda done: tell("Uploading", done, length))
    if stored != sealed.sha256:
        raise ClientError("cut_off", "The file host got something else than was sent. Send it again.")


def register(client: Client, sealed: steps.Sealed) -> None:
    """Tell the key server which file its key is for: from then on it opens. Raises ClientError."""
    url = f"{sealed.key_server}/v1/keys/{sealed.report}/file"
    told = {"sha256": sealed.sha256, "length": sealed.length}
    client.with_pass("PUT", url, sealed.report, "key:create", json=told)
