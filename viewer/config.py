"""Settings: from the environment or from files it names; all problems reported at once."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sealed.errors import BadProof
from sealed.header import is_base_url
from sealed.notes import COSIGNATURE, ED25519, read_key

from .environment import HEX, Reader

ROLES = ("portal", "keyserver", "filehost")
_SECRETS = {"portal": ("PORTAL_SECRET",), "keyserver": ("KEYSERVER_SECRET",), "filehost": ("FILEHOST_SECRET",)}


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

    `keyserver_log` is the number of the log's origin. `keyserver_witnesses` are pairs of an address
    and a verification key; None where nothing is said of them: then the installation's own file
    host is one. `filehost_logs` are the verification keys of the logs that the file host witnesses;
    none: that of the installation's own key server, where it has one.
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
    keyserver_log: int = 1
    keyserver_witnesses: tuple[tuple[str, str], ...] | None = None
    filehost_secret: bytes = field(default=b"", repr=False)
    filehost_logs: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read SAFELIGHT_* settings; raises SettingsError with every problem found."""
        return _Reader(os.environ if environment is None else environment).settings()

    def database_url(self, role: str) -> str:
        """Return the SQLAlchemy URL of a role's own database."""
        return f"sqlite:///{self.data / role}.sqlite"


class _Reader(Reader):
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
            proxies=self.number("PROXIES", 0, 9),
            keyserver_keks=self.keks() if "keyserver" in roles else (),
            keyserver_log_key=self.log_key() if "portal" in roles and "keyserver" not in roles else "",
            keyserver_log=self.number("KEYSERVER_LOG", 1, 999_999),
            keyserver_witnesses=self.witnesses(),
            filehost_logs=tuple(self.verification_key("FILEHOST_LOGS", one) for one in self.words("FILEHOST_LOGS")),
            **secrets,
        )
        if "portal" in roles and not (settings.mail or settings.sms):
            self.problems.append("SAFELIGHT_MAIL or SAFELIGHT_SMS is needed: without either, no code can be sent.")
        if self.problems:
            raise SettingsError("\n".join(self.problems))
        return settings

    def log_key(self) -> str:
        value = self.required("KEYSERVER_LOG_KEY", "what `safelight log key` prints at the key server")
        return self.verification_key("KEYSERVER_LOG_KEY", value) if value else ""

    def witnesses(self) -> tuple[tuple[str, str], ...] | None:
        name = "KEYSERVER_WITNESSES"
        if self.environment.keys().isdisjoint({f"SAFELIGHT_{name}", f"SAFELIGHT_{name}_FILE"}):
            return None
        words = self.words("KEYSERVER_WITNESSES")
        urls, keys = words[::2], words[1::2]
        if len(urls) != len(keys) or not all(map(is_base_url, urls)):
            self.problems.append(
                f"SAFELIGHT_{name} must be pairs of an address and a key, such as https://files.example.org/v1/witness "
                "and what `safelight log witness-key` prints there. Empty, there is no witness."
            )
            return ()
        return tuple((url, self.verification_key(name, key, COSIGNATURE)) for url, key in zip(urls, keys, strict=True))

    def verification_key(self, name: str, value: str, kind: bytes = ED25519) -> str:
        try:
            return read_key(value, kind).text()
        except BadProof as error:
            self.problems.append(f"SAFELIGHT_{name}: {error}")
            return ""

    def keks(self) -> tuple[bytes, ...]:
        name, command = "KEYSERVER_KEK", self.text("KEYSERVER_KEK_COMMAND", "").strip()
        if not command:
            value = self.required("KEYSERVER_KEK", HEX)
        elif self.text("KEYSERVER_KEK", ""):
            self.problems.append("SAFELIGHT_KEYSERVER_KEK and SAFELIGHT_KEYSERVER_KEK_COMMAND: only one may be set.")
            value = ""
        else:
            name = "KEYSERVER_KEK_COMMAND"
            value = self.output(name, command)
        return tuple(self.key(name, one) for one in re.split(r"[\s,]+", value.strip())) if value else ()
