"""Terminals in which tests run `safelight`: in this process, as a process of its own, and with a person in front."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from tests.conftest import PATHS, RECIPIENT, ROOT, Installation
from viewer.cli import main

PHOTO = ROOT / "viewer" / "demo" / "photos" / "mole.jpg"
PROGRAM = [sys.executable, "-c", "from viewer.cli import main; main()"]
# Told by the process itself: the kernel's count for a child (ru_maxrss) begins with what its parent held.
_TELL_PEAK = (
    "import atexit, pathlib, sys; status = pathlib.Path('/proc/self/status'); "
    "atexit.register(lambda: print(status.read_text().partition('VmHWM:')[2].split()[0], file=sys.stderr))"
)


def _hears_ctrl_c() -> None:
    """A test run in the background ignores SIGINT, and hands that on to what it starts; a terminal does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Shell:
    """A shell whose user keeps their session in `home`."""

    def __init__(self, installation: Installation, home: Path) -> None:
        self.environment = {"SAFELIGHT_PORTAL_URL": installation.url, "XDG_CONFIG_HOME": str(home)}

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=typed, env=self.environment)

    def send(self, *more: str) -> Result:
        return self.run("send", *more, "--to", RECIPIENT, "--patient", "MRN 7")

    def start(self, *arguments: str, program: list[str] = PROGRAM) -> "subprocess.Popen[bytes]":
        environment = os.environ | PATHS | self.environment
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen([*program, *arguments], env=environment, preexec_fn=_hears_ctrl_c, **pipes)

    def peak(self, *arguments: str, program: list[str] = PROGRAM) -> tuple[int, str]:
        """Run a command that must succeed; return the most memory it held, in bytes, and what it printed."""
        process = self.start(*arguments, program=[*program[:-1], f"{_TELL_PEAK}; {program[-1]}"])
        printed, problems = process.communicate()
        assert process.returncode == 0, problems.decode()
        return int(problems.split()[-1]) * 1024, printed.decode().strip()

    def in_terminal(self, *arguments: str, answers: dict[str, Callable[[], str]]) -> "Seen":
        """Run with a real terminal: `answers` says what the person types once a prompt is shown."""
        ours, theirs = os.openpty()
        # The first terminal that a new session's leader opens becomes its own: hidden prompts need that.
        command = ["sh", "-c", 'exec "$@" <"$0" 2>"$0"', os.ttyname(theirs), *PROGRAM, *arguments]
        process = subprocess.Popen(
            command, env=os.environ | PATHS | self.environment, stdout=subprocess.PIPE, start_new_session=True
        )
        shown, waiting, end = "", dict(answers), time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            if select.select([ours], [], [], 0.1)[0]:
                shown += os.read(ours, 65536).decode()
            for prompt in [prompt for prompt in waiting if prompt in shown]:
                os.write(ours, waiting.pop(prompt)().encode() + b"\n")
        process.kill()
        while select.select([ours], [], [], 0)[0]:
            shown += os.read(ours, 65536).decode()
        printed = process.communicate()[0].decode()
        os.close(ours), os.close(theirs)
        return Seen(process.returncode, printed, shown)


@dataclass(frozen=True)
class Seen:
    """What came of a command: exit code, standard output, and what the terminal showed."""

    exit_code: int
    stdout: str
    shown: str
