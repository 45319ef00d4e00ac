"""Names of what the portal keeps: random, and nothing about anybody."""

import secrets

from sealed.base32 import encode_id


def new_id() -> str:
    """Return a fresh id, of an account for example: 26 characters, random."""
    return encode_id(secrets.token_bytes(16))
