"""Stations 2 to 6 on the sender's machine: strip, report, seal, upload, link."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from sealed import archive, base32, hints, keys, report
from sealed.errors import PhotoRefused
from sealed.header import Header
from sealed.released import CREATE

from .. import clock
from . import files, photos, recovery, sealing, shares
from .client import Client, ClientError
from .transfer import Upload

Tell = Callable[[str, int, int], object]
"""Is told the step, how many bytes of it are done, and of how many."""

_USUAL: dict[str, Any] = {"days": 7, "download": False}


@dataclass(frozen=True)
class Letter:
    """What a sender says: to whom (contacts), about which patient, what is asked, and for how many days it opens.

    Addressed to nobody, it is whose who opens it first. It opens from `begin` on (seconds since 1970; 0 or None: now),
    `openings` times in all, `each` times for each person (0 or None: any number). Who opens it may save the photos, or
    only look at them (`download`), and sees their own name over them (`mark`; None: no). None for `days` and `download`
    is as the sender's organisation has it. `passkey`: whoever opens it must have signed in with one; `countries`
    (ISO 3166): must say that they work in one. `key_server` is an address, or empty for the portal's default.
    `recovery_key_changed`: the sender knows that their organisation has another one now.
    """

    to: tuple[str, ...]
    patient: str
    question: str
    notes: str
    days: int | None
    begin: int | None = None
    openings: int | None = None
    each: int | None = None
    download: bool | None = None
    passkey: bool | None = None
    countries: tuple[str, ...] = ()
    key_server: str = ""
    recovery_key_changed: bool = False
    mark: bool | None = None


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
        begun, sent, sha256 = _seal_into(file, client, paths, letter, tell)
        _upload(client, begun, file, sha256, sent.length, tell)
        _register(client, begun, sha256, sent.length)
    return sent


def seal(client: Client, paths: list[Path], letter: Letter, output: Path, tell: Tell) -> Sent:
    """Seal photos into the file `output`, which is there whole or not at all; otherwise as `send`."""
    with files.new_file(output) as file:
        begun, sent, sha256 = _seal_into(file, client, paths, letter, tell)
        _register(client, begun, sha256, sent.length)
    return sent


def end(begin: int | None, days: int) -> int:
    """Return when it ends to open what opens for some days, from `begin` (seconds since 1970) or from now on."""
    return max(clock.now(), begin or 0) + days * 86_400


def _seal_into(
    file: IO[bytes], client: Client, paths: list[Path], letter: Letter, tell: Tell
) -> tuple[dict[str, Any], Sent, str]:
    """Write the sealed report; return where it belongs, what the sender is told, and the file's SHA-256 in hex."""
    prepared = [photos.prepare(path) for path in _counted(paths, "Removing metadata", tell)]
    account = client.account()
    if account is None:
        raise ClientError("sign_in", "Please sign in first.")
    recovery_key = recovery.trusted(client, account, letter.recovery_key_changed)
    details = _details(prepared, letter, account["name"] or account["contact"])
    begun = _begin(client, letter)
    link_share = secrets.token_bytes(base32.LINK_SHARE_LENGTH)
    header = Header(details.created, begun["id"], begun["key_server"], keys.link_check(link_share))
    if recovery_key:
        recovery.deposit(client, account, recovery_key, begun["id"], link_share)
    server_share = _create_key(client, begun, decided(letter, account))
    plaintext = archive.pack(_plaintext(details, prepared, tell))
    sha256, length = sealing.write(file, sealing.seal(header, server_share, link_share, plaintext))
    link, links = _links(f"{client.portal}/r/{begun['id']}#", base32.link_text(link_share), begun["recipients"])
    removed = {photo.path.name: photo.removed for photo in prepared}
    return begun, Sent(begun["id"], link, removed, length, recovery_key, links), sha256


def _links(address: str, text: str, named: list[str]) -> tuple[str, dict[str, str]]:
    """Return the link for whoever is named, and where there are several, each one's own.

    A hint that two of them share is no hint: neither gets it.
    """
    told = [hints.hint(contact) for contact in named]
    links = {
        contact: address + (hints.with_hint(text, contact) if told.count(hint) == 1 else text)
        for contact, hint in zip(named, told, strict=True)
    }
    return (links[named[0]], {}) if len(named) == 1 else (address + text, links)


def _begin(client: Client, letter: Letter) -> dict[str, Any]:
    asked = {"recipients": list(letter.to)} | ({"key_server": letter.key_server} if letter.key_server else {})
    begun: dict[str, Any] = client.ask("POST", "/api/reports", asked, secrets.token_urlsafe(24))
    if letter.key_server not in ("", begun["key_server"]):
        raise ClientError("bad_answer", "The portal has chosen another key server than the one you named.")
    return begun


def decided(letter: Letter, account: dict[str, Any]) -> Letter:
    """Return a letter with what its sender says nothing of as their organisation has it, or as is usual."""
    defaults = _USUAL | (account.get("organisation") or {}).get("defaults", {})
    left_open = [name for name in _USUAL if getattr(letter, name) is None]
    return replace(letter, **{name: defaults[name] for name in left_open})


def _counted(paths: list[Path], step: str, tell: Tell) -> Iterator[Path]:
    """Yield photos one by one, telling how many of their bytes are done."""
    sizes = [path.stat().st_size for path in paths]
    done, total = 0, sum(sizes)
    for path, size in zip(paths, sizes, strict=True):
        tell(step, done, total)
        yield path
        done += size
    tell(step, total, total)


def _details(prepared: list[photos.Prepared], letter: Letter, sender: str) -> report.Details:
    listed = tuple(
        report.Photo(f"photos/{number:03}.{photo.ending}", photo.width, photo.height, photo.taken)
        for number, photo in enumerate(prepared, 1)
    )
    return report.Details(
        clock.text(clock.now()), letter.patient.strip(), sender, letter.question, letter.notes, listed
    )


def _create_key(client: Client, begun: dict[str, Any], letter: Letter) -> bytes:
    policy = {
        "recipients": begun["recipients"],
        "not_before": clock.text(letter.begin) if letter.begin else None,
        "not_after": clock.text(end(letter.begin, letter.days or 0)),
        "most_each": letter.each or None,
        "most": letter.openings or None,
        "download": letter.download,
        "passkey": bool(letter.passkey),
        "jurisdictions": list(letter.countries),
        "mark": letter.mark,
    }
    share: bytes = shares.get(client, CREATE, begun["id"], begun, policy)["server_share"]
    return share


def _plaintext(details: report.Details, prepared: list[photos.Prepared], tell: Tell) -> Iterator[tuple[str, bytes]]:
    """Yield the entries in the archive's order, one photo in memory at a time."""
    paths = _counted([photo.path for photo in prepared], "Sealing", tell)
    for path, photo, listed in zip(paths, prepared, details.photos, strict=True):
        stripped = photos.strip(path)
        if (stripped.width, stripped.height, stripped.ending) != (photo.width, photo.height, photo.ending):
            raise PhotoRefused(f"{path.name}: It was changed while it was being sent. Send it again.")
        yield listed.name, stripped.data
    yield "report.xml", report.write(details)
    for number, photo in enumerate(prepared, 1):
        yield f"thumbs/{number:03}.jpg", photo.thumbnail


def _upload(client: Client, begun: dict[str, Any], file: IO[bytes], sha256: str, length: int, tell: Tell) -> None:
    upload = Upload(file, length, lambda done: tell("Uploading", done, length))
    blob = f"{begun['file_host']}/v1/blobs/{begun['id']}"
    stored = client.with_pass("PUT", blob, begun["id"], "blob:put", data=upload, sha256=sha256)
    if stored["sha256"] != sha256:
        raise ClientError("cut_off", "The file host got something else than was sent. Send it again.")


def _register(client: Client, begun: dict[str, Any], sha256: str, length: int) -> None:
    registered = f"{begun['key_server']}/v1/keys/{begun['id']}/file"
    client.with_pass("PUT", registered, begun["id"], "key:create", json={"sha256": sha256, "length": length})
