"""Requests to portal, key server and file host, by the browser's own fetch."""

import json
from collections.abc import AsyncIterator
from typing import Any

from js import AbortSignal, Object, Uint8Array, fetch
from pyodide.ffi import JsException, to_js

_PATIENCE = 30_000  # milliseconds until an answer must have begun
PASSING = frozenset({"offline", "busy"})  # errors that may go by themselves
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


async def get(url: str, headers: dict[str, str]) -> Any:
    """GET from the file host; return the response, its body still to come."""
    response = await _fetch(url, "GET", headers)
    if not response.ok:
        await _json(response)
    return response


async def body(response: Any) -> Any:
    """Return a response's whole body as a Uint8Array, outside Python's memory."""
    try:
        return Uint8Array.new(await response.arrayBuffer())
    except JsException:
        raise broken() from None


async def pieces(response: Any, length: int) -> AsyncIterator[Any]:
    """Yield a response's body as it arrives, in Uint8Arrays; Refused unless it is `length` bytes long."""
    reader, left = response.body.getReader(), length
    try:
        while not (piece := await reader.read()).done:
            left -= piece.value.length
            if left < 0:
                raise broken()
            yield piece.value
    except JsException:
        raise broken() from None
    finally:
        reader.cancel().catch(lambda _: None)
    if left:
        raise broken()


def broken() -> Refused:
    """Return what there is to say when a file did not arrive as it should."""
    return Refused("offline", "The photos did not arrive whole. Check that you are connected, then try again.")


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
