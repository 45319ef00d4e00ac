"""Base64url without padding (RFC 4648 section 5), as JWTs, WebAuthn and our own JSON write bytes."""

import base64


def encode(data: bytes) -> str:
    """Write bytes as text."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: object) -> bytes:
    """Read text in its one form; raises ValueError for all else.

    b64decode passes over characters that mean nothing, and over bits behind the last byte: several texts for the same
    bytes, where a text is compared, counted or hashed.
    """
    if isinstance(text, str):
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if encode(data) == text:
            return data
    raise ValueError("not base64url")
