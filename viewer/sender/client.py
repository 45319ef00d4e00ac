"""Speaks to portal, key server and file host as a sender's program: by HTTP, session and passes."""

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import requests

_PATIENCE = (10, 120)  # seconds to connect, and to wait for the next bytes
_PIECE = 256 * 1024  # bytes of an upload at a time


class ClientError(Exception):
    """A server said no, or none could be reached: `error` is its fixed word, the text a sentence."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


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
        """Ask key server or file host with a pass for `scope` on `report`; no cookie goes there."""
        found = self.ask("POST", "/api/passes", {"report": report, "scope": scope})
        headers = {"Authorization": f"Bearer {found['pass']}", "Idempotency-Key": secrets.token_urlsafe(24)}
        return _answer(requests.request, method, url, headers=headers, **more)

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


class Upload:
    """A file to send, of known length, that tells how much of it has gone."""

    def __init__(self, file: IO[bytes], length: int, sent: Callable[[int], object]) -> None:
        self._file, self._length, self._sent = file, length, sent

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._file.read(_PIECE):
            yield piece
            self._sent(len(piece))


def _answer(request: Callable[..., requests.Response], method: str, url: str, **more: Any) -> Any:
    try:
        response = request(method, url, timeout=_PATIENCE, allow_redirects=False, **more)
    except requests.RequestException:
        raise ClientError("offline", "The server cannot be reached. Check the address and the connection.") from None
    if response.status_code == 204:
        return None
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if response.ok and isinstance(answer, dict):
        return answer
    told = answer if isinstance(answer, dict) else {}
    sentence = f"The server answered {response.status_code} where it should not have."
    raise ClientError(str(told.get("error", "bad_answer")), str(told.get("message", sentence)))
