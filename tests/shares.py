"""Requests for a share, and their answers, for tests that speak to a key server by HTTP themselves."""

from typing import Any

from sealed import base64url
from sealed.released import RELEASE, Request
from viewer.hpke import KeyPair

PAIR = KeyPair.generate()


def asking(pair: KeyPair = PAIR, log_size: int = 0) -> dict[str, Any]:
    """What a request for a share says besides its policy."""
    return {"hpke_key": base64url.encode(pair.public), "log_size": log_size}


def opened(
    answer: Any, key_server: str, report: str, request_id: str, action: str = RELEASE, pair: KeyPair = PAIR
) -> bytes:
    """The share (32 bytes) in an answer's JSON."""
    info = Request(action, key_server, report, request_id).info(answer["entry"].encode())
    return pair.open(base64url.decode(answer["sealed_share"]), info)
