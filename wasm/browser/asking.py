"""The recipient asks the sender for one opening, where a release was refused."""

import secrets
from typing import Any

from . import web


async def ask_sender(report_id: str, key_server: str) -> dict[str, Any]:
    """Ask, and wait for the key server to have noted it. Raises web.Refused."""
    url = f"{key_server}/v1/keys/{report_id}/requests"
    await web.post(url, await web.get_pass(report_id, "key:release", key_server), secrets.token_urlsafe(24))
    return {}
