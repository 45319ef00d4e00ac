"""Settings of OpenID providers at which people sign in: a key server's own one, and hospitals' at the portal."""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

# Unlike a base URL it may have a path, capitals in it, and a closing slash: whatever the provider calls itself.
_ISSUER = re.compile(
    r"(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
)
ISSUER = "must be https://, a host and perhaps a path (http:// for localhost only)."
NAME = "must be one line of at most 80 characters."
_KEY = re.compile("[a-z0-9-]{1,40}")
_TEXTS = ("name", "issuer", "client")


@dataclass(frozen=True)
class SignIn:
    """An OpenID provider (`issuer`), our `client` id there, its `secret` (empty: PKCE alone), and its common `name`."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    name: str


@dataclass(frozen=True)
class Hospital:
    """A hospital whose own sign-in is good at the portal: for addresses of its `domains`, and for no others.

    `key` names it in our addresses.
    """

    key: str
    sign_in: SignIn
    domains: tuple[str, ...]


def is_issuer(text: str) -> bool:
    """Tell whether an OpenID provider can call itself so."""
    return _ISSUER.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Tell whether people can be shown this as a name."""
    return text.isprintable() and len(text) <= 80


def read_hospitals(text: str) -> tuple[list[Hospital], list[str]]:
    """Return hospitals from TOML, a table for each, and what is wrong with it: sentences that quote no value."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return [], ["is not TOML: a line such as [st-elsewhere], and below it name, issuer, client and domains."]
    found, problems = [], []
    for key, table in tables.items():
        wrong = _wrong(key, table)
        problems += [f"[{key if _KEY.fullmatch(key) else '…'}]: {one}" for one in wrong]
        if not wrong:
            told = SignIn(table["issuer"], table["client"], table.get("secret", ""), table["name"])
            found.append(Hospital(key, told, tuple(map(_domain, table["domains"]))))
    if len({one.sign_in.issuer for one in found}) < len(found):
        problems.append("names one issuer twice: each hospital needs its own.")
    domains = [domain for one in found for domain in one.domains]
    if len(set(domains)) < len(domains):
        problems.append("names one domain twice: only one sign-in may vouch for it.")
    return found, problems


def _wrong(key: str, table: Any) -> list[str]:
    """Return what is wrong with one hospital's table."""
    if not _KEY.fullmatch(key) or not isinstance(table, dict):
        return ["must be a table whose name has small letters, digits and hyphens, 40 at most."]
    wrong = [f"{name} is missing, or no text." for name in _TEXTS if not _is_text(table.get(name))]
    if not isinstance(table.get("secret", ""), str):
        wrong.append("secret must be a text.")
    if set(table) - {*_TEXTS, "secret", "domains"}:
        wrong.append("there is more than name, issuer, client, secret and domains.")
    issuer, name = table.get("issuer"), table.get("name")
    if isinstance(issuer, str) and issuer and not is_issuer(issuer):
        wrong.append(f"issuer {ISSUER}")
    if isinstance(name, str) and not is_name(name):
        wrong.append(f"name {NAME}")
    domains = table.get("domains")
    if not isinstance(domains, list) or not domains or not all(_is_text(one) and _domain(one) for one in domains):
        wrong.append('domains must be a list such as ["st-elsewhere.example"], of one at least.')
    return wrong


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _domain(text: str) -> str:
    """Return a domain in the form that it has in canonical addresses; empty for what is none."""
    from . import contacts  # here, because senders read settings too, and most portals have no such list

    try:
        return contacts.canonical(f"x@{text}").removeprefix("x@") if "@" not in text else ""
    except contacts.BadContact:
        return ""
