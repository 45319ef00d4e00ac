"""Where a demo runs: its two ports, and its folder with all its files."""

import os
import secrets
import shlex
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
_PORT, _PAGE_PORT = 8080, 8025


@dataclass(frozen=True)
class Place:
    """The ports of the servers and of the demo's page."""

    port: int
    page_port: int

    @classmethod
    def from_environment(cls) -> "Place":
        """Find two free ports. Raises click.ClickException, naming what to set."""
        return cls(_port("SAFELIGHT_DEMO_PORT", _PORT), _port("SAFELIGHT_DEMO_INBOX_PORT", _PAGE_PORT))

    @property
    def url(self) -> str:
        """The address of portal, key server and file host."""
        return f"http://localhost:{self.port}"

    @property
    def folder(self) -> Path:
        """One folder for each port: whoever has the port may throw away what an earlier demo left."""
        return ROOT / "var" / ("demo" if self.port == _PORT else f"demo-{self.port}")

    @property
    def data(self) -> Path:
        """What the servers keep."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the servers say."""
        return self.folder / "server.log"

    def clear(self) -> None:
        """Make the folder anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def settings(self, inbox: dict[str, str]) -> dict[str, str]:
        """Return the servers' settings; their secrets are made up on the spot."""
        names = ("PORTAL_SECRET", "KEYSERVER_SECRET", "KEYSERVER_KEK", "FILEHOST_SECRET")
        return {
            "SAFELIGHT_DATA": str(self.data),
            "SAFELIGHT_PORTAL_URL": self.url,
            "SAFELIGHT_PHONE_REGION": "AU",
            **{f"SAFELIGHT_{name}": secrets.token_hex(32) for name in names},
            **inbox,
        }

    def become_sender(self) -> Path:
        """Be the sender's machine from now on, and let a shell be it too (env.sh).

        Returns the folder where the program `safelight` keeps her session.
        """
        home = str(self.folder / "ada")
        # click looks at HOME on a Mac, else at XDG_CONFIG_HOME. A visitor's proxy knows no localhost.
        person = {"HOME": home, "XDG_CONFIG_HOME": home, "no_proxy": "localhost,127.0.0.1"}
        os.environ.update(person)
        told = person | {"SAFELIGHT_PORTAL_URL": self.url}
        words = [f"{name}={shlex.quote(value)}" for name, value in told.items()]
        words.append(shlex.quote(str(Path(sys.executable).with_name("safelight"))))
        script = f"# After `. {shown(self.folder)}/env.sh`, safelight acts as the demo's sender.\n"
        script += f'safelight() {{\n  {" ".join(words)} "$@"\n}}\n'
        (self.folder / "env.sh").write_text(script)
        return Path(click.get_app_dir("safelight"))


def shown(path: Path) -> str:
    """Return a path as a person in this folder would type it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _port(name: str, usual: int) -> int:
    text = os.environ.get(name, str(usual))
    port = int(text) if text.isascii() and text.isdecimal() else 0
    if not 0 < port < 65536:
        raise click.ClickException(f"{name} must be a number from 1 to 65535.")
    if _is_taken(port):
        way_out = f"End that program, or choose another port, such as: {name}={port % 65535 + 1} make demo"
        raise click.ClickException(f"Port {port} is taken by another program, perhaps by another demo. {way_out}")
    return port


def _is_taken(port: int) -> bool:
    try:
        socket.create_connection(("localhost", port), timeout=2).close()  # by IPv6 too, as a browser would
    except OSError:
        pass
    else:
        return True
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as both servers do
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
