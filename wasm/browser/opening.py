"""Stations 7 to 10 in the recipient's browser: link, release, download, decryption, reading.

The first photo is shown before the last has arrived: both ends of the file come first, then photo after photo,
each authenticated before it is handed out. When all is there, the file's hash must be the registered one.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from sealed import archive, base32, report
from sealed.cobblestone import CHUNK, DAMAGED, SEALED_CHUNK, StreamKeys
from sealed.errors import NotSealed, WrongKeyOrDamaged
from sealed.header import FRONT_LIMIT, Front, read_front
from sealed.keys import file_key

from . import web, webcrypto
from .blob import Blob
from .release import Released, Share

Tell = Callable[[dict[str, Any]], object]
# Kept so that a second try of the same opening goes on where the first one broke.
_openings: dict[tuple[str, str], "Opening"] = {}
_opened: "Opened | None" = None  # the last one that the sender lets be saved; gone with the worker


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
    tell({"stage": "starting", "done": 0, "total": 0})
    link_share = base32.read_link_text(fragment)
    fresh = Opening(report_id, link_share, where, remembered)
    opening = _openings.setdefault((report_id, fragment), fresh)
    await opening.run(tell)
    del _openings[report_id, fragment]
    global _opened
    _opened = opening.to_save()
    return {}


async def save() -> dict[str, Any]:
    """Return what was opened as a file: `name`, `type` and `data`; the log knows of it first. Raises web.Refused.

    One photo is the photo itself, more are the archive that was sealed. Raises LookupError where it may not be saved.
    """
    if _opened is None:
        raise LookupError("nothing that may be saved")
    await _opened.share.acknowledge(_opened.released, saved=True)
    contents = _opened.contents
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
    contents: "Contents"


class Opening:
    """One opening of a report, as far as it has come."""

    def __init__(self, report_id: str, link_share: bytes, where: Where, remembered: str) -> None:
        self._id, self._link_share, self._where = report_id, link_share, where
        self._blob = Blob(where.file_host, report_id)
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

    async def _show(self, contents: "Contents", tell: Tell) -> None:
        """Tell the photos that have arrived since."""
        for photo in contents.photos[self._shown :]:
            if not self._blob.has(contents.file_end(photo)):
                return
            tell({"stage": "photo", "name": photo.name, "data": (await contents.read(photo)).buffer})
            self._shown += 1
            if self._released and self._acknowledged is None:  # beside the next photos, which do not wait for it
                self._acknowledged = asyncio.ensure_future(self._acknowledge(self._released))

    async def _acknowledge(self, released: Released) -> None:
        """Say that a photo has been handed to the page. Tried once."""
        with contextlib.suppress(Exception):  # whatever is wrong with it, the photos are shown
            await self._share.acknowledge(released)

    async def _begin(self, tell: Tell) -> "Contents":
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
        seen, photos = self._released.told, await contents.listed()
        tell({"stage": "report", "details": contents.told(), "photos": photos} | seen)
        return contents

    async def _front(self) -> Front | None:
        """Read the file's front before the key server is asked: a wrong link must not use up an opening."""
        try:
            await self._blob.authorize()
        except web.Refused as refused:
            if refused.error != "not_available":
                raise
            return None  # not for this account: the key server will say so, and log that it was asked
        await self._blob.begin()
        front = read_front(self._blob.data.subarray(0, FRONT_LIMIT).to_bytes())
        front.header.check_link(self._link_share)
        # The address in a file is hostile input: passes go only where the portal says.
        if (front.header.key_id, front.header.key_server) != (self._id, self._where.key_server):
            raise NotSealed("This file belongs to another report. Ask the sender to send it again.")
        return front


class Contents:
    """What a sealed report holds, read part by part from `data`, a Uint8Array that may still be filling up."""

    def __init__(self, front: Front, server_share: bytes, link_share: bytes | None, data: Any) -> None:
        """Raise WrongKeyOrDamaged where the key is another file's, NotSealed where no chunk can be there."""
        key = file_key(server_share, link_share, front.header.key_id)
        keys = StreamKeys.derive(key, front.salt, front.context)
        self._body, self._offset = webcrypto.Body(keys, data.subarray(front.length)), front.length
        keys.check(front.commitment)
        self._entries: dict[str, archive.Entry] = {}
        self.photos: list[archive.Entry] = []
        self._details: report.Details

    def file_end(self, entry: archive.Entry) -> int:
        """Return how many bytes of the file must be there before an entry can be read."""
        return self._offset + self._body.sealed_end(entry.end)

    async def read_directory(self, need: Callable[[int], Awaitable[None]]) -> None:
        """Read directory and details. `need` fetches what is missing from an offset of the file to its end.

        Raises WrongKeyOrDamaged, BadReport, and what `need` raises.
        """
        length = self._body.length
        await self._body.check_end()
        tail = (await self._body.read(max(0, length - 64), length)).to_bytes()
        start = archive.directory_start(tail, length)
        await need(self._file_start(start))
        found = archive.read_directory((await self._body.read(start, length)).to_bytes(), start)
        self._entries = {entry.name: entry for entry in found}
        self.photos = [entry for entry in found if entry.name.startswith("photos/")]
        # In the archive's order, details and thumbnails lie between the last photo and the directory.
        await need(self._file_start(self._entries["report.xml"].start))
        xml = await self.read(self._entries["report.xml"])
        self._details = report.read(xml.to_bytes(), [photo.name for photo in self.photos])

    def _file_start(self, start: int) -> int:
        """Return where in the file the chunk lies that holds the plaintext's byte `start`."""
        return self._offset + start // CHUNK * SEALED_CHUNK

    async def read(self, entry: archive.Entry) -> Any:
        """Return an entry's content as a Uint8Array of its own. Raises WrongKeyOrDamaged, BadReport."""
        plain = await self._body.read(entry.start, entry.end)
        entry.read(plain.to_bytes())
        return plain.slice(plain.length - entry.size)

    async def archive(self) -> Any:
        """Return the whole plaintext, a ZIP, as a Uint8Array of its own. Raises WrongKeyOrDamaged."""
        return await self._body.read(0, self._body.length)

    async def read_all(self) -> dict[str, Any]:
        """Return the content of every entry by name, as `read` does: so no part of the file goes unchecked."""
        return {name: await self.read(entry) for name, entry in self._entries.items()}

    async def listed(self) -> list[dict[str, Any]]:
        """Return what is known of each photo before it has arrived: name, size in pixels, media type, thumbnail."""
        listed = []
        for photo, entry in zip(self._details.photos, self.photos, strict=True):
            thumb = self._entries.get(f"thumbs/{photo.name[7:10]}.jpg")
            small = (await self.read(thumb)).buffer if thumb else None
            listed.append(asdict(photo) | {"type": entry.media_type, "thumb": small})
        return listed

    def told(self) -> dict[str, str]:
        """Return what the sender says about the photos."""
        return {name: getattr(self._details, name) for name in ("patient", "question", "notes", "sender", "created")}
