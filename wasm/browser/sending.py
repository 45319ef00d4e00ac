"""Stations 3 to 5 in the sender's browser: the steps of sealed/sending.py, done by fetch and WebCrypto."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import js
from pyodide.ffi import JsException, jsnull

from sealed import base32, base64url, keys
from sealed import sending as steps
from sealed.errors import N_
from sealed.letter import Letter
from sealed.released import CREATE
from sealed.report import Consent

from . import hpke, photos, proofs, sealed_file, web, webcrypto
from .release import Share
from .text import _

Tell = Callable[[dict[str, Any]], object]
_CHANGED = N_(
    "The recovery key of your organisation is another one than before: its mark is {mark}. Whoever has its private "
    "half can open what you send. Ask an administrator whom you know whether they have changed it."
)
_FULL = N_("This device has no room for the sealed photos. Free some storage, then try again.")


class Sending:
    """One report on its way out of this device. Where a step fails, `go_on` does it once more, and then the others."""

    def __init__(self, letter: dict[str, Any], numbers: list[int], account: dict[str, Any], trusted: str) -> None:
        """Raise BadReport for what cannot be sent, web.Refused where the organisation has another recovery key."""
        said = {name: None if value is jsnull else value for name, value in letter.items()}
        said |= {name: tuple(letter[name]) for name in ("to", "countries")}
        said["consent"] = Consent(**letter["consent"]) if said["consent"] else None
        self._letter = Letter(**said)
        self.recovery_key = _recovery_key(account, trusted, self._letter.recovery_key_changed)
        self.log: dict[str, str] = {}
        self._request_id, self._share = secrets.token_urlsafe(24), None
        self._going = steps.seal(
            self._letter,
            photos.held(numbers),
            account,
            js.location.origin,
            proofs.now,
            secrets.token_bytes(base32.LINK_SHARE_LENGTH),
            self.recovery_key,
        )
        self._step = next(self._going)
        self.parts: list[Any] = []

    async def go_on(self, remembered: dict[str, str], file: str, tell: Tell) -> steps.Sealed:
        """Return the sealed report, which lies in the private file `file`. Raises web.Refused, SealedError.

        `remembered` are the checkpoints of key servers' logs (by URL) that this browser saw last.
        """
        while True:
            answer = await self._do(remembered, file, tell)
            try:
                self._step = self._going.send(answer)
            except StopIteration as end:
                sealed: steps.Sealed = end.value
                return sealed

    async def _do(self, remembered: dict[str, str], file: str, tell: Tell) -> Any:
        match self._step:
            case steps.Begin() as step:
                return await web.tell_portal("POST", "/api/reports", step.asked, self._request_id)
            case steps.Deposit() as step:
                await _deposit(step)
            case steps.CreateKey() as step:
                return await self._create(step, remembered)
            case steps.Write() as step:
                pieces = webcrypto.seal(step.header, step.server_share, step.link_share, step.pieces())
                stage = {"stage": "sealing", "total": step.length}
                try:
                    sha256, length, self.parts = await sealed_file.write(
                        file, pieces, lambda done: tell(stage | {"done": min(done, step.length)})
                    )
                except (OSError, JsException):
                    raise web.Refused("no_room", _FULL) from None
                return sha256, length

    async def _create(self, step: steps.CreateKey, remembered: dict[str, str]) -> bytes:
        report, key_server = step.begun["id"], step.begun["key_server"]
        if self._share is None:
            self._share = Share(report, key_server, step.begun["log_key"], remembered.get(key_server, ""), CREATE)
        authorization, _none = await asyncio.gather(
            web.get_pass(report, "key:create", key_server), self._share.witness(step.begun["file_host"])
        )
        share, self.log = await self._share.create(authorization, step.policy)
        return share


_last: tuple[Any, Sending] | None = None


async def seal(
    letter: dict[str, Any],
    numbers: list[int],
    account: dict[str, Any],
    remembered: dict[str, str],
    known_recovery_key: str,
    file: str,
    tell: Tell,
) -> dict[str, Any]:
    """Seal photos that are kept here into the private file `file`; asked the same again, go on where it broke.

    Returns where it belongs, its links, and what the page keeps of it. Raises web.Refused, SealedError.
    """
    global _last
    asked = letter, numbers, account["id"]
    if _last is None or _last[0] != asked:
        _last = asked, Sending(letter, numbers, account, known_recovery_key)
    sending = _last[1]
    sealed = await sending.go_on(remembered, file, tell)
    _last = None
    told = asdict(sealed) | {"links": [{"contact": who, "link": link} for who, link in sealed.links.items()]}
    recovery = {"recovery_key": sending.recovery_key, "recovery_mark": _mark(sending.recovery_key)}
    return told | recovery | {"log": sending.log, "parts": sending.parts}


async def authorize_upload(report: str, method: str, url: str, body_sha256: str) -> dict[str, Any]:
    """Return the headers that let one request of an upload in; `body_sha256` is its body's, base64url."""
    authorization = await web.kept_pass(report, "blob:put")
    proof = await proofs.header(method, url, body_sha256, authorization, hashed=True)
    return {"headers": {"Authorization": authorization} | proof}


async def register(report: str, key_server: str, sha256: str, length: int) -> dict[str, Any]:
    """Tell the key server which file its key is for: from then on it opens. Raises web.Refused."""
    authorization = await web.get_pass(report, "key:create", key_server)
    told = {"sha256": sha256, "length": length}
    await web.ask("PUT", f"{key_server}/v1/keys/{report}/file", authorization, told)
    return {}


async def _deposit(step: steps.Deposit) -> None:
    info = keys.recovery_info(step.organisation, step.report)
    sealed = await hpke.seal(step.link_share, base64url.decode(step.recovery_key), info)
    body = {"sealed": base64url.encode(sealed), "recovery_key": step.recovery_key}
    await web.tell_portal("PUT", f"/api/reports/{step.report}/recovery", body)


def _recovery_key(account: dict[str, Any], known: str, changed: bool) -> str:
    """Return the recovery key to seal to, empty for none. The first one that a browser sees at a portal counts.

    A portal that lies could hand out a key of its own. Raises web.Refused.
    """
    now = (account.get("organisation") or {}).get("recovery_key") or ""
    if now and known not in ("", now) and not changed:
        raise web.Refused("recovery_key_changed", _(_CHANGED, mark=_mark(now)))
    return str(now)


def _mark(recovery_key: str) -> str:
    return keys.recovery_mark(base64url.decode(recovery_key)) if recovery_key else ""
