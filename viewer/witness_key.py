"""The key by which a file host cosigns the logs that it witnesses, and who witnesses and is witnessed here."""

from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sealed.cosignatures import PATH
from sealed.notes import COSIGNATURE, VerifierKey, read_key

from . import contacts, log_key
from .config import Settings


class Witness(NamedTuple):
    """A witness of a log: its prefix (URL), and its verification key."""

    url: str
    key: VerifierKey


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """Return the private key that belongs to a file host's secret."""
    return Ed25519PrivateKey.from_private_bytes(contacts.derive(secret, "witness cosigning key"))


def of(file_host: str, secret: bytes) -> Witness:
    """Return the file host at a base URL as a witness."""
    url, public = file_host + PATH, signing_key(secret).public_key().public_bytes_raw()
    return Witness(url, VerifierKey(url.partition("://")[2], public, COSIGNATURE))


def own(settings: Settings) -> Witness:
    """Return the file host of the installation as a witness. It needs its secret."""
    return of(settings.filehost_url, settings.filehost_secret)


def witnesses(settings: Settings) -> tuple[Witness, ...]:
    """Return the witnesses of the installation's log: those that are named, or else its own file host."""
    if settings.keyserver_witnesses is None:
        return (own(settings),) if settings.filehost_secret else ()
    return tuple(Witness(url, read_key(key, COSIGNATURE)) for url, key in settings.keyserver_witnesses)


def witnessed(settings: Settings) -> tuple[VerifierKey, ...]:
    """Return the keys of the logs that the file host witnesses: those that are named, or else its own key server's."""
    if settings.filehost_logs or not settings.keyserver_secret:
        return tuple(map(read_key, settings.filehost_logs))
    return (log_key.known(settings),)
