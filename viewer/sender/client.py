"""Speaks to portal, key server and file host as one person's program: by HTTP, session and passes."""

import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import requests

T = TypeVar("T")
PATIENCE = (10, 120)  # seconds to connect, and to wait for the next bytes
_PAUSES = (1, 2, 4)  # seconds before the second, third and fourth try
_FOR_NOW = {502, 503, 504}  # what a server says that is starting, busy, or behind a proxy that does not reach it


class ClientError(Exception):
    """A server said no, or none could be reached: `error` is its fixed word, the text a sentence."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


class NoAnswer(ClientError):
    """No answer came, or none for now: the same request may be made again."""


class Client:
    """One person at one portal. The session outlives the program, in a file only they can read."""

    def __init__(self, portal: str, home: Path) -> None:
        self.portal = portal
        self._kept = home / "sessions.json"
        self._session = requests.Session()
        self._session.headers["Origin"] = portal  # what a page of the portal would say
        self._session.cookies.update(self._sessions().get(portal, {}))

    def account(self) -> dict[str, Any] | None:
        """Return who is signed in, or None."""
        account: dict[str, Any] | None = self.ask("GET", "/api/account")["account"]
        return account

    def sign_in(self, contact: str, ask_code: Callable[[str], str]) -> dict[str, Any]:
        """Have a code sent to `contact`; `ask_code` is told where it went and returns it."""
        sent = self.ask("POST", "/api/codes", {"contact": contact})
        code = ask_code(sent["to"])
        answer = self.ask("POST", "/api/sessions", {"attempt": sent["attempt"], "code": code})
        self._keep(self._session.cookies.get_dict())
        return dict(answer["account"])

    def sign_out(self) -> None:
        """End the session, here and at the portal."""
        self.ask("DELETE", "/api/sessions/current")
        self._keep({})

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the portal; return the answer's JSON."""
        return _answer(self._session.request, method, self.portal + path, json=body)

    def with_pass(self, method: str, url: str, report: str, scope: str, **more: Any) -> Any:
        """Ask key server or file host with a pass for `scope` on `report`; no cookie goes there.

        Asked again after a lost answer, with the same Idempotency-Key: it is one request, one entry of the log.
        """
        key = {"Idempotency-Key": secrets.token_urlsafe(24)}
        return patiently(
            lambda: _answer(requests.request, method, url, headers=self.bearer(report, scope) | key, **more)
        )

    def bearer(self, report: str, scope: str) -> dict[str, str]:
        """Return the header that carries a fresh pass; it is good for two minutes."""
        found = self.ask("POST", "/api/passes", {"report": report, "scope": scope})
        return {"Authorization": f"Bearer {found['pass']}"}

    def _sessions(self) -> dict[str, dict[str, str]]:
        try:
            return dict(json.loads(self._kept.read_text()))
        except (OSError, ValueError):
            return {}

    def _keep(self, cookies: dict[str, str]) -> None:
        sessions = self._sessions() | {self.portal: cookies}
        self._kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._kept.touch(mode=0o600)
        self._kept.write_text(json.dumps(sessions))


def patiently(once: Callable[[], T], done: Callable[[], int] = lambda: 0) -> T:
    """Call `once` until it gets an answer; raise its last NoAnswer after the fourth call.

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
    kind = NoAnswer if response.status_code in _FOR_NOW else ClientError
    return kind(str(told.get("error", "bad_answer")), str(told.get("message", sentence)))


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
