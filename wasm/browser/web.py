"""Requests to portal, key server and file host, by the browser's own fetch."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

from js import AbortController, clearTimeout, fetch, setTimeout
from pyodide.ffi import JsException

from sealed.errors import N_

from . import proofs
from .convert import plain_object

_PASS_KEPT = 60  # seconds, of the 120 that a pass is good for
_PATIENCE = 30_000  # milliseconds until an answer must have begun, or its next bytes have come
_IN_PASSING = 3_000  # milliseconds for what is done without where it cannot be had
_NO_CONTENT = 204
PASSING = frozenset({"offline", "busy"})  # errors that may go by themselves
_passes: dict[tuple[str, str, str], tuple[str, float]] = {}  # by what was asked for: the header, and until when
_OFFLINE = N_("The server cannot be reached. Check that you are connected, then try again.")


class Refused(Exception):
    """A server said no, or none could be reached: a fixed word and a sentence for a person."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(error)
        self.error, self.message = error, message


async def get_pass(report: str, scope: str, key_server: str = "") -> str:
    """Return the Authorization header's value, good for two minutes; the portal knows us by its cookie.

    A pass is for one key server (URL), or, where none is named, for the portal's file host.
    """
    body = {"report": report, "scope": scope} | ({"key_server": key_server} if key_server else {})
    try:
        found = await _json(*await _fetch("/api/passes", "POST", {}, body, "same-origin"))
    except Refused as refused:
        if refused.error != "wrong_time":
            raise
        # This device's clock is off. By now the next proofs, to all servers, go by the portal's.
        found = await _json(*await _fetch("/api/passes", "POST", {}, body, "same-origin"))
    return f"DPoP {found['pass']}"


async def post(url: str, authorization: str, idempotency_key: str, body: dict[str, Any] | None = None) -> Any:
    """POST to the key server; return its answer's JSON. No cookie goes along."""
    headers = {"Authorization": authorization, "Idempotency-Key": idempotency_key}
    return await _json(*await _fetch(url, "POST", headers, body))


async def tell_portal(method: str, path: str, body: dict[str, Any] | None = None, idempotency_key: str = "") -> Any:
    """Tell the portal something, as whoever is signed in; return its answer's JSON."""
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    return await _json(*await _fetch(path, method, headers, body, "same-origin"))


async def kept_pass(report: str, scope: str, key_server: str = "") -> str:
    """Return the Authorization header's value for what is asked again and again; it lasts for the next request."""
    asked = report, scope, key_server
    authorization, until = _passes.get(asked, ("", -1.0))
    if time.monotonic() > until:
        authorization = await get_pass(*asked)
        _passes[asked] = authorization, time.monotonic() + _PASS_KEPT
    return authorization


async def ask(method: str, url: str, authorization: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the key server what may be asked twice; return its answer's JSON. No cookie goes along."""
    return await _json(*await _fetch(url, method, {"Authorization": authorization}, body))


async def get(url: str, headers: dict[str, str]) -> Any:
    """GET from the file host; return the response, its body still to come."""
    response, stop = await _fetch(url, "GET", headers)
    if not response.ok:
        await _json(response, stop)
    return response


async def get_text(url: str) -> str:
    """GET what anybody may have and nobody waits for long, without pass or cookie. Raises Refused."""
    request = AbortController.new()
    options = {"credentials": "omit", "cache": "no-store", "redirect": "error", "referrerPolicy": "no-referrer"}
    ready = plain_object(options)
    ready.signal = request.signal
    timer = setTimeout(request.abort.bind(request), _IN_PASSING)
    try:
        response = await fetch(url, ready)
        text = await response.text()
    except JsException:
        raise Refused("offline", _OFFLINE) from None
    finally:
        clearTimeout(timer)
    if not response.ok:
        raise Refused("busy", _OFFLINE)
    return str(text)


async def pieces(response: Any, length: int) -> AsyncIterator[Any]:
    """Yield a response's body as it arrives, in Uint8Arrays; Refused unless it is `length` bytes long."""
    reader, left = response.body.getReader(), length
    stop = reader.cancel.bind(reader)  # ends a read that waits, as if the body were over
    try:
        while not (piece := await _in_time(reader.read(), stop)).done:
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


async def _fetch(
    url: str, method: str, headers: dict[str, str], body: Any = None, credentials: str = "omit"
) -> tuple[Any, Any]:
    """Return the response, and the JavaScript function that ends the request. The body is sent as JSON."""
    sent = "" if body is None else json.dumps(body)
    headers = headers | await proofs.header(method, url, sent, headers.get("Authorization", ""))
    request = AbortController.new()
    stop = request.abort.bind(request)
    options: dict[str, Any] = {"method": method, "headers": headers, "credentials": credentials}
    # An address that leads elsewhere would carry the pass along.
    options |= {"cache": "no-store", "redirect": "error", "referrerPolicy": "no-referrer"}
    if body is not None:
        options |= {"body": sent, "headers": headers | {"Content-Type": "application/json"}}
    ready = plain_object(options)
    ready.signal = request.signal
    try:
        return await _in_time(fetch(url, ready), stop), stop
    except JsException:
        raise Refused("offline", _OFFLINE) from None


async def _json(response: Any, stop: Any) -> Any:
    if response.status == _NO_CONTENT:
        return {}
    try:
        answer = json.loads(await _in_time(response.text(), stop))
    except JsException:
        raise Refused("offline", _OFFLINE) from None
    except ValueError:
        answer = None
    if response.ok and isinstance(answer, dict):
        return answer
    told = answer if isinstance(answer, dict) else {}
    if told.get("error") == "wrong_time" and isinstance(told.get("now"), int):
        proofs.set_clock(told["now"])
    sentence = N_("The server did not answer as it should. Try again in a minute.")
    raise Refused(str(told.get("error", "busy")), str(told.get("message", sentence)))


async def _in_time(promise: Any, stop: Any) -> Any:
    """Await a promise; call `stop`, a JavaScript function that ends it, when the patience is over."""
    # Not asyncio.wait_for: in Pyodide its timers run on after what they waited for has come.
    timer = setTimeout(stop, _PATIENCE)
    try:
        return await promise
    finally:
        clearTimeout(timer)
