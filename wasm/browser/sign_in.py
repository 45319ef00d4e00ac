"""A key server's own sign-in, besides the portal's: begun here, done on its pages, then good for this worker's key.

This worker and its key end with the page, when the person goes there. So who comes back shows the secret of who went,
which the page keeps for its tab, and the code that the sign-in ends with (viewer/keyserver/SIGN_IN.md).
"""

import hashlib
import secrets
from typing import Any

from sealed import base64url

from . import web


async def begin_sign_in(report: str, key_server: str, returns: str) -> dict[str, Any]:
    """Return the `address` of the page to go to, the place's `name`, and the `secret` to keep. Raises web.Refused."""
    secret = secrets.token_urlsafe(32)
    binding = base64url.encode(hashlib.sha256(secret.encode()).digest())
    answer = await _post(report, key_server, "sign-ins", {"binding": binding, "return": returns})
    if not str(answer["address"]).startswith(f"{key_server}/sign-in/"):
        raise web.Refused("sign_in_over", "The key server's sign-in is somewhere else. Tell whoever runs it.")
    return {"address": answer["address"], "name": answer["name"], "secret": secret}


async def end_sign_in(report: str, key_server: str, secret: str, code: str) -> dict[str, Any]:
    """Make a sign-in good for this worker's session key. Raises web.Refused."""
    await _post(report, key_server, "sign-ins/redeem", {"secret": secret, "code": code})
    return {}


async def _post(report: str, key_server: str, what: str, body: dict[str, str]) -> Any:
    authorization = await web.get_pass(report, "key:release", key_server)
    return await web.ask("POST", f"{key_server}/v1/keys/{report}/{what}", authorization, body)
