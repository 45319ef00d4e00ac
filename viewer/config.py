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
from .sign_ins import ISSUER, NAME, Hospital, SignIn, is_issuer, is_name, read_hospitals

ROLES = ("portal", "keyserver", "filehost")
_MESSAGES, _BYTES = 5_000, 20 * 10**9  # in a day: far more than a hospital sends, and an end to what abuse costs
_ABROAD = 100  # messages in a day
_SECRETS = {"portal": ("PORTAL_SECRET",), "keyserver": ("KEYSERVER_SECRET",), "filehost": ("FILEHOST_SECRET",)}


class SettingsError(Exception):
    """One sentence a line: every setting that is missing or wrong, and how to mend it."""


@dataclass(frozen=True)
class Settings:
    """What an installation is told. Secrets are 32 bytes each and have no default.

    `mail` and `sms` are Apprise URLs in which `{to}` stands for the recipient's contact;
    empty where that way is not offered. `phone_region` (ISO 3166, such as AU) says whose
    numbers may be typed without `+`; empty: every number needs its `+`. `language` (BCP 47) is spoken to people of
    whom nothing else is known, such as in messages. `proxies` is how many
    reverse proxies stand in front, whose word for a visitor's address is taken. Of the
    key-encryption keys, the first wraps server shares and all of them unwrap.

    Of the addresses those are empty that no role here needs. `issuers` are the portals whose passes key
    server and file host believe. `keyservers` are pairs of an address and the key of its log: the key
    servers elsewhere that the portal gives passes to, its own one not among them.

    `hospitals` are those whose own sign-ins are good at the portal, besides a code.

    `keyserver_log` is the number of the log's origin. `keyserver_witnesses` are pairs of an address
    and a verification key; None where nothing is said of them: then the installation's own file
    host is one. `keyserver_sign_in` is the sign-in that the key server demands beside a portal's pass; None:
    a pass is enough. `filehost_logs` are the verification keys of the logs that the file host witnesses;
    none: that of the installation's own key server, where it has one. `databases` are the URLs, with
    their passwords, of the PostgreSQL databases of those roles that do not use SQLite in `data`.

    `metrics` is the address and the port of the Prometheus metrics; None: there are none. `log_format`
    is text or json. `messages_per_day`, codes and notices together, go out at most in one day (UTC), and
    `sms_abroad_per_day` of them as SMS to countries other than `sms_countries` (ISO 3166);
    `bytes_per_sender_per_day` are taken at most from one account in any 24 hours.
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
    language: str = "en"
    proxies: int = 0
    portal_secret: bytes = field(default=b"", repr=False)
    keyserver_secret: bytes = field(default=b"", repr=False)
    keyserver_keks: tuple[bytes, ...] = field(default=(), repr=False)
    hospitals: tuple[Hospital, ...] = ()
    keyservers: tuple[tuple[str, str], ...] = ()
    keyserver_log: int = 1
    keyserver_witnesses: tuple[tuple[str, str], ...] | None = None
    keyserver_sign_in: SignIn | None = None
    filehost_secret: bytes = field(default=b"", repr=False)
    filehost_logs: tuple[str, ...] = ()
    databases: Mapping[str, str] = field(default_factory=dict, repr=False)
    metrics: tuple[str, int] | None = None
    log_format: str = "text"
    messages_per_day: int = _MESSAGES
    sms_countries: tuple[str, ...] = ()
    sms_abroad_per_day: int = _ABROAD
    bytes_per_sender_per_day: int = _BYTES

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read SAFELIGHT_* settings; raises SettingsError with every problem found."""
        return _Reader(os.environ if environment is None else environment).settings()


class _Reader(Reader):
    def settings(self) -> Settings:
        roles = tuple(self.text("ROLES", ",".join(ROLES)).split(","))
        if not set(roles) <= set(ROLES):
            self.problems.append(f"SAFELIGHT_ROLES may name {', '.join(ROLES)}, with commas between.")
        portal = self.url("PORTAL_URL") if "portal" in roles else self.text("PORTAL_URL", "")
        secrets = {
            name.lower(): self.secret(name) if role in roles else b""
            for role, names in _SECRETS.items()
            for name in names
        }
        settings = Settings(
            roles=roles,
            data=Path(self.required("DATA", "the folder for databases and sealed reports")).resolve(),
            portal_url=portal,
            keyserver_url=self.url("KEYSERVER_URL", portal) if "keyserver" in roles else "",
            filehost_url=self.filehost_url(roles, portal),
            issuers=self.issuers(portal) if set(roles) & {"keyserver", "filehost"} else (),
            mail=self.text("MAIL", ""),
            sms=self.text("SMS", ""),
            phone_region=self.text("PHONE_REGION", ""),
            language=self.text("LANGUAGE", "en"),
            proxies=self.number("PROXIES", 0, 9),
            keyserver_keks=self.keks() if "keyserver" in roles else (),
            hospitals=self.hospitals() if "portal" in roles else (),
            keyservers=self.keyservers(must="keyserver" not in roles) if "portal" in roles else (),
            keyserver_log=self.number("KEYSERVER_LOG", 1, 999_999),
            keyserver_witnesses=self.witnesses(),
            keyserver_sign_in=self.sign_in() if "keyserver" in roles else None,
            filehost_logs=tuple(self.verification_key("FILEHOST_LOGS", one) for one in self.words("FILEHOST_LOGS")),
            databases=self.databases(roles),
            metrics=self.metrics(),
            log_format=self.log_format(),
            messages_per_day=self.number("MESSAGES_PER_DAY", 1, 10**9, _MESSAGES),
            sms_countries=self.countries(),
            sms_abroad_per_day=self.number("SMS_ABROAD_PER_DAY", 0, 10**9, _ABROAD),
            bytes_per_sender_per_day=self.number("BYTES_PER_SENDER_PER_DAY", 1, 10**15, _BYTES),
            **secrets,
        )
        if "portal" in roles and not (settings.mail or settings.sms):
            self.problems.append("SAFELIGHT_MAIL or SAFELIGHT_SMS is needed: without either, no code can be sent.")
        if self.problems:
            raise SettingsError("\n".join(self.problems))
        return settings

    def metrics(self) -> tuple[str, int] | None:
        found = re.fullmatch(r"([0-9A-Za-z.-]+):([0-9]{1,5})", value := self.text("METRICS", ""))
        if found and 0 < int(found[2]) < 65_536:
            return found[1], int(found[2])
        if value:
            self.problems.append("SAFELIGHT_METRICS must be an address and a port of this machine, as 127.0.0.1:9108.")
        return None

    def log_format(self) -> str:
        value = self.text("LOG_FORMAT", "text")
        if value not in ("text", "json"):
            self.problems.append("SAFELIGHT_LOG_FORMAT must be text or json.")
        return value

    def countries(self) -> tuple[str, ...]:
        found = self.words("SMS_COUNTRIES") or self.words("PHONE_REGION")
        if not all(re.fullmatch("[A-Z]{2}", one) for one in found):
            self.problems.append("SAFELIGHT_SMS_COUNTRIES must be countries such as AU NZ, two capital letters each.")
        return tuple(found)

    def databases(self, roles: tuple[str, ...]) -> dict[str, str]:
        named = {role: self.database(f"{role.upper()}_DATABASE") for role in ROLES if role in roles}
        found = {role: url for role, url in named.items() if url}
        if len(set(found.values())) < len(found):
            self.problems.append("SAFELIGHT_…_DATABASE: each role needs a database of its own.")
        return found

    def filehost_url(self, roles: tuple[str, ...], portal: str) -> str:
        if "filehost" in roles:
            return self.url("FILEHOST_URL", portal)
        return self.url("FILEHOST_URL") if "portal" in roles else ""

    def issuers(self, portal: str) -> tuple[str, ...]:
        found = self.words("ISSUERS") or ([portal] if portal else [])
        if not found:
            self.required("ISSUERS", "the addresses of the portals whose passes are good here")
        elif not all(map(is_base_url, found)):
            self.problems.append("SAFELIGHT_ISSUERS must be addresses of portals, such as https://photos.example.org.")
        return tuple(found)

    def keyservers(self, must: bool) -> tuple[tuple[str, str], ...]:
        if must and not self.words("KEYSERVERS"):
            self.required("KEYSERVERS", "where key servers are, each followed by what `safelight log key` prints there")
        return self.pairs("KEYSERVERS", ED25519, "https://keys.example.org and what `safelight log key` prints there.")

    def witnesses(self) -> tuple[tuple[str, str], ...] | None:
        name = "KEYSERVER_WITNESSES"
        if self.environment.keys().isdisjoint({f"SAFELIGHT_{name}", f"SAFELIGHT_{name}_FILE"}):
            return None
        example = "https://files.example.org/v1/witness and what `safelight log witness-key` prints there"
        return self.pairs("KEYSERVER_WITNESSES", COSIGNATURE, f"{example}. Empty, there is no witness.")

    def sign_in(self) -> SignIn | None:
        issuer, secret = self.text("KEYSERVER_SIGN_IN", ""), self.text("KEYSERVER_SIGN_IN_SECRET", "")
        client, name = self.text("KEYSERVER_SIGN_IN_CLIENT", ""), self.text("KEYSERVER_SIGN_IN_NAME", "")
        if not any((issuer, client, secret, name)):
            return None
        self.required("KEYSERVER_SIGN_IN", "the issuer's address of your OpenID provider, as its discovery tells it")
        self.required("KEYSERVER_SIGN_IN_CLIENT", "the id under which your OpenID provider knows this key server")
        self.required("KEYSERVER_SIGN_IN_NAME", "what people call the place where they sign in, such as St Elsewhere")
        if issuer and not is_issuer(issuer):
            self.problems.append(f"SAFELIGHT_KEYSERVER_SIGN_IN {ISSUER}")
        if not is_name(name):
            self.problems.append(f"SAFELIGHT_KEYSERVER_SIGN_IN_NAME {NAME}")
        return SignIn(issuer, client, secret, name)

    def hospitals(self) -> tuple[Hospital, ...]:
        found, problems = read_hospitals(self.text("PORTAL_HOSPITALS", ""))
        self.problems += [f"SAFELIGHT_PORTAL_HOSPITALS {one}" for one in problems]
        return tuple(found)

    def pairs(self, name: str, kind: bytes, example: str) -> tuple[tuple[str, str], ...]:
        words = self.words(name)
        urls, keys = words[::2], words[1::2]
        if len(urls) != len(keys) or not all(map(is_base_url, urls)):
            self.problems.append(f"SAFELIGHT_{name} must be pairs of an address and a key, such as {example}")
            return ()
        return tuple((url, self.verification_key(name, key, kind)) for url, key in zip(urls, keys, strict=True))

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
