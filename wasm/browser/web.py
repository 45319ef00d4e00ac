"""Requests to portal, key server and file host, by the browser's own fetch."""

import json
from collections.abc import Callable
from typing import Any

from js import AbortSignal, Object, Uint8Array, fetch
from pyodide.ffi import JsException, to_js

_PATIENCE = 30_000  # milliseconds until an answer must have begun
_OFFLINE = "The server cannot be reached. Check that you are connected, then try again."


class Refused(Exception):
    """A server said no, or none could be reached: a fixed word and a sentence for a person."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(error)
        self.error, self.message = error, message


async def get_pass(report: str, scope: str) -> str:
    """Return the Authorization header's value for one request; the portal knows us by its cookie."""
    found = await _json(await _fetch("/api/passes", "POST", {}, {"report": report, "scope": scope}, "same-origin"))
    return f"Bearer {found['pass']}"


async def post(url: str, authorization: str, idempotency_key: str) -> Any:
    """POST to the key server; return its answer's JSON. No cookie goes along."""
    headers = {"Authorization": authorization, "Idempotency-Key": idempotency_key}
    return await _json(await _fetch(url, "POST", headers))


async def get_range(url: str, authorization: str, length: int) -> bytes:
    """Return the first `length` bytes of a file, or all there are."""
    headers = {"Authorization": authorization, "Range": f"bytes=0-{length - 1}"}
    response = await _good(await _fetch(url, "GET", headers))
    try:
        return bytes((await response.arrayBuffer()).to_bytes())
    except JsException:
        raise Refused("offline", _OFFLINE) from None


async def get_whole(url: str, authorization: str, length: int, arrived: Callable[[int], object]) -> Any:
    """Return a file of exactly `length` bytes as a Uint8Array, telling `arrived` how many are there.

    It is kept outside Python's memory, which never shrinks.
    """
    response = await _good(await _fetch(url, "GET", {"Authorization": authorization}))
    data, at, reader = Uint8Array.new(length), 0, response.body.getReader()
    try:
        while not (piece := await reader.read()).done:
            if at + piece.value.length > length:
                break
            data.set(piece.value, at)
            at += piece.value.length
            arrived(at)
    except JsException:
        raise Refused("offline", _OFFLINE) from None
    if at != length:
        raise Refused("offline", "The photos did not arrive whole. Check that you are connected, then try again.")
    return data


async def _fetch(url: str, method: str, headers: dict[str, str], body: Any = None, credentials: str = "omit") -> Any:
    options: dict[str, Any] = {"method": method, "headers": headers, "credentials": credentials}
    # An address that leads elsewhere would carry the pass along.
    options |= {"cache": "no-store", "redirect": "error", "referrerPolicy": "no-referrer"}
    if body is not None:
        options |= {"body": json.dumps(body), "headers": headers | {"Content-Type": "application/json"}}
    ready = to_js(options, dict_converter=Object.fromEntries)
    if method == "POST":
        ready.signal = AbortSignal.timeout(_PATIENCE)
    try:
        return await fetch(url, ready)
    except JsException:
        raise Refused("offline", _OFFLINE) from None


async def _good(response: Any) -> Any:
    if not response.ok:
        await _json(response)
    return response


async def _json(response: Any) -> Any:
    try:
        answer = json.loads(await response.text())
    except (ValueError, JsException):
        answer = None
    if response.ok and isinstance(answer, dict):
        return answer
    told = answer if isinstance(answer, dict) else {}
    sentence = "The server did not answer as it should. Try again in a minute."
    raise Refused(str(told.get("error", "busy")), str(told.get("message", sentence)))
