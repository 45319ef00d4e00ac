"""What the tests stand on: real servers under gunicorn, a real inbox, real senders."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import delete

from tests import inprocess, once, postgresql
from tests.postgresql import databases
from viewer import create_app
from viewer.config import Settings
from viewer.database import Database
from viewer.demo.inbox import Inbox, Running
from viewer.portal import invitations
from viewer.portal.models import Limit
from viewer.portal.passes import PassIssuer
from viewer.sender.client import Client
from viewer.sender.sending import Letter, Sent, send

ROOT = Path(__file__).parents[1]
SENDER, RECIPIENT = "ada@example.org", "registrar@example.org"
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """Return a port on which nothing listens: below those that the system gives to whoever asks for any (ip(7)).

    Chance keeps test processes apart. Chromium opens no page on port 10,080.
    """
    while True:
        port = random.SystemRandom().randrange(10_081, 32_768)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Installation:
    """One running installation: its address, its settings, its inbox, its server's process."""

    url: str
    environment: dict[str, str]
    inbox: Inbox
    process: subprocess.Popen[bytes]
    clients: dict[str, Client] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return Settings.from_environment(self.environment)

    def client(self, contact: str, tmp: Path, invited: bool = False) -> Client:
        """A signed-in person at the command line."""
        if contact not in self.clients:
            if invited:
                invitations.invite(Database(self.settings, "portal"), self.settings, "Dr Ada Lovelace", contact)
            client = Client(self.url, tmp / contact)
            before = len(self.inbox.messages)
            client.sign_in(contact, lambda to: self.inbox.code_for(contact, before))
            self.clients[contact] = client
        return self.clients[contact]


def environment(data: Path, url: str, running: Running) -> dict[str, str]:
    """Settings of an installation with all three roles; its secrets are made up on the spot."""
    names = ("PORTAL_SECRET", "KEYSERVER_SECRET", "KEYSERVER_KEK", "FILEHOST_SECRET")
    secrets = {name: os.urandom(32).hex() for name in names}
    return {
        "SAFELIGHT_DATA": str(data),
        "SAFELIGHT_PORTAL_URL": url,
        "SAFELIGHT_PHONE_REGION": "AU",
        **{f"SAFELIGHT_{name}": value for name, value in secrets.items()},
        **running.settings(),
        **databases(),
    }


@contextmanager
def installed(folder: Path, port: int, url: str, **settings: str) -> Iterator[Installation]:
    """Portal, key server and file host in one gunicorn of two workers, with an inbox; people reach it at `url`."""
    inbox = Inbox()
    running = Running(inbox, Flask("inbox"))
    env = environment(folder / "data", url, running) | settings
    command = [sys.executable, "-c", "from viewer.cli import main; main()", "serve", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | env | PATHS, stdout=log, stderr=log)
    here = Installation(url, env, inbox, process)
    _RUNNING.append(here)
    try:
        wait_until(lambda: answers(f"http://localhost:{port}"), process)
        yield here
    finally:
        _RUNNING.remove(here)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        running.stop()


_RUNNING: list[Installation] = []


@pytest.fixture(scope="module", autouse=True)
def another_hour() -> None:
    """Tests come from one address, and one person signs in more often than people do: each file has its own hour."""
    for one in _RUNNING:
        if "portal" not in one.settings.roles:
            continue
        with Database(one.settings, "portal").write() as session:
            session.execute(delete(Limit))


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Portal, key server and file host in one gunicorn of two workers, with an inbox."""
    port = free_port()
    with installed(tmp_path_factory.mktemp("installation"), port, f"http://localhost:{port}") as running:
        yield running


PATHS = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'wasm'}"}


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: int = 120) -> None:
    """Wait for a condition while a process lives."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("the server did not start; see server.log in the test's folder")
        time.sleep(0.1)


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the people of a test run keep their sessions."""
    return tmp_path_factory.mktemp("people")


@pytest.fixture
def sent(installation: Installation, people: Path, tmp_path: Path) -> Sent:
    """A report of one sample photo, sent to the recipient."""
    sender = installation.client(SENDER, people, invited=True)
    letter = Letter((RECIPIENT,), "MRN 0042-17", "Excise?", "Left forearm.", 7, download=True)
    photo = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"
    return send(sender, [photo], letter, lambda step, done, total: None)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """On PostgreSQL, run what a database takes part in."""
    return (postgresql.IN_USE and once.left_out(collection_path)) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, run nothing that is about SQLite."""
    left = [item for item in items if postgresql.IN_USE and item.get_closest_marker("sqlite")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(autouse=not postgresql.IN_USE)
def guard(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing that the run on PostgreSQL leaves out open a database."""
    if once.no_database(request.path):
        monkeypatch.setattr(Database, "__init__", lambda *_: pytest.fail("tests/once.py says that there is none here"))


@pytest.fixture(autouse=postgresql.IN_USE)
def tidy() -> Iterator[None]:
    """Remove what a test leaves on the PostgreSQL server."""
    with postgresql.tidying():
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation that no server runs."""
    return inprocess.settings(tmp_path / "data")


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The application of all three roles."""
    for role in settings.roles:
        Database(settings, role).migrate()
    made = create_app(settings)
    made.test_client_class = inprocess.ProvingClient
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def owner(settings: Settings) -> inprocess.Bearer:
    """A sender's passes."""
    return inprocess.Bearer(PassIssuer(settings.portal_url, settings.portal_secret), "OWNER")


@pytest.fixture
def reader(settings: Settings) -> inprocess.Bearer:
    """A recipient's passes."""
    return inprocess.Bearer(PassIssuer(settings.portal_url, settings.portal_secret), "READER", RECIPIENT)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run: Playwright's synchronous API starts once in a thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
