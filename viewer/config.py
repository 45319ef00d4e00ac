"""Settings: from the environment or from files it names; all problems reported at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sealed.header import is_base_url

ROLES = ("portal", "keyserver", "filehost")
_SECRETS = {"portal": ("PORTAL_SECRET",), "keyserver": ("KEYSERVER_SECRET", "KEYSERVER_KEK"), "filehost": ()}


class SettingsError(Exception):
    """One sentence a line: every setting that is missing or wrong, and how to mend it."""


@dataclass(frozen=True)
class Settings:
    """What an installation is told. Secrets are 32 bytes each and have no default.

    `mail` and `sms` are Apprise URLs in which `{to}` stands for the recipient's contact;
    empty where that way is not offered. `phone_region` (ISO 3166, such as AU) says whose
    numbers may be typed without `+`; empty: every number needs its `+`. `proxies` is how many
    reverse proxies stand in front, whose word for a visitor's address is taken.
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
    keyserver_kek: bytes = field(default=b"", repr=False)

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
        value = self.required(name, "64 hex digits, from: openssl rand -hex 32")
        try:
            secret = bytes.fromhex(value)
        except ValueError:
            secret = b""
        if value and len(secret) != 32:
            self.problems.append(f"SAFELIGHT_{name} must be 64 hex digits, from: openssl rand -hex 32")
        return secret
