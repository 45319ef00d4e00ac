"""Reads single settings, from the environment or from files it names, and gathers what is wrong with them."""

import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sealed.header import is_base_url

HEX = "64 hex digits, from: openssl rand -hex 32"
_COMMAND_SECONDS = 20  # less than gunicorn gives a worker to start (30)


class Reader:
    """Reads SAFELIGHT_… settings; `problems` are sentences, each with the way out, and quote no value."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        """A setting's value, or the content of the file that its _FILE twin names."""
        path = self.environment.get(f"SAFELIGHT_{name}_FILE")
        if path is None:
            return self.environment.get(f"SAFELIGHT_{name}", default)
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            self.problems.append(f"SAFELIGHT_{name}_FILE cannot be read: {error.strerror}.")
        except UnicodeDecodeError:
            self.problems.append(f"SAFELIGHT_{name}_FILE names a file that is not text.")
        return default

    def words(self, name: str) -> list[str]:
        """What stands in a setting between spaces, commas and line ends."""
        return re.findall(r"[^\s,]+", self.text(name, ""))

    def required(self, name: str, meaning: str) -> str:
        """A setting that must be there; `meaning` is told where it is not."""
        value = self.text(name, "")
        if not value:
            self.problems.append(f"SAFELIGHT_{name} is missing: {meaning}.")
        return value

    def url(self, name: str, default: str = "") -> str:
        """A base URL in its one form."""
        value = self.text(name, default) or self.required(
            name, "the address of this role, such as https://photos.example.org"
        )
        if value and not is_base_url(value):
            self.problems.append(
                f"SAFELIGHT_{name} must be https:// and a lower-case host, without a closing slash "
                "(http:// for localhost only)."
            )
        return value

    def database(self, name: str) -> str:
        """The URL of a PostgreSQL database, which no problem quotes; empty where the setting is not there."""
        value = self.text(name, "")
        if value and not _is_postgresql(value):
            self.problems.append(f"SAFELIGHT_{name} must be like postgresql://user:password@host/database.")
        return value

    def number(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """A decimal number; where the setting is not there `default`, or `least` where none is given."""
        value = self.text(name, str(least if default is None else default))
        if not (value.isascii() and value.isdecimal() and len(value) <= len(str(most)) and least <= int(value) <= most):
            self.problems.append(f"SAFELIGHT_{name} must be a number from {least} to {most}.")
            return least
        return int(value)

    def secret(self, name: str) -> bytes:
        """32 bytes of hex digits, that must be there."""
        value = self.required(name, HEX)
        return self.key(name, value) if value else b""

    def key(self, name: str, value: str) -> bytes:
        """32 bytes from their hex digits, which no problem quotes."""
        try:
            key = bytes.fromhex(value)
        except ValueError:
            key = b""
        if len(key) != 32:
            self.problems.append(f"SAFELIGHT_{name} must be {HEX}")
        return key

    def output(self, name: str, command: str) -> str:
        """What a command prints, without a shell. Its problems quote neither the command nor what it printed."""
        try:
            run = subprocess.run(  # noqa: S603 - from whoever runs the server
                shlex.split(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            problem = f"did not end within {_COMMAND_SECONDS} seconds"
        except OSError as error:
            problem = f"could not be started: {error.strerror}"
        except ValueError:
            problem = "is no command: a quotation mark is not closed"
        else:
            printed = run.stdout.decode("ascii", "replace").strip()
            if printed and not run.returncode:
                return printed
            problem = f"ended with exit code {run.returncode}" if run.returncode else "printed nothing"
        self.problems.append(f"SAFELIGHT_{name} {problem}. Run it by hand to see why.")
        return ""


def _is_postgresql(url: str) -> bool:
    from sqlalchemy.engine import make_url  # here, because senders have no database
    from sqlalchemy.exc import ArgumentError

    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        return False
    return found.drivername == "postgresql" and bool(found.database)
