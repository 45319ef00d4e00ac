"""Portal, the public key server, an institution's own key server and file host: four processes on four origins."""

import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.conftest import Installation, free_port, wait_until
from tests.faults.recorder import Recorder
from tests.faults.roles import Apart, Role, Told, address, database, reachable, start, stop
from tests.postgresql import apart
from viewer import witness_key
from viewer.demo.inbox import Inbox, Running
from viewer.log_key import verifier_key

PUBLIC, OWN = "keyserver", "institution"
KEY_SERVERS = (PUBLIC, OWN)
ROLES = {"portal": "portal", PUBLIC: "keyserver", OWN: "keyserver", "filehost": "filehost"}


@dataclass(frozen=True)
class Four(Apart):
    """The four servers by name."""

    @contextmanager
    def broken(self, name: str, module: str) -> Iterator[None]:
        """Run a server with a module loaded that breaks it, in place of the good one; and then that again."""
        with self.told_more(name, {"GUNICORN_CMD_ARGS": f"--config python:{module}"}):
            yield

    @contextmanager
    def told_more(self, name: str, more: Told) -> Iterator[None]:
        """Run a server with more settings, and then without them again."""
        self._restart(name, more)
        try:
            yield
        finally:
            self._restart(name, {})

    @contextmanager
    def down(self, name: str) -> Iterator[None]:
        """End a server, and start it again."""
        self._end(name)
        try:
            yield
        finally:
            self._start(name, {})

    def _restart(self, name: str, more: Told) -> None:
        self._end(name)
        self._start(name, more)

    def _end(self, name: str) -> None:
        process = self.roles[name].process
        process.send_signal(signal.SIGTERM)
        process.wait(60)

    def _start(self, name: str, more: Told) -> None:
        role = self.roles[name]
        process = start(role.folder, role.port, role.told | more, "--role", ROLES[name])
        self.roles[name] = replace(role, process=process)
        wait_until(partial(reachable, f"http://127.0.0.1:{role.port}"), process, seconds=180)


def running(folder: Path, inbox: Inbox, gateways: Running) -> Iterator[Four]:
    """Start the four, and end them when the generator goes on."""
    ports = {name: free_port() for name in ROLES}
    recorders = {name: Recorder(port) for name, port in ports.items()}
    told = settings(folder, {name: address(recorder) for name, recorder in recorders.items()}, gateways)
    roles: dict[str, Role] = {}
    with apart(ROLES) as clusters:
        try:
            for name, role in ROLES.items():
                cluster = clusters.get(name)
                own = told[name] | database(role, cluster)
                process = start(folder / name, ports[name], own, "--role", role)
                roles[name] = Role(name, folder / name, ports[name], recorders[name], process, own, cluster)
            for one in roles.values():
                wait_until(partial(reachable, one.url), one.process, seconds=180)
            portal = roles["portal"]
            settings_of_it = portal.told | {"SAFELIGHT_ROLES": "portal"}
            yield Four(roles, Installation(portal.url, settings_of_it, inbox, portal.process))
        finally:
            stop(roles)


def settings(folder: Path, urls: dict[str, str], gateways: Running) -> dict[str, Told]:
    """What each server is told: its own secrets, and of the others their addresses and public keys."""
    secret = {name: secrets.token_hex(32) for name in ROLES}
    logs = {name: verifier_key(urls[name], bytes.fromhex(secret[name])).text() for name in KEY_SERVERS}
    witness = witness_key.of(urls["filehost"], bytes.fromhex(secret["filehost"]))
    told: dict[str, Told] = {name: {"DATA": str(folder / name / "data")} for name in ROLES}
    told["portal"] |= {"PORTAL_URL": urls["portal"], "PORTAL_SECRET": secret["portal"]}
    told["portal"] |= {"FILEHOST_URL": urls["filehost"], "KEYSERVERS": " ".join(f"{urls[n]} {logs[n]}" for n in logs)}
    for name in KEY_SERVERS:
        told[name] |= {"KEYSERVER_URL": urls[name], "ISSUERS": urls["portal"], "KEYSERVER_SECRET": secret[name]}
        told[name] |= {"KEYSERVER_KEK": secrets.token_hex(32)}
        told[name] |= {"KEYSERVER_WITNESSES": f"{witness.url} {witness.key.text()}"}
    told["filehost"] |= {"FILEHOST_URL": urls["filehost"], "ISSUERS": urls["portal"]}
    told["filehost"] |= {"FILEHOST_SECRET": secret["filehost"], "FILEHOST_LOGS": " ".join(logs.values())}
    named = {name: {f"SAFELIGHT_{key}": value for key, value in own.items()} for name, own in told.items()}
    named["portal"] |= gateways.settings()
    return named
