"""Sealed files on their way to a file host and back: streamed, so that memory does not grow with them."""

import os
import re
from collections.abc import Callable, Iterator
from typing import IO

import requests

from .client import PATIENCE, Client, ClientError, offline, patiently, refusal

_PIECE = 64 * 1024  # bytes at a time; of a broken download, less than one is lost

Done = Callable[[int], object]
"""Is told how many bytes have gone or come."""


class Upload:
    """A file to send, of known length in bytes. It can be sent again from its beginning."""

    def __init__(self, file: IO[bytes], length: int, done: Done) -> None:
        self._file, self._length, self._done = file, length, done

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece
            self._done(self._file.tell())


class Download:
    """The sealed file of a report, fetched into an open file; after a lost connection, from where it broke."""

    def __init__(self, client: Client, file_host: str, report: str, file: IO[bytes]) -> None:
        self._client, self._report, self._file = client, report, file
        self._url = f"{file_host}/v1/blobs/{report}"
        self._etag: str | None = None

    def fetch(self, end: int, done: Done) -> None:
        """Fetch what is still missing of the first `end` bytes, or of as many as there are. Raises ClientError."""
        patiently(lambda: self._go_on(end, done), self._at)

    def _go_on(self, end: int, done: Done) -> None:
        at = self._at()
        if at >= end:
            return
        headers = self._client.authorization("GET", self._url, self._report, "blob:get")
        headers |= {"Range": f"bytes={at}-{end - 1}", "Accept-Encoding": "identity"}
        if self._etag:
            headers["If-Range"] = self._etag  # two halves of two files make none
        try:
            with requests.get(
                self._url, headers=headers, timeout=PATIENCE, allow_redirects=False, stream=True
            ) as response:
                end = min(end, self._begin(response, at))
                for piece in response.iter_content(_PIECE):
                    self._file.write(piece[: end - self._at()])
                    done(self._at())
                    if self._at() == end:
                        return
        except requests.RequestException:
            raise offline() from None
        if self._at() < end:
            raise offline()

    def _begin(self, response: requests.Response, at: int) -> int:
        """Read an answer's head; return the length in bytes of the whole file, as far as it is told."""
        self._etag = response.headers.get("ETag")
        if response.status_code == 206:
            told = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
            if told and int(told[1]) == at:
                return int(told[2])
            raise ClientError("bad_answer", "The file host sent another part of the file than was asked for.")
        if response.status_code == 200:  # another file by now, or a server that knows no parts: from the beginning
            self._file.seek(0)
            self._file.truncate()
            return int(response.headers["Content-Length"])
        raise refusal(response)

    def _at(self) -> int:
        return self._file.seek(0, os.SEEK_END)
