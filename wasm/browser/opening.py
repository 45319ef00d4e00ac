"""Stations 7 to 10 in the recipient's browser: link, release, download, decryption, reading."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sealed import archive, base32, report
from sealed.cobblestone import DAMAGED, StreamKeys, chunk_count
from sealed.errors import NotSealed, WrongKeyOrDamaged
from sealed.header import FRONT_LIMIT, Front, read_front
from sealed.keys import file_key

from . import web, webcrypto

Tell = Callable[[dict[str, Any]], object]
# A second try of the same opening carries the same key, and is no second opening.
_idempotency_keys: dict[str, str] = {}


async def open_report(report_id: str, fragment: str, key_server: str, file_host: str, tell: Tell) -> dict[str, Any]:
    """Open a report; return its details, its photos' bytes, and the log entry of its release.

    Raises SealedError's leaves, and web.Refused for what the servers refuse.
    """
    tell({"stage": "starting", "done": 0, "total": 0})
    link_share = base32.read_link_text(fragment)
    blob = f"{file_host}/v1/blobs/{report_id}"
    await _check_front(report_id, blob, key_server, link_share)
    tell({"stage": "asking", "done": 0, "total": 0})
    released = await _release(report_id, key_server)
    length = released["file"]["length"]
    authorization = await web.get_pass(report_id, "blob:get")
    data = await web.get_whole(
        blob, authorization, length, lambda done: tell({"stage": "fetching", "done": done, "total": length})
    )
    if await webcrypto.sha256(data) != released["file"]["sha256"]:
        raise WrongKeyOrDamaged(DAMAGED)
    server_share = base64.urlsafe_b64decode(released["server_share"] + "=")
    details, photos = await open_bytes(
        data, server_share, link_share, lambda done: tell({"stage": "decrypting", "done": done, "total": length})
    )
    del _idempotency_keys[report_id]
    return {"details": details, "photos": photos, "entry": released["entry"]}


async def open_bytes(
    data: Any, server_share: bytes, link_share: bytes | None, done: Callable[[int], object]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Open a whole sealed report, given as a Uint8Array; return its details and its photos."""
    front = read_front(data.subarray(0, FRONT_LIMIT).to_bytes())
    front.header.check_link(link_share)
    body = data.subarray(front.length)
    chunk_count(body.length)
    keys = StreamKeys.derive(file_key(server_share, link_share, front.header.key_id), front.salt, front.context)
    keys.check(front.commitment)
    plain = await webcrypto.decrypt(keys, body, done)
    return _read(plain)


async def _check_front(report_id: str, blob: str, key_server: str, link_share: bytes) -> None:
    """Read the file's front before anything is asked of the key server: a wrong link must not use up an opening."""
    try:
        authorization = await web.get_pass(report_id, "blob:get")
        front = read_front(await web.get_range(blob, authorization, FRONT_LIMIT))
    except web.Refused as refused:
        if refused.error != "not_available":
            raise
        return  # not for this account: the key server will say so, and log that it was asked
    front.header.check_link(link_share)
    _check_same(front, report_id, key_server)


def _check_same(front: Front, report_id: str, key_server: str) -> None:
    # The address in a file is hostile input: passes go only where the portal says.
    if (front.header.key_id, front.header.key_server) != (report_id, key_server):
        raise NotSealed("This file belongs to another report. Ask the sender to send it again.")


async def _release(report_id: str, key_server: str) -> Any:
    idempotency_key = _idempotency_keys.setdefault(report_id, secrets.token_urlsafe(24))
    authorization = await web.get_pass(report_id, "key:release")
    try:
        return await web.post(f"{key_server}/v1/keys/{report_id}/release", authorization, idempotency_key)
    except web.Refused as refused:
        if refused.error == "used_before":
            del _idempotency_keys[report_id]
        raise


def _read(plain: Any) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Read the plaintext, a Uint8Array. Photos stay outside Python's memory but for their check, one at a time."""
    tail = plain.slice(-64).to_bytes()
    start = archive.directory_start(tail, plain.length)
    entries = archive.read_directory(plain.subarray(start).to_bytes(), start)
    contents: dict[str, Any] = {}
    for entry in entries:
        content = entry.read(plain.subarray(entry.start, entry.end).to_bytes())
        small = entry.name == "report.xml"
        contents[entry.name] = content if small else plain.slice(entry.end - entry.size, entry.end).buffer
    names = [entry.name for entry in entries if entry.name.startswith("photos/")]
    details = report.read(contents["report.xml"], names)
    types = {entry.name: entry.media_type for entry in entries}
    photos = [
        asdict(photo)
        | {
            "type": types[photo.name],
            "data": contents[photo.name],
            "thumb": contents.get(f"thumbs/{photo.name[7:10]}.jpg"),
        }
        for photo in details.photos
    ]
    told = {name: getattr(details, name) for name in ("patient", "question", "notes", "sender", "created")}
    return told, photos
