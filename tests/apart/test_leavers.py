"""Leavers, with portal, two key servers and file host apart: passes that are out already open nothing, anywhere."""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.apart.four import KEY_SERVERS, OWN, PUBLIC, Four
from tests.shares import asking
from viewer.database import Database
from viewer.portal import invitations, organisations
from viewer.sender.client import Client
from viewer.sender.sending import Sent

BOSS, LEAVER = "head@example.org", "leaver@example.org"
GONE = (404, "not_available")


@pytest.fixture(scope="module")
def boss(apart: Four, tmp_path_factory: pytest.TempPathFactory) -> Client:
    settings = apart.portal.settings
    with Database(settings, "portal").write() as session:
        organisations.add(session, "Ward 7", invitations.account_of(session, settings, BOSS))
    return apart.portal.client(BOSS, tmp_path_factory.mktemp("boss"))


@pytest.fixture
def leaver(apart: Four, boss: Client, tmp_path: Path) -> Iterator[Client]:
    """Somebody in the organisation, who is enabled again afterwards."""
    if LEAVER not in members(boss):
        boss.ask("POST", "/api/organisation/members", {"contact": LEAVER, "name": "Dr Gone", "role": "sender"})
    apart.portal.clients.pop(LEAVER, None)
    client = apart.portal.client(LEAVER, tmp_path)
    for asked in client.ask("GET", "/api/organisation")["invitations"]:
        client.ask("PUT", f"/api/organisation/invitations/{asked['organisation']}")
    yield client
    boss.ask("DELETE", disabled(boss))
    until_told(boss)


def members(boss: Client) -> dict[str, dict[str, Any]]:
    return {one["contact"]: one for one in boss.ask("GET", "/api/organisation")["members"]}


def disabled(boss: Client) -> str:
    return f"/api/organisation/members/{members(boss)[LEAVER]['account']}/disabled"


def told(boss: Client) -> tuple[int, int]:
    found = members(boss)[LEAVER]
    return found["told"], found["servers"]


def until_told(boss: Client, servers: int = 3) -> None:
    end = time.monotonic() + 120
    while told(boss) != (servers, 3):
        assert time.monotonic() < end, told(boss)
        time.sleep(0.1)


class Ready:
    """A pass that somebody has got, and with which they ask later."""

    def __init__(self, client: Client, method: str, server: str, path: str, scope: str, report: str) -> None:
        self._key, self._method, self._url = client._key, method, server + path
        asked = {"report": report, "scope": scope} | ({} if scope == "blob:get" else {"key_server": server})
        self._pass = client._pass(asked)

    def ask(self, body: Any = None) -> tuple[int, str]:
        """Ask; return the answer's status and word. Each time is a request of its own."""
        data = b"" if body is None else json.dumps(body).encode()
        proof = self._key.proof(self._method, self._url, hashlib.sha256(data).digest(), self._pass)
        headers = {"Authorization": f"DPoP {self._pass}", "DPoP": proof, "Idempotency-Key": secrets.token_hex(12)}
        headers["Content-Type"] = "application/json"
        answer = requests.request(self._method, self._url, data=data, headers=headers, timeout=30)
        return answer.status_code, "" if answer.ok else str(answer.json()["error"])


def release(apart: Four, name: str, client: Client, sent: Sent) -> Ready:
    path = f"/v1/keys/{sent.report}/release"
    return Ready(client, "POST", apart.roles[name].url, path, "key:release", sent.report)


@pytest.mark.parametrize("name", KEY_SERVERS)
def test_passes_that_are_out_open_nothing(
    apart: Four, boss: Client, leaver: Client, letter: Callable[..., Sent], name: str
) -> None:
    sent = letter(name, LEAVER)
    opens = release(apart, name, leaver, sent)
    path = f"/v1/blobs/{sent.report}"
    fetches = Ready(leaver, "GET", apart.roles["filehost"].url, path, "blob:get", sent.report)
    assert opens.ask(asking()) == (200, "") and fetches.ask() == (200, ""), "control"
    boss.ask("PUT", disabled(boss))
    until_told(boss)
    assert leaver.account() is None
    assert opens.ask(asking()) == fetches.ask() == GONE


def test_a_key_server_that_is_down_hears_it_when_it_is_back(
    apart: Four, boss: Client, leaver: Client, letter: Callable[..., Sent]
) -> None:
    opens = release(apart, OWN, leaver, letter(OWN, LEAVER))
    with apart.down(OWN):
        boss.ask("PUT", disabled(boss))
        until_told(boss, 2)
    until_told(boss)
    assert opens.ask(asking()) == GONE


def test_control_a_key_server_that_does_not_look_releases(
    apart: Four, boss: Client, leaver: Client, letter: Callable[..., Sent]
) -> None:
    sent = letter(PUBLIC, LEAVER)
    with apart.broken(PUBLIC, "tests.apart.without_leavers"):
        opens = release(apart, PUBLIC, leaver, sent)
        boss.ask("PUT", disabled(boss))
        until_told(boss)
        assert opens.ask(asking()) == (200, "")
