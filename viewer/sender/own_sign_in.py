"""Signs a person in at a key server that demands it besides the portal's pass: in their browser, by a code they type.

The program does not wait for the browser by itself: whoever gets somebody else to open an address of theirs would then
be signed in as that person. The code goes through the hands of the one person, from the page to the program.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from sealed import base64url
from sealed.errors import BadProof

if TYPE_CHECKING:
    from .client import Client

Ask = Callable[[str, str], str]
"""Shows the address to open and the name of the place; returns the code that the page has shown."""


def sign_in(client: "Client", key_server: str, report: str, ask: Ask) -> None:
    """Make this run's session key good at a key server, for one report. Raises ClientError, BadProof."""
    secret, url = secrets.token_urlsafe(32), f"{key_server}/v1/keys/{report}/sign-ins"
    asked = {"binding": base64url.encode(hashlib.sha256(secret.encode()).digest()), "return": "program"}
    begun = client.with_pass("POST", url, report, "key:release", asked)
    if not str(begun["address"]).startswith(f"{key_server}/sign-in/"):
        raise BadProof("The key server's sign-in is somewhere else. Tell whoever runs it.")
    code = ask(begun["address"], begun["name"])
    client.with_pass("POST", f"{url}/redeem", report, "key:release", {"secret": secret, "code": code})
