"""Stations 7 to 10 at a command line: link, release, download, decryption into a folder; flat in memory."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sealed import base32, report
from sealed.cobblestone import DAMAGED
from sealed.errors import NotSealed, WrongKeyOrDamaged
from sealed.header import FRONT_LIMIT, Header, is_base_url
from sealed.released import RECOVER, RELEASE

from ..hpke import KeyPair
from . import files, recovery, sealing, shares
from .client import Client, ClientError
from .sending import Tell
from .transfer import Download

# "%23" and "%2523": some message programs write "#" so.
_LINK = re.compile(r"(?P<portal>\S+)/r/(?P<report>[0-9A-Z]{26})/?(?:(?:#|%(?:25)*23)(?P<fragment>.*))?", re.DOTALL)

AskLink = Callable[[], str | None]
"""Asks the person for the link or what stands behind its `#`; None where nobody can be asked."""


@dataclass(frozen=True)
class Link:
    """A link: its portal, its report's id, and what stands behind its `#`, or None where there is nothing."""

    portal: str
    report: str
    fragment: str | None = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """A report that lies open in a folder: what it says, and its files' names in the folder."""

    folder: Path
    details: report.Details
    names: tuple[str, ...]


def read_link(text: str) -> Link | None:
    """Return the link that a text is, or None where it is none."""
    found = _LINK.fullmatch(text.strip())
    if not found or not is_base_url(found["portal"]) or not base32.is_id(found["report"]):
        return None
    return Link(found["portal"], found["report"], found["fragment"])


def open_link(client: Client, link: Link, ask_link: AskLink, folder: Path | None, tell: Tell) -> Opened:
    """Fetch a report and open it into a new folder (default: its id). Raises SealedError, ClientError, OSError."""
    told = _told(client, link.report)

    def link_share(header: Header) -> bytes | None:
        return _link_share(header, link.fragment, ask_link)

    opened, released = fetch(client, link.report, told, link_share, RELEASE, folder or Path(link.report), tell)
    shares.acknowledge(client, link.report, told, released)
    return opened


def fetch(
    client: Client,
    report_id: str,
    told: dict[str, Any],
    link_share: Callable[[Header], bytes | None],
    action: str,
    folder: Path,
    tell: Tell,
) -> tuple[Opened, dict[str, Any]]:
    """Fetch a report and open it into a new folder; return it, and the key server's answer (RELEASE or RECOVER).

    `told` is where the portal says that its key and file are. `link_share` is asked before the key server is.
    Raises SealedError, ClientError, OSError.
    """
    with files.new_folder(folder) as making, tempfile.TemporaryFile(dir=making) as file:
        download = Download(client, told["file_host"], report_id, file)
        _fetch_front(client, download, report_id, told, action)
        header = sealing.front(file).header
        share = link_share(header)
        released = _release(client, report_id, header, told, action)
        length = released["file"]["length"]
        download.fetch(length, lambda done: tell("Downloading", done, length))
        opened = _unpack(file, released, share, making, tell)
    return Opened(folder, *opened), released


def recover(client: Client, report_id: str, pair: KeyPair, folder: Path, tell: Tell) -> Opened:
    """Open a report into a new folder by the recovery key of the administrator's organisation: its sender is told.

    The sealed link share is opened first: with another key nothing is asked of the key server.
    Raises SealedError, ClientError, OSError.
    """
    told, share = recovery.find(client, report_id, pair)

    def link_share(header: Header) -> bytes:
        header.check_link(share)
        return share

    return fetch(client, report_id, told, link_share, RECOVER, folder, tell)[0]


def recover_file(client: Client, file: IO[bytes], pair: KeyPair, folder: Path | None, tell: Tell) -> Opened:
    """Open a sealed file as `recover` does a report (default folder: its id). Raises as that does."""
    header = sealing.front(file).header
    told, share = recovery.find(client, header.key_id, pair)
    header.check_link(share)
    with files.new_folder(folder or Path(header.key_id)) as making:
        released = _release(client, header.key_id, header, told, RECOVER)
        opened = _unpack(file, released, share, making, tell)
    return Opened(folder or Path(header.key_id), *opened)


def open_file(
    client: Client, file: IO[bytes], fragment: str | None, ask_link: AskLink, folder: Path | None, tell: Tell
) -> Opened:
    """Open a sealed file into a new folder (default: its report's id). Raises SealedError, ClientError, OSError."""
    header = sealing.front(file).header
    told = _told(client, header.key_id)
    share = _link_share(header, fragment, ask_link)
    with files.new_folder(folder or Path(header.key_id)) as making:
        released = _release(client, header.key_id, header, told, RELEASE)
        opened = _unpack(file, released, share, making, tell)
    shares.acknowledge(client, header.key_id, told, released)
    return Opened(folder or Path(header.key_id), *opened)


def ask_sender(client: Client, report_id: str) -> None:
    """Ask the sender, by way of the key server, to be let in once. Raises ClientError, also where that is no need."""
    url = f"{_told(client, report_id)['key_server']}/v1/keys/{report_id}/requests"
    client.with_pass("POST", url, report_id, "key:release")


def _told(client: Client, report_id: str) -> dict[str, Any]:
    """Ask the portal where a report's key server and file host are."""
    return dict(client.ask("GET", f"/api/reports/{report_id}"))


def _fetch_front(client: Client, download: Download, report_id: str, told: dict[str, Any], action: str) -> None:
    try:
        download.fetch(FRONT_LIMIT, lambda done: None)
    except ClientError as error:
        if error.error == "not_available" and action == RELEASE:
            shares.get(client, RELEASE, report_id, told, {})  # refuses too, and logs that it was asked
        raise


def _link_share(header: Header, fragment: str | None, ask_link: AskLink) -> bytes | None:
    """Return the link share, checked against the file before a release is asked for: that could use up an opening."""
    if fragment is None and header.link_check is not None:
        fragment = ask_link()
    if fragment is not None:
        whole = read_link(fragment)
        fragment = (whole.fragment or "") if whole else fragment
    share = None if fragment is None else base32.read_link_text(fragment)
    header.check_link(share)
    return share


def _release(client: Client, report_id: str, header: Header, told: dict[str, Any], action: str) -> dict[str, Any]:
    # The address in a file is hostile input: passes go only where the portal says.
    if (header.key_id, header.key_server) != (report_id, told["key_server"]):
        raise NotSealed("This file belongs to another report or another portal. Ask the sender to send it again.")
    # We leave files behind, and say so: where the sender wants none, that takes no opening.
    return shares.get(client, action, report_id, told, {"save": True} if action == RELEASE else {})


def _unpack(
    file: IO[bytes], released: dict[str, Any], link_share: bytes | None, folder: Path, tell: Tell
) -> tuple[report.Details, tuple[str, ...]]:
    """Check a file against what was registered, and decrypt all of it; keep all but the thumbnails."""
    registered = released["file"]["sha256"], released["file"]["length"]
    if sealing.digest(file) != registered:
        raise WrongKeyOrDamaged(DAMAGED)
    opened = sealing.SealedFile(file, released["server_share"], link_share)
    kept = []
    for entry in opened.entries:
        tell("Decrypting", entry.start, opened.entries[-1].end)
        content = opened.read(entry)
        if not entry.name.startswith("thumbs/"):
            files.write(folder / entry.name, content)
            kept.append(entry.name)
    tell("Decrypting", opened.entries[-1].end, opened.entries[-1].end)
    return opened.details, tuple(kept)
