"""Sealed files on their way to a file host and back: in pieces, so that memory does not grow with them."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO

import requests

from .client import PATIENCE, Client, ClientError, NoAnswer, offline, patiently, refusal

PIECE = 8 * 1024 * 1024  # bytes of one request of an upload; when it breaks, less than one is lost
_PIECE = 64 * 1024  # bytes at a time; of a broken download, less than one is lost
_NOT_NOW = {"wrong_offset", "locked"}  # a request of ours whose answer was lost has been done since, or just is

Done = Callable[[int], object]
"""Is told how many bytes have gone or come."""


def upload(client: Client, file_host: str, report: str, file: IO[bytes], length: int, done: Done) -> str:
    """Store the first `length` bytes of a file as a report's; after a lost connection, go on from where it broke.

    Return the SHA-256, in hex, of what the file host has got. Raises ClientError.
    """
    under_way = _Upload(client, f"{file_host}/v1/blobs/{report}", report, file, length, done)
    patiently(under_way.go_on, lambda: under_way.offset)
    return under_way.sha256


class _Upload:
    """An upload by tus 1.0.0. `offset` is how far the file host is, in bytes, as far as it is known."""

    def __init__(self, client: Client, blob: str, report: str, file: IO[bytes], length: int, done: Done) -> None:
        self._client, self._blob, self._report = client, blob, report
        self._file, self._length, self._done = file, length, done
        self._is_begun = False
        self.offset, self.sha256 = 0, ""

    def go_on(self) -> None:
        """Send what is missing, piece by piece. Raises ClientError; NoAnswer where it may be called again."""
        if self._is_begun:
            self._ask()  # an answer was lost: the piece before it may have been kept
        if not self._is_begun:
            self._is_begun = True
            self._send("POST", self._blob, {"Upload-Length": str(self._length)})
        while not self.sha256:
            self._send("PATCH", f"{self._blob}/upload", {"Upload-Offset": str(self.offset)})

    def _ask(self) -> None:
        url = f"{self._blob}/upload"
        response = _request("HEAD", url, self._client.authorization("HEAD", url, self._report, "blob:put"))
        if response.status_code == 404:
            self._is_begun, self.offset = False, 0
        else:
            self._read(response)

    def _send(self, method: str, url: str, headers: dict[str, str]) -> None:
        """Send the next piece."""
        self._file.seek(self.offset)
        data = self._file.read(min(PIECE, self._length - self.offset))
        signed = self._client.authorization(method, url, self._report, "blob:put", hashlib.sha256(data).digest())
        headers |= {"Content-Type": "application/offset+octet-stream"}
        self._read(_request(method, url, signed | headers, _Piece(data, self.offset, self._done)))

    def _read(self, response: requests.Response) -> None:
        if not response.ok:
            error = refusal(response)
            raise NoAnswer(error.error, str(error)) if error.error in _NOT_NOW else error
        self.offset = int(response.headers["Upload-Offset"])
        if self.offset == self._length:
            self.sha256 = response.headers["ETag"].strip('"')


class _Piece:
    """A piece of a file to send, from `offset` on."""

    def __init__(self, data: bytes, offset: int, done: Done) -> None:
        self._data, self._offset, self._done = data, offset, done

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._data), _PIECE):
            yield self._data[start : start + _PIECE]
            self._done(self._offset + min(start + _PIECE, len(self._data)))


def _request(method: str, url: str, headers: dict[str, str], data: Iterable[bytes] | None = None) -> requests.Response:
    headers["Tus-Resumable"] = "1.0.0"
    try:
        return requests.request(method, url, headers=headers, data=data, timeout=PATIENCE, allow_redirects=False)
    except requests.RequestException:
        raise offline() from None


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
