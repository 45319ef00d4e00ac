"""The one way in for sealed reports, by HTTP: tus 1.0.0 (https://tus.io/protocols/resumable-upload).

Creation, with a first piece where one comes along, termination and expiration. Two things are otherwise than usual:
of a request that is cut off nothing counts, since each piece is proved by the SHA-256 of the whole of it (PASSES.md);
and no header takes a method's place, since the proof names the method.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.http import http_date

from ..api import Json, described, header
from ..gate import by_pass, public, the_pass, the_proof
from ..problems import Problem
from . import uploads
from .server import here
from .uploads import Progress

_VERSION = "1.0.0"
_EXTENSIONS = "creation,creation-with-upload,termination,expiration"
_PIECE = "application/offset+octet-stream"
_NUMBER: Json = {"type": "string", "pattern": "^[0-9]{1,15}$"}  # bytes
_TUS = header("Tus-Resumable", {"type": "string", "const": _VERSION}, True, "The protocol's version.")
_LENGTH = header("Upload-Length", _NUMBER, True, "How many bytes the report has, at least 1.")
_OFFSET = header("Upload-Offset", _NUMBER | {"examples": ["0"]}, True, "How many bytes were there before this piece.")
_ALWAYS = ("Tus-Resumable",)
_SO_FAR = (*_ALWAYS, "Upload-Offset")
_BAD = "400-bad_request 412-wrong_version"
_DROPPED = 64 * 1024  # bytes at a time
_PIECES = f"{_BAD} 409-wrong_offset 411-no_length 413-too_large 415-no_piece 423-locked"


def add(bp: Blueprint) -> None:
    """Add the views of this module. What a browser asks before a request, cors.py has answered."""
    bp.post("", provide_automatic_options=False)(upload_POST)
    bp.route("/upload", methods=["HEAD"], provide_automatic_options=False)(upload_HEAD)
    bp.patch("/upload", provide_automatic_options=False)(upload_PATCH)
    bp.delete("/upload", provide_automatic_options=False)(upload_DELETE)
    bp.route("", methods=["OPTIONS"])(upload_OPTIONS)
    bp.after_request(_with_version)


@by_pass("blob:put", streams=True)
@described(
    {201: None}, f"{_PIECES} 409-exists 429-too_much", _PIECE, (_TUS, _LENGTH), {201: (*_SO_FAR, "Location")},
    body_needed=False,
)  # fmt: skip
def upload_POST(report: str) -> ResponseReturnValue:
    """Begin to store a sealed report, once; a first piece may come along. An upload of one's own begins anew."""
    with _to_its_end():
        _check_version()
        length, size, asker = _number("Upload-Length"), _size(), the_pass()
        if length == 0 or "Upload-Metadata" in request.headers:
            raise Problem(400, "bad_request", "A sealed report has bytes, and no name or other words beside it.")
        if length > asker.limit or size > length:
            raise Problem(413, "too_large", "This report is larger than this server takes.")
        uploads.allow(here(), asker, report, length)
    with here().storage.receive(request.stream, the_proof().check_body) as piece:
        found = uploads.begin(here(), asker, report, length)
        if size:
            found = uploads.append(here(), asker, report, found, piece, size)
    return _told(found, 201, {"Location": f"{here().url}/v1/blobs/{report}/upload"})


@by_pass("blob:put")
@described({200: None}, _BAD, parameters=(_TUS,), told={200: (*_SO_FAR, "Upload-Length")})
def upload_HEAD(report: str) -> ResponseReturnValue:
    """How much of a report of one's own has come; of a whole one, its SHA-256 as the ETag."""
    _check_version()
    found = uploads.progress(here(), the_pass(), report)
    return _told(found, 200, {"Upload-Length": str(found.length)})


@by_pass("blob:put", streams=True)
@described({204: None}, _PIECES, _PIECE, (_TUS, _OFFSET), {204: _SO_FAR})
def upload_PATCH(report: str) -> ResponseReturnValue:
    """Go on with an upload. A piece counts when it has come whole; with the last one, the report is stored."""
    with _to_its_end():
        _check_version()
        _check_type()
        size, asker = _size(), the_pass()
        before = uploads.goes_on(here(), asker, report, _number("Upload-Offset"), size)
    with here().storage.receive(request.stream, the_proof().check_body) as piece:
        return _told(uploads.append(here(), asker, report, before, piece, size), 204, {})


@by_pass("blob:put")
@described({204: None}, _BAD, parameters=(_TUS,), told={204: _ALWAYS})
def upload_DELETE(report: str) -> ResponseReturnValue:
    """End an upload that is open, and forget what has come of it."""
    _check_version()
    uploads.end(here(), the_pass(), report)
    return Response(status=204)


@public
@described({204: None}, told={204: ("Tus-Version", "Tus-Extension")})
def upload_OPTIONS(report: str) -> ResponseReturnValue:
    """What of the protocol is spoken here. How large a report may be says each pass."""
    return Response(status=204, headers={"Tus-Version": _VERSION, "Tus-Extension": _EXTENSIONS})


def _with_version(response: Response) -> Response:
    """Name the version on all answers about sealed reports: so strangers' are alike on every route."""
    if request.method != "OPTIONS":
        response.headers["Tus-Resumable"] = _VERSION
    if response.status_code == 412:
        response.headers["Tus-Version"] = _VERSION
    return response


def _told(found: Progress, status: int, more: dict[str, str]) -> Response:
    response = Response(status=status, headers={"Upload-Offset": str(found.offset)} | more)
    response.headers.remove("Content-Type")
    if found.sha256:
        response.set_etag(found.sha256)
    else:
        response.headers["Upload-Expires"] = http_date(found.until)
    return response


@contextmanager
def _to_its_end() -> Iterator[None]:
    """Let a refused piece come to its end: a connection that is closed before would take the answer with it.

    Who sends another one than their proof says is told nothing else, as on every route.
    """
    request.max_content_length = the_pass().limit
    try:
        yield
    except Problem:
        digest = hashlib.sha256()
        while data := request.stream.read(_DROPPED):
            digest.update(data)
        the_proof().check_body(digest.digest())
        raise


def _check_version() -> None:
    if request.headers.get("Tus-Resumable") != _VERSION:
        raise Problem(412, "wrong_version", "Files come here by tus 1.0.0, and each request says so.")


def _check_type() -> None:
    if request.mimetype != _PIECE:
        raise Problem(415, "no_piece", f"A piece of a file comes as {_PIECE}.")


def _size() -> int:
    """Return how many bytes come with this request; with a length, werkzeug itself refuses a body that ends early."""
    size = request.content_length
    if size is None and "Transfer-Encoding" in request.headers:
        raise Problem(411, "no_length", "The length of the file must be told first.")
    if size:
        _check_type()
    return size or 0


def _number(name: str) -> int:
    found = request.headers.get(name, "")
    if not re.fullmatch("[0-9]{1,15}", found):
        raise Problem(400, "bad_request", f"The header {name} must say a number of bytes.")
    return int(found)
