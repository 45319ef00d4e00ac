"""Settings: from the environment or from files it names; all problems reported at once."""

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sealed.errors import BadProof
from sealed.header import is_base_url
from sealed.notes import read_key

ROLES = ("portal", "keyserver", "filehost")
_SECRETS = {"portal": ("PORTAL_SECRET",), "keyserver": ("KEYSERVER_SECRET",), "filehost": ()}
_HEX = "64 hex digits, from: openssl rand -hex 32"
_COMMAND_SECONDS = 20  # less than gunicorn gives a worker to start (30)


class SettingsError(Exception):
    """One sentence a line: every setting that is missing or wrong, and how to mend it."""


@dataclass(frozen=True)
class Settings:
    """What an installation is told. Secrets are 32 bytes each and have no default.

    `mail` and `sms` are Apprise URLs in which `{to}` stands for the recipient's contact;
    empty where that way is not offered. `phone_region` (ISO 3166, such as AU) says whose
    numbers may be typed without `+`; empty: every number needs its `+`. `proxies` is how many
    reverse proxies stand in front, whose word for a visitor's address is taken. Of the
    key-encryption keys, the first wraps server shares and all of them unwrap. A portal whose key
    server is elsewhere is told the key of its log.
    """

    roles: tuple[str, ...]
    data: Path
    portal_url: str
    keyserver_url: str
    filehost_url: str
    issuers: tuple[str, ...]
    mail: str = field(default="", repr=False)
    sms: str = field(default="", repr=False)
    phone_region: str = ""
    proxies: int = 0
    portal_secret: bytes = field(default=b"", repr=False)
    keyserver_secret: bytes = field(default=b"", repr=False)
    keyserver_keks: tuple[bytes, ...] = field(default=(), repr=False)
    keyserver_log_key: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read SAFELIGHT_* settings; raises SettingsError with every problem found."""
        return _Reader(os.environ if environment is None else environment).settings()

    def database_url(self, role: str) -> str:
        """Return the SQLAlchemy URL of a role's own database."""
        return f"sqlite:///{self.data / role}.sqlite"


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.problems: list[str] = []

    def settings(self) -> Settings:
        roles = tuple(self.text("ROLES", ",".join(ROLES)).split(","))
        if not set(roles) <= set(ROLES):
            self.problems.append(f"SAFELIGHT_ROLES may name {', '.join(ROLES)}, with commas between.")
        portal = self.url("PORTAL_URL")
        secrets = {
            name.lower(): self.secret(name) if role in roles else b""
            for role, names in _SECRETS.items()
            for name in names
        }
        issuers = tuple(self.text("ISSUERS", portal).split(","))
        settings = Settings(
            roles=roles,
            data=Path(self.required("DATA", "the folder for databases and sealed reports")).resolve(),
            portal_url=portal,
            keyserver_url=self.url("KEYSERVER_URL", portal),
            filehost_url=self.url("FILEHOST_URL", portal),
            issuers=issuers,
            mail=self.text("MAIL", ""),
            sms=self.text("SMS", ""),
            phone_region=self.text("PHONE_REGION", ""),
            proxies=self.number("PROXIES"),
            keyserver_keks=self.keks() if "keyserver" in roles else (),
            keyserver_log_key=self.log_key() if "portal" in roles and "keyserver" not in roles else "",
            **secrets,
        )
        if "portal" in roles and not (settings.mail or settings.sms):
            self.problems.append("SAFELIGHT_MAIL or SAFELIGHT_SMS is needed: without either, no code can be sent.")
        if self.problems:
            raise SettingsError("\n".join(self.problems))
        return settings

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

    def required(self, name: str, meaning: str) -> str:
        value = self.text(name, "")
        if not value:
            self.problems.append(f"SAFELIGHT_{name} is missing: {meaning}.")
        return value

    def url(self, name: str, default: str = "") -> str:
        value = self.text(name, default) or self.required(
            name, "the address of this role, such as https://photos.example.org"
        )
        if value and not is_base_url(value):
            self.problems.append(
                f"SAFELIGHT_{name} must be https:// and a lower-case host, without a closing slash "
                "(http:// for localhost only)."
            )
        return value

    def number(self, name: str) -> int:
        value = self.text(name, "0")
        if not value.isdecimal() or int(value) > 9:
            self.problems.append(f"SAFELIGHT_{name} must be a number from 0 to 9.")
            return 0
        return int(value)

    def secret(self, name: str) -> bytes:
        value = self.required(name, _HEX)
        return self.key(name, value) if value else b""

    def log_key(self) -> str:
        value = self.required("KEYSERVER_LOG_KEY", "what `safelight log key` prints at the key server")
        try:
            return read_key(value).text() if value else ""
        except BadProof as error:
            self.problems.append(f"SAFELIGHT_KEYSERVER_LOG_KEY: {error}")
            return ""

    def keks(self) -> tuple[bytes, ...]:
        name, command = "KEYSERVER_KEK", self.text("KEYSERVER_KEK_COMMAND", "").strip()
        if not command:
            value = self.required("KEYSERVER_KEK", _HEX)
        elif self.text("KEYSERVER_KEK", ""):
            self.problems.append("SAFELIGHT_KEYSERVER_KEK and SAFELIGHT_KEYSERVER_KEK_COMMAND: only one may be set.")
            value = ""
        else:
            name = "KEYSERVER_KEK_COMMAND"
            value = self.output(name, command)
        return tuple(self.key(name, one) for one in re.split(r"[\s,]+", value.strip())) if value else ()

    def key(self, name: str, value: str) -> bytes:
        """32 bytes from their hex digits, which no problem quotes."""
        try:
            key = bytes.fromhex(value)
        except ValueError:
            key = b""
        if len(key) != 32:
            self.problems.append(f"SAFELIGHT_{name} must be {_HEX}")
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
