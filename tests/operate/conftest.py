"""One installation with metrics and a JSON log, and a whole report's life at it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.conftest import RECIPIENT, ROOT, SENDER, Installation, free_port, installed
from viewer.sender.client import Client
from viewer.sender.opening import open_link, read_link
from viewer.sender.sending import Letter, send

FAR_AWAY = "203.0.113.7"
PHOTO = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"
LETTER = Letter((RECIPIENT,), "MRN 0042-17", "Excise?", "Left forearm.", 7, download=True)


@dataclass(frozen=True)
class Life:
    """A running server, its log, its metrics' address, and what must stand in neither."""

    installation: Installation
    log: Path
    metrics: str
    needles: tuple[str, ...]

    def scraped(self) -> str:
        answer = requests.get(self.metrics, timeout=30)
        assert answer.status_code == 200
        return answer.text


def live(installation: Installation, folder: Path) -> tuple[str, ...]:
    """Send, open, be refused, revoke, look on; return by what all that would be known."""
    sender, reader = person(installation, SENDER, folder, True), person(installation, RECIPIENT, folder)
    stranger = person(installation, "stranger@example.org", folder)
    sent = send(sender, [PHOTO], LETTER, quietly)
    link = read_link(sent.link)
    assert link and link.fragment
    open_link(reader, link, lambda: None, folder / "opened", quietly)
    with pytest.raises(Exception, match="There are no photos"):
        open_link(stranger, link, lambda: None, folder / "refused", quietly)
    key_server = installation.url + f"/v1/keys/{sent.report}"
    sender.with_pass("POST", f"{key_server}/revoke", sent.report, "policy:write")
    sender.with_pass("GET", f"{key_server}/log", sent.report, "log:read")
    for path in (f"/r/{sent.report}", f"/sent/{sent.report}", f"/nowhere/{sent.report}", "/v1/log/checkpoint?since=0"):
        requests.request("GET", installation.url + path, timeout=30)
    requests.request("BREW", f"{installation.url}/r/{sent.report}", timeout=30)
    people = (SENDER, RECIPIENT, stranger_name := "stranger@example.org")
    accounts = [str((one.account() or {})["id"]) for one in (sender, reader, stranger)]
    cookies = [value for one in (sender, reader) for value in one._session.cookies.get_dict().values()]
    codes = [installation.inbox.code_for(contact, 0) for contact in people]
    told = (sent.report, link.fragment, *people, stranger_name.replace("@", "%40"), *accounts, *cookies, *codes)
    return (*told, "MRN 0042", FAR_AWAY, "python-requests", "since=", "eyJ", "BREW")  # eyJ: every pass begins so


def person(installation: Installation, contact: str, folder: Path, invited: bool = False) -> Client:
    client = installation.client(contact, folder, invited)
    client._session.headers["X-Forwarded-For"] = FAR_AWAY
    return client


def quietly(step: str, done: int, total: int) -> None:
    """Show no progress."""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A report's life at a server that counts and writes JSON."""
    folder, port, counted = tmp_path_factory.mktemp("life"), free_port(), free_port()
    with ExitStack() as stack:
        installation = stack.enter_context(
            installed(
                folder,
                port,
                f"http://localhost:{port}",
                SAFELIGHT_METRICS=f"127.0.0.1:{counted}",
                SAFELIGHT_LOG_FORMAT="json",
                SAFELIGHT_PROXIES="1",
            )
        )
        needles = live(installation, folder)
        yield Life(installation, folder / "server.log", f"http://127.0.0.1:{counted}/metrics", needles)
