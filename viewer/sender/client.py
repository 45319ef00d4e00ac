"""Speaks to portal, key server and file host as one person's program: by HTTP, session, passes and proofs."""

import hashlib
import secrets
import time
from collections.abc import Callable
from json import dumps, loads
from pathlib import Path
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter, Retry

from ..session_key import SessionKey
from . import own_sign_in
from .files import new_file

T = TypeVar("T")
PATIENCE = (10, 120)  # seconds to connect, and to wait for the next bytes
_PAUSES = (1, 2, 4, 8, 16)  # seconds before the next try: a server that was started anew is back by then
# A connection that was kept may be closed by the server just as the next request goes out: asked once more, at once.
_CLOSED = Retry(1, connect=0, read=1, allowed_methods={"GET"})
_NOTHING = hashlib.sha256(b"").digest()  # of a request without a body
_FOR_NOW = {502, 503, 504}  # what a server says that is starting, busy, or behind a proxy that does not reach it


class ClientError(Exception):
    """A server said no, or none could be reached: `error` is its fixed word, the text a sentence."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


class NoAnswer(ClientError):
    """No answer came, or none for now: the same request may be made again."""


class WrongTime(ClientError):
    """This machine's clock is off; `now` is the server's, in seconds since 1970."""

    def __init__(self, error: str, message: str, now: int) -> None:
        super().__init__(error, message)
        self.now = now


class Client:
    """One person at one portal. The session outlives the program, in a file only they can read."""

    def __init__(self, portal: str, home: Path) -> None:
        self.portal = portal
        self._home = home
        self.ask_own_sign_in: own_sign_in.Ask | None = None  # of key servers that demand one; None: nobody can be asked
        self._key = SessionKey()
        self._session = requests.Session()
        self._session.headers["Origin"] = portal  # what a page of the portal would say
        self._session.cookies.update(self.kept("sessions").get(portal, {}))
        self._session.mount(portal, HTTPAdapter(max_retries=_CLOSED))

    def account(self) -> dict[str, Any] | None:
        """Return who is signed in, or None."""
        account: dict[str, Any] | None = self.ask("GET", "/api/account")["account"]
        return account

    def sign_in(self, contact: str, ask_code: Callable[[str], str]) -> dict[str, Any]:
        """Have a code sent to `contact`; `ask_code` is told where it went and returns it."""
        sent = self.ask("POST", "/api/codes", {"contact": contact})
        code = ask_code(sent["to"])
        answer = self.ask("POST", "/api/sessions", {"attempt": sent["attempt"], "code": code})
        self.keep("sessions", {self.portal: self._session.cookies.get_dict()})
        return dict(answer["account"])

    def sign_out(self) -> None:
        """End the session, here and at the portal."""
        self.ask("DELETE", "/api/sessions/current")
        self.keep("sessions", {self.portal: {}})

    def ask(self, method: str, path: str, body: Any = None, request_id: str = "") -> Any:
        """Ask the portal; return the answer's JSON. With a `request_id` it is asked again after a lost answer.

        For the portal that is one request: the id is its Idempotency-Key.
        """
        headers = {"Idempotency-Key": request_id} if request_id else {}

        def once() -> Any:
            return _answer(self._session.request, method, self.portal + path, json=body, headers=headers)

        return patiently(once) if request_id else once()

    def with_pass(
        self,
        method: str,
        url: str,
        report: str,
        scope: str,
        json: Any = None,
        request_id: str = "",
        insist: bool = True,
    ) -> Any:
        """Ask key server or file host with a pass for `scope` on `report`; no cookie goes there.

        Asked again after a lost answer, with the same Idempotency-Key: it is one request, one entry of the log; but
        each try has a proof of its own. Without `insist` it is asked once only.
        """
        fixed = {"Idempotency-Key": request_id or secrets.token_urlsafe(24)}
        body, digest = None, _NOTHING
        if json is not None:
            body = dumps(json).encode()
            digest = hashlib.sha256(body).digest()
            fixed["Content-Type"] = "application/json"

        def once() -> Any:
            headers = self.authorization(method, url, report, scope, digest) | fixed
            return _answer(requests.request, method, url, headers=headers, data=body)

        try:
            return patiently(once) if insist else once()
        except ClientError as error:
            if error.error != "sign_in_needed" or self.ask_own_sign_in is None:
                raise
        own_sign_in.sign_in(self, url.rpartition("/v1/")[0], report, self.ask_own_sign_in)
        return patiently(once)

    def authorization(
        self, method: str, url: str, report: str, scope: str, body_sha256: bytes = _NOTHING
    ) -> dict[str, str]:
        """Return the headers of one request that carry a fresh pass, good for two minutes, and the proof to it."""
        # A pass is for the server that it goes to; whether that is a key server of the portal's, the portal says.
        server = "" if scope.startswith("blob:") else url.rpartition("/v1/")[0]
        asked = {"report": report, "scope": scope} | ({"key_server": server} if server else {})
        try:
            token = self._pass(asked)
        except WrongTime as wrong:
            # Every request begins with a question to the portal: its clock sets ours for all of them.
            self._key.set_clock(wrong.now)
            token = self._pass(asked)
        proof = self._key.proof(method, url.partition("?")[0], body_sha256, token)
        return {"Authorization": f"DPoP {token}", "DPoP": proof}

    def _pass(self, asked: dict[str, str]) -> str:
        url, body = f"{self.portal}/api/passes", dumps(asked).encode()
        proof = self._key.proof("POST", url, hashlib.sha256(body).digest())
        headers = {"Content-Type": "application/json", "DPoP": proof}
        return str(_answer(self._session.request, "POST", url, headers=headers, data=body)["pass"])

    def kept(self, name: str) -> dict[str, Any]:
        """Return what is kept between two runs of a program under a name."""
        try:
            return dict(loads((self._home / f"{name}.json").read_text()))
        except (OSError, ValueError):
            return {}

    def keep(self, name: str, more: dict[str, Any]) -> None:
        """Keep more under a name, in a file that only its owner can read."""
        kept = self.kept(name) | more
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with new_file(self._home / f"{name}.json") as file:
            file.write(dumps(kept).encode())


def patiently(once: Callable[[], T], done: Callable[[], int] = lambda: 0) -> T:
    """Call `once` until it gets an answer; raise its last NoAnswer after the last pause.

    `done` tells how much of the work has been done: whoever gets ahead is not counted out.
    """
    tries, most = 0, done()
    while True:
        try:
            return once()
        except NoAnswer:
            tries, most = (1, done()) if done() > most else (tries + 1, most)
            if tries > len(_PAUSES):
                raise
            time.sleep(_PAUSES[tries - 1])


def offline() -> NoAnswer:
    """Return the error of a connection that could not be made, or was lost."""
    return NoAnswer("offline", "The server cannot be reached. Check the address and the connection.")


def refusal(response: requests.Response) -> ClientError:
    """Return what a server said instead of the wanted answer."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    told = answer if isinstance(answer, dict) else {}
    sentence = f"The server answered {response.status_code} where it should not have."
    error, message = str(told.get("error", "bad_answer")), str(told.get("message", sentence))
    if error == "wrong_time" and type(told.get("now")) is int:
        return WrongTime(error, message, told["now"])
    kind = NoAnswer if response.status_code in _FOR_NOW else ClientError
    return kind(error, message)


def _answer(request: Callable[..., requests.Response], method: str, url: str, **more: Any) -> Any:
    try:
        response = request(method, url, timeout=PATIENCE, allow_redirects=False, **more)
    except requests.RequestException:
        raise offline() from None
    if response.status_code == 204:
        return None
    try:
        answer = response.json() if response.ok else None
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    raise refusal(response)
