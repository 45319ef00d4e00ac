"""A key server's own sign-in at the command line: the address is shown, the code is typed, nothing goes elsewhere."""

from typing import Any, cast

import pytest
from click.testing import CliRunner

from sealed.errors import BadProof
from viewer.cli import terminal
from viewer.sender import own_sign_in
from viewer.sender.client import Client

KEYS = "https://keys.hospital.example"


class Server:
    """A key server that says where to sign in, and keeps what it is told."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.told: list[Any] = []

    def with_pass(self, method: str, url: str, report: str, scope: str, body: dict[str, str]) -> dict[str, str]:
        self.told.append((method, url, report, scope, body))
        return {"address": self.address, "name": "St Elsewhere"}


def sign_in(server: Server) -> list[str]:
    asked: list[str] = []

    def ask(address: str, name: str) -> str:
        asked.append(f"{name}: {address}")
        return "C0DE"

    own_sign_in.sign_in(cast(Client, server), KEYS, "REPORT", ask)
    return asked


def test_the_code_and_the_secret_go_to_the_key_server() -> None:
    server = Server(f"{KEYS}/sign-in/NAME")
    assert sign_in(server) == [f"St Elsewhere: {KEYS}/sign-in/NAME"]
    begun, ended = server.told
    assert [one[1] for one in (begun, ended)] == [f"{KEYS}/v1/keys/REPORT/sign-ins{end}" for end in ("", "/redeem")]
    assert begun[4]["return"] == "program" and ended[4]["code"] == "C0DE"
    assert ended[4]["secret"] not in str(begun)


@pytest.mark.parametrize("address", ["https://evil.example/sign-in/NAME", f"{KEYS}.evil.example/sign-in/NAME", ""])
def test_an_address_elsewhere_is_not_shown(address: str) -> None:
    with pytest.raises(BadProof):
        sign_in(Server(address))


def test_the_terminal_asks() -> None:
    with CliRunner().isolation(input="C0DE\n") as streams:
        assert terminal._own_sign_in(f"{KEYS}/sign-in/NAME", "St Else\x1b[2Jwhere") == "C0DE"
    shown = streams[1].getvalue().decode()
    assert f"{KEYS}/sign-in/NAME" in shown and "The code" in shown and "\x1b" not in shown
    assert streams[0].getvalue() == b""


def test_only_who_has_a_terminal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "account", lambda self: {"id": "A"})
    for person in (True, False):
        monkeypatch.setattr(terminal, "has_person", lambda person=person: person)
        assert (terminal.signed_in("https://photos.example.org").ask_own_sign_in is not None) == person
