"""Portal, key server and file host apart: each under its own gunicorn, with its own folder, behind a recorder."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import requests

from tests.conftest import PATHS, ROOT, Installation, environment, free_port, wait_until
from tests.faults import memory
from tests.faults.recorder import Recorder
from tests.postgresql import OWNER, Cluster, apart
from viewer import witness_key
from viewer.config import ROLES, Settings
from viewer.demo.inbox import Inbox, Running
from viewer.log_key import verifier_key

SECRETS = {
    "portal": ("PORTAL_SECRET", "PORTAL_DATABASE", "MAIL", "SMS"),
    "keyserver": ("KEYSERVER_SECRET", "KEYSERVER_KEK", "KEYSERVER_DATABASE"),
    "filehost": ("FILEHOST_SECRET", "FILEHOST_DATABASE"),
}
Told = dict[str, str]
ONLY_SOMEBODYS = {f"SAFELIGHT_{name}" for names in SECRETS.values() for name in names}


@dataclass(frozen=True)
class Role:
    """A running server of one role; `folder` holds its data, its temporary files and its log.

    `told` are the settings that are its own; `cluster` is the PostgreSQL server that it has alone, where it has one.
    """

    name: str
    folder: Path
    port: int
    recorder: Recorder
    process: subprocess.Popen[bytes]
    told: Told
    cluster: Cluster | None

    @property
    def url(self) -> str:
        """Where everybody reaches it: through the recorder."""
        return address(self.recorder)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def got_and_wrote(self) -> Iterator[tuple[str, bytes]]:
        """The requests it got and the files it wrote: each place by name, with its bytes."""
        yield "requests", self.recorder.kept()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                yield "log" if path == self.log else f"file {path.name}", path.read_bytes()
        for data in self.cluster.wrote() if self.cluster else ():
            yield "database", data
        for process in memory.processes(self.process.pid):
            for data in memory.nameless(process):
                yield "file without a name", data

    def holds(self) -> Iterator[tuple[str, bytes]]:
        """The memory of all its processes, and of its PostgreSQL server's."""
        own = [self.process, *([self.cluster.process] if self.cluster else [])]
        for process in (found for one in own for found in memory.processes(one.pid)):
            for data in memory.held(process):
                yield "memory", data

    @property
    def settings(self) -> Settings:
        return Settings.from_environment(self.told)


@dataclass(frozen=True)
class Apart:
    """The three servers, and the portal as its people know it."""

    roles: dict[str, Role]
    portal: Installation


def address(recorder: Recorder) -> str:
    return f"http://127.0.0.1:{recorder.port}"


def running(folder: Path, inbox: Inbox, gateways: Running) -> Iterator[Apart]:
    """Start the three, and end them when the generator goes on."""
    ports = {name: free_port() for name in ROLES}
    recorders = {name: Recorder(port) for name, port in ports.items()}
    urls = {f"SAFELIGHT_{name.upper()}_URL": address(recorder) for name, recorder in recorders.items()}
    everything = environment(folder, urls["SAFELIGHT_PORTAL_URL"], gateways) | urls
    log = verifier_key(urls["SAFELIGHT_KEYSERVER_URL"], bytes.fromhex(everything["SAFELIGHT_KEYSERVER_SECRET"]))
    everything["SAFELIGHT_KEYSERVERS"] = f"{urls['SAFELIGHT_KEYSERVER_URL']} {log.text()}"
    everything["SAFELIGHT_FILEHOST_LOGS"] = log.text()
    witness = witness_key.of(urls["SAFELIGHT_FILEHOST_URL"], bytes.fromhex(everything["SAFELIGHT_FILEHOST_SECRET"]))
    everything["SAFELIGHT_KEYSERVER_WITNESSES"] = f"{witness.url} {witness.key.text()}"
    roles: dict[str, Role] = {}
    with apart(ROLES) as clusters:
        try:
            for name in ROLES:
                own = only(name, everything | database(name, clusters.get(name)))
                own["SAFELIGHT_DATA"] = str(folder / name / "data")
                process = start(folder / name, ports[name], own)
                roles[name] = Role(name, folder / name, ports[name], recorders[name], process, own, clusters.get(name))
            for role in roles.values():
                wait_until(partial(reachable, role.url), role.process, seconds=180)
            portal = roles["portal"]
            yield Apart(roles, Installation(portal.url, portal.told, inbox, portal.process))
        finally:
            stop(roles)


def stop(roles: Mapping[str, Role]) -> None:
    """End servers."""
    for role in roles.values():
        role.process.send_signal(signal.SIGTERM)
    for role in roles.values():
        role.process.wait(60)
        role.recorder.stop()


def database(role: str, cluster: Cluster | None) -> Told:
    """The setting by which a role uses a fresh database of a PostgreSQL server, where there is one."""
    return {f"SAFELIGHT_{role.upper()}_DATABASE": cluster.url(cluster.create(), OWNER)} if cluster else {}


def only(role: str, settings: dict[str, str]) -> dict[str, str]:
    """What one role is told: no other role's secrets."""
    own = {f"SAFELIGHT_{name}" for name in SECRETS[role]}
    return {"SAFELIGHT_ROLES": role} | {
        name: value for name, value in settings.items() if name in own or name not in ONLY_SOMEBODYS
    }


def start(folder: Path, port: int, settings: dict[str, str], *options: str) -> subprocess.Popen[bytes]:
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", "from viewer.cli import main; main()", "serve", "--port", str(port), *options]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("SAFELIGHT_")}
    surroundings |= settings | PATHS | {"TMPDIR": str(folder / "tmp")}
    with (folder / "server.log").open("ab") as log:  # appending: a test writes there too
        return subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=log, stderr=log)


def reachable(url: str) -> bool:
    """Tell whether a server answers, whatever it says: not every role has a page."""
    try:
        requests.get(url, timeout=5)
    except requests.RequestException:
        return False
    return True
