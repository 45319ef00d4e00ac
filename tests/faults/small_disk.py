"""A PostgreSQL server whose data lie on a small disk of their own: it can be filled, and nobody else's is."""

import subprocess
import time
from pathlib import Path

from tests.postgresql import Cluster

# In a mount namespace of its own, as in server.py; it lasts as long as our end of the pipe, and so does the disk.
_MOUNT = 'mount -t tmpfs -o size="$1",mode=700 none "$2" && echo mounted && exec cat'
_NOBODYS_ROOT = ("unshare", "--user", "--map-user=1000", "--map-group=1000")  # PostgreSQL does not start as root


class OnSmallDisk(Cluster):
    """Such a server; `size` is that of the disk, in mount(8)'s words."""

    def __init__(self, size: str, **settings: str) -> None:
        self._size = size
        super().__init__(**settings)

    @property
    def disk(self) -> Path:
        """The disk, as this process reaches it."""
        return Path(f"/proc/{self._holder.pid}/root{self.data}")

    def up(self) -> None:
        """Wait until it has recovered; start it again where it has ended."""
        while not self._answers():
            if self.process.poll() is not None:
                self.restart()
            time.sleep(0.1)

    def remove(self) -> None:
        """End it, and leave nothing of it."""
        super().remove()
        self._holder.communicate()

    def _prepare(self) -> None:
        self.data.mkdir(mode=0o700)
        command = ["unshare", "-rm", "sh", "-c", _MOUNT, "sh", self._size, str(self.data)]
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout and self._holder.stdout.readline() == b"mounted\n"

    def _as_its_user(self, program: str, *arguments: str) -> list[str]:
        there = ["nsenter", f"--target={self._holder.pid}", "--user", "--mount", "--preserve-credentials"]
        return [*there, *_NOBODYS_ROOT, "setpriv", "--pdeathsig=QUIT", str(self.programs / program), *arguments]
