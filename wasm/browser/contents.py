"""What a sealed report holds, read part by part in the browser, each part authenticated before it is handed out."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from sealed import archive, report, sniff
from sealed.cobblestone import CHUNK, SEALED_CHUNK, StreamKeys
from sealed.header import Front
from sealed.keys import file_key

from . import webcrypto

PDF = "report.pdf"


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

    async def picture(self, photo: archive.Entry) -> Any:
        """Return a photo as `read` does, if it is one that may reach the screen. Raises as `read` does.

        A picture that is larger than the details say could end the browser that draws it.
        """
        data = await self.read(photo)
        listed = next(one for one in self._details.photos if one.name == photo.name)
        sniff.check(data.subarray(0, sniff.ENOUGH).to_bytes(), listed.width, listed.height)
        return data

    @property
    def has_pdf(self) -> bool:
        """Tell whether a PDF lies beside the photos."""
        return PDF in self._entries

    async def pdf(self) -> Any:
        """Return the PDF as a Uint8Array of its own. Raises KeyError where there is none, and as `read` does."""
        return await self.read(self._entries[PDF])

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

    async def shown(self) -> list[dict[str, Any]]:
        """Return what `listed` does, if the thumbnails may reach the screen. Raises BadReport."""
        listed = await self.listed()
        for photo in listed:
            if photo["thumb"]:
                sniff.check_small(photo["thumb"].to_bytes())
        return listed

    def told(self) -> dict[str, Any]:
        """Return what the sender says about the photos."""
        names = ("patient", "question", "notes", "site", "sender", "created")
        consent = self._details.consent
        return {name: getattr(self._details, name) for name in names} | {"consent": consent and asdict(consent)}
