"""Stations 7 to 10 in the recipient's browser: link, release, download, decryption, reading.

The first photo is shown before the last has arrived: both ends of the file come first, then photo after photo,
each authenticated before it is handed out. When all is there, the file's hash must be the registered one.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sealed import base32
from sealed.cobblestone import DAMAGED
from sealed.errors import N_, NotSealed, WrongKeyOrDamaged
from sealed.header import FRONT_LIMIT, Front, read_front

from . import web, webcrypto
from .blob import Blob, Given
from .contents import PDF, Contents
from .release import Released, Share

_NO_FILE = N_(
    "Their file does not lie here. If it came to you by e-mail, or another way, open it from there. "
    "Else ask the sender to send them again."
)
Tell = Callable[[dict[str, Any]], object]
# Kept so that a second try of the same opening goes on where the first one broke.
_openings: dict[tuple[str, str], "Opening"] = {}
_opened: dict[str, "Opened"] = {}  # those that their senders let be saved, by report; gone with the worker


@dataclass(frozen=True)
class Where:
    """Where a report is, as the portal says: its key server and file host (URLs), and the key of the former's log."""

    key_server: str
    file_host: str
    log_key: str


async def open_report(report_id: str, fragment: str, where: Where, remembered: str, tell: Tell) -> dict[str, Any]:
    """Open a report, telling its details, then its photos, one by one; return when the whole file has been checked.

    `remembered` is the checkpoint of the key server's log that this browser has seen last, or empty; the newer
    one is told with the details. Raises SealedError's leaves, and web.Refused for what the servers refuse.
    """
    share, blob = base32.read_link_text(fragment), Blob(where.file_host, report_id)
    return await _run((report_id, fragment), Opening(report_id, share, where, remembered, blob), tell)


async def open_file(
    report_id: str, fragment: str, where: Where, remembered: str, file: Any, tell: Tell
) -> dict[str, Any]:
    """Open a sealed file (a JavaScript File) that came another way, otherwise as `open_report` does; raises as that."""
    share = base32.read_link_text(fragment) if fragment else None
    return await _run((report_id, fragment), Opening(report_id, share, where, remembered, Given(file)), tell)


async def check_file(file: Any, fragment: str) -> dict[str, Any]:
    """Return the `report` that a sealed file (a JavaScript File) is of, and whether it is `ready` to be opened.

    It is not where its link is needed, and `fragment` empty. Raises NotSealed, BadLink's leaves.
    """
    header = (await Given(file).front()).header
    if header.link_check is not None and not fragment:
        return {"report": header.key_id, "ready": False}
    header.check_link(base32.read_link_text(fragment) if fragment else None)
    return {"report": header.key_id, "ready": True}


async def _run(key: tuple[str, str], fresh: "Opening", tell: Tell) -> dict[str, Any]:
    tell({"stage": "starting", "done": 0, "total": 0})
    opening = _openings.setdefault(key, fresh)
    await opening.run(tell)
    del _openings[key]
    if kept := opening.to_save():
        _opened[key[0]] = kept
    return {}


async def save(report_id: str, what: str) -> dict[str, Any]:
    """Return what was opened as a file: `name`, `type` and `data`; the log knows of it first. Raises web.Refused.

    `what` is `pdf`, or `photos`: one photo is the photo itself, more are the archive that was sealed. Raises
    LookupError where it may not be saved.
    """
    opened = _opened[report_id]
    await opened.share.acknowledge(opened.released, saved=True)
    contents = opened.contents
    if what == "pdf":
        return {"name": PDF, "type": "application/pdf", "data": (await contents.pdf()).buffer}
    if len(contents.photos) > 1:
        return {"name": "photos.zip", "type": "application/zip", "data": (await contents.archive()).buffer}
    [photo] = contents.photos
    data = (await contents.read(photo)).buffer
    return {"name": photo.name.rpartition("/")[2], "type": photo.media_type, "data": data}


async def open_bytes(
    data: Any, server_share: bytes, link_share: bytes | None
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Open a whole sealed report, given as a Uint8Array; return its details, and its photos with their `data`.

    Raises SealedError's leaves.
    """
    front = read_front(data.subarray(0, FRONT_LIMIT).to_bytes())
    front.header.check_link(link_share)
    contents = Contents(front, server_share, link_share, data)
    await contents.read_directory(_all_there)
    found = await contents.read_all()
    return contents.told(), [photo | {"data": found[photo["name"]].buffer} for photo in await contents.listed()]


async def _all_there(_start: int) -> None:
    """Fetch nothing: the whole file has been given."""


@dataclass(frozen=True)
class Opened:
    """A report that is here as a whole."""

    share: Share
    released: Released
    contents: Contents


class Opening:
    """One opening of a report, as far as it has come."""

    def __init__(
        self, report_id: str, link_share: bytes | None, where: Where, remembered: str, blob: Blob | Given
    ) -> None:
        self._id, self._link_share, self._where, self._blob = report_id, link_share, where, blob
        self._share = Share(report_id, where.key_server, where.log_key, remembered)
        self._released: Released | None = None
        self._contents: Contents | None = None
        self._shown = 0  # photos
        self._acknowledged: asyncio.Future[None] | None = None

    async def run(self, tell: Tell) -> None:
        """Go on from wherever it stands, to the end."""
        if self._contents is None:
            self._contents = await self._begin(tell)
        await self._show(self._contents, tell)
        async for done in self._blob.fill():
            tell({"stage": "fetching", "done": done, "total": self._blob.length})
            await self._show(self._contents, tell)
        if self._released is None or await webcrypto.sha256(self._blob.data) != self._released.file_sha256:
            raise WrongKeyOrDamaged(DAMAGED)
        if self._acknowledged:
            await self._acknowledged

    def to_save(self) -> Opened | None:
        """Return what was opened, where the entry of its release says that it may be saved."""
        if self._released is None or self._contents is None or not self._released.told["download"]:
            return None
        return Opened(self._share, self._released, self._contents)

    async def _show(self, contents: Contents, tell: Tell) -> None:
        """Tell the photos that have arrived since."""
        for photo in contents.photos[self._shown :]:
            if not self._blob.has(contents.file_end(photo)):
                return
            tell({"stage": "photo", "name": photo.name, "data": (await contents.picture(photo)).buffer})
            self._shown += 1
            if self._released and self._acknowledged is None:  # beside the next photos, which do not wait for it
                self._acknowledged = asyncio.ensure_future(self._acknowledge(self._released))

    async def _acknowledge(self, released: Released) -> None:
        """Say that a photo has been handed to the page. Tried once."""
        with contextlib.suppress(Exception):  # whatever is wrong with it, the photos are shown
            await self._share.acknowledge(released)

    async def _begin(self, tell: Tell) -> Contents:
        """Get the key and the two ends of the file; tell what the report is about."""
        witnessed = self._share.witness(self._where.file_host)
        release_pass = web.get_pass(self._id, "key:release", self._where.key_server)
        authorization, front, _ = await asyncio.gather(release_pass, self._front(), witnessed)
        tell({"stage": "asking", "done": 0, "total": 0})
        if self._released is None:
            self._released = await self._share.release(authorization)
        if front is None or self._blob.length != self._released.file_length:
            raise WrongKeyOrDamaged(DAMAGED)
        contents = Contents(front, self._released.server_share, self._link_share, self._blob.data)
        await contents.read_directory(self._blob.need)
        seen, photos = self._released.told, await contents.shown()
        tell({"stage": "report", "details": contents.told(), "photos": photos, "pdf": contents.has_pdf} | seen)
        return contents

    async def _front(self) -> Front | None:
        """Read the file's front before the key server is asked: a wrong link must not use up an opening."""
        try:
            await self._blob.authorize()
        except web.Refused as refused:
            if refused.error != "not_available":
                raise
            return None  # not for this account: the key server will say so, and log that it was asked
        try:
            await self._blob.begin()
        except web.Refused as refused:
            raise web.Refused("no_file", _NO_FILE) if refused.error == "not_available" else refused from None
        front = read_front(self._blob.data.subarray(0, FRONT_LIMIT).to_bytes())
        front.header.check_link(self._link_share)
        # The address in a file is hostile input: passes go only where the portal says.
        if (front.header.key_id, front.header.key_server) != (self._id, self._where.key_server):
            raise NotSealed("This file belongs to another report or another portal. Ask the sender to send it again.")
        return front
