"""Send sealed reports, and open them, from a program: what the command line is made of (API.md)."""

from sealed.letter import Letter
from sealed.report import Consent

from .client import Client, ClientError
from .deleting import delete
from .opening import Opened, open_link, read_link
from .sending import Sent, seal, send

__all__ = [
    "Client",
    "ClientError",
    "Consent",
    "Letter",
    "Opened",
    "Sent",
    "delete",
    "open_link",
    "read_link",
    "seal",
    "send",
]
