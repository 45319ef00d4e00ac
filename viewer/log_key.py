"""The key by which a key server signs its log: its own secret makes it, others are told its public half."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sealed.notes import VerifierKey, read_key

from . import contacts
from .config import Settings


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """Return the private key that belongs to a key server's secret."""
    return Ed25519PrivateKey.from_private_bytes(contacts.derive(secret, "log signing key"))


def verifier_key(key_server: str, secret: bytes, number: int = 1) -> VerifierKey:
    """Return the public key under the log's origin, for the key server at a base URL; `number` counts restarts."""
    origin = f"{key_server.partition('://')[2]}/log/{number}"
    return VerifierKey(origin, signing_key(secret).public_key().public_bytes_raw())


def servers(settings: Settings) -> dict[str, VerifierKey]:
    """Return the key servers that the installation knows, by address, and the keys of their logs.

    The first is the default: the installation's own, where it has one, else the first of SAFELIGHT_KEYSERVERS.
    """
    found = {url: read_key(key) for url, key in settings.keyservers}
    if not settings.keyserver_secret:
        return found
    own = verifier_key(settings.keyserver_url, settings.keyserver_secret, settings.keyserver_log)
    return {settings.keyserver_url: own} | found | {settings.keyserver_url: own}


def known(settings: Settings) -> VerifierKey:
    """Return the key of the default key server's log."""
    return next(iter(servers(settings).values()))
