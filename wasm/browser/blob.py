"""A sealed report at the file host, fetched in ranges; what has arrived stays when the connection goes."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

from js import Uint8Array
from pyodide.ffi import JsException

from sealed.errors import NotSealed
from sealed.header import FRONT_LIMIT, Front, read_front

from . import web

TAIL = 256 * 1024  # bytes: the directory, the details and about twenty thumbnails
_TRIES = 5  # without a single new byte; the pauses between them are eight seconds in all
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)", re.ASCII)


class Blob:
    """The bytes of a sealed report, `length` in all: `data` is a Uint8Array outside Python's memory,
    filled up to `head` and again from `tail` on.
    """

    def __init__(self, file_host: str, report: str) -> None:
        self._url, self._report = f"{file_host}/v1/blobs/{report}", report
        self.data: Any = None
        self.length = self.head = self.tail = 0
        self._version = self._pass = ""

    async def begin(self) -> None:
        """Fetch both ends: the front with the header, the tail with the directory. Raises web.Refused."""
        if self.data is not None:
            return
        await self.authorize()
        front, tail = await asyncio.gather(self._get(f"0-{FRONT_LIMIT - 1}"), self._get(f"-{TAIL}"))
        start, end, length = _range(tail)
        if end + 1 != length:
            raise web.broken()
        data, head = Uint8Array.new(length), min(FRONT_LIMIT, length)
        await _receive(front, data, 0, head)
        await _receive(tail, data, start, length)
        self.data, self.length, self.head, self.tail = data, length, head, start
        self._version = str(tail.headers.get("ETag") or "")

    def has(self, end: int) -> bool:
        """Tell whether everything before the offset `end` has arrived."""
        return self.head >= min(end, self.tail)

    async def fill(self) -> AsyncIterator[int]:
        """Fetch what is missing, from the front on; yield how many bytes of the file are there, again and again.

        A lost connection is taken up again where it broke. Raises web.Refused when that does not help.
        """
        failures = 0
        while self.head < self.tail:
            before = self.head
            try:
                async for piece in self._pieces():
                    self.data.set(piece, self.head)
                    self.head += piece.length
                    yield self.head + self.length - self.tail
            except web.Refused as refused:
                failures = 1 if self.head > before else failures + 1
                if failures == _TRIES or refused.error not in web.PASSING:
                    raise
                await asyncio.sleep(2.0 ** (failures - 2))

    async def need(self, start: int) -> None:
        """Fetch what is missing from the offset `start` to the end. Raises web.Refused."""
        start = max(start, self.head)
        if start < self.tail:
            await _receive(await self._get(f"{start}-{self.tail - 1}"), self.data, start, self.tail)
            self.tail = start

    async def _pieces(self) -> AsyncIterator[Any]:
        response = await self._get(f"{self.head}-{self.tail - 1}")
        if _range(response) != (self.head, self.tail - 1, self.length):
            raise web.broken()
        async for piece in web.pieces(response, self.tail - self.head):
            yield piece

    async def authorize(self) -> None:
        """Get a pass where there is none, or where it may end before the next request. Raises web.Refused."""
        self._pass = await web.kept_pass(self._report, "blob:get")

    async def _get(self, wanted: str) -> Any:
        await self.authorize()
        headers = {"Authorization": self._pass, "Range": f"bytes={wanted}"}
        if self._version:
            headers["If-Range"] = self._version
        return await web.get(self._url, headers)


class Given:
    """The bytes of a sealed report that somebody has at hand, as a JavaScript File; to its reader it is a Blob."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.data: Any = None
        self.length = int(file.size)

    async def front(self) -> Front:
        """Read its front alone. Raises NotSealed."""
        return read_front((await _bytes(self._file.slice(0, FRONT_LIMIT))).to_bytes())

    async def authorize(self) -> None:
        """Ask nobody: it is here."""

    async def begin(self) -> None:
        """Read all of it. Raises NotSealed where it has been moved or changed since it was chosen."""
        if self.data is None:
            self.data = await _bytes(self._file)

    def has(self, end: int) -> bool:
        """Everything has arrived."""
        return True

    async def fill(self) -> AsyncIterator[int]:
        """Fetch nothing."""
        for done in ():
            yield done

    async def need(self, start: int) -> None:
        """Fetch nothing."""


async def _bytes(file: Any) -> Any:
    try:
        return Uint8Array.new(await file.arrayBuffer())
    except JsException:
        raise NotSealed("This file cannot be read. Choose it once more, or save it on this device first.") from None


async def _receive(response: Any, data: Any, start: int, end: int) -> None:
    """Put a response's body, all of it, where it belongs in the file. Raises web.Refused."""
    async for piece in web.pieces(response, end - start):
        data.set(piece, start)
        start += piece.length


def _range(response: Any) -> tuple[int, int, int]:
    """Return first byte, last byte and length of the file, as a partial answer tells them (RFC 9110, 14.4)."""
    found = _RANGE.fullmatch(str(response.headers.get("Content-Range") or ""))
    if response.status != 206 or not found:
        raise web.broken()
    return int(found[1]), int(found[2]), int(found[3])
