"""Somebody with a browser at a portal without a server between, who need not be signed in."""

from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.inprocess import SAME_ORIGIN
from tests.portal.conftest import Portal


@dataclass
class Stranger:
    """One browser, with cookies of its own, at an address of the network."""

    portal: Portal
    address: str = "203.0.113.1"

    def __post_init__(self) -> None:
        self.client = self.portal.app.test_client()

    def ask(self, method: str, path: str, body: Any = None) -> TestResponse:
        there = {"REMOTE_ADDR": self.address}
        return self.client.open(path, method=method, json=body, headers=SAME_ORIGIN, environ_overrides=there)

    def code(self, contact: str) -> tuple[str, str]:
        """Have a code sent; return the attempt, and the code that arrived."""
        answer = self.ask("POST", "/api/codes", {"contact": contact})
        assert answer.status_code == 200, answer.text
        code = self.portal.codes[contact]
        assert answer.get_json()["digits"] == len(code)
        return answer.get_json()["attempt"], code

    def try_code(self, attempt: str, code: str) -> int:
        return self.ask("POST", "/api/sessions", {"attempt": attempt, "code": code}).status_code

    def sign_in(self, contact: str) -> "Stranger":
        assert self.try_code(*self.code(contact)) == 200
        return self

    def guess(self, contact: str, tries: int) -> None:
        """Have a code sent, and type so many wrong ones."""
        attempt, code = self.code(contact)
        for _ in range(tries):
            assert self.try_code(attempt, other(code)) == 403


def other(code: str) -> str:
    """Another code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
