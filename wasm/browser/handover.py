"""From the phone to the desktop: the computer's key, and the link that the phone seals to it.

The private half stays in the worker of the computer's page, where no script can export it; it opens one link.
"""

from typing import Any

from sealed import base32, base64url, handover, hpke
from sealed.errors import N_, WrongKeyOrDamaged

from . import web
from .hpke import KeyPair, seal

_NO_KEY = N_("The code was not read whole. Let the computer show a new one, and scan that.")
_NOT_OURS = N_("What came from the phone cannot be read here. Scan the code once more.")
_pairs: dict[str, KeyPair] = {}  # by handover: the one that is shown


async def begin_handover(name: str) -> dict[str, Any]:
    """Make the key of a handover; return its public half as text, and its mark. The one before opens nothing more."""
    _pairs.clear()
    pair = _pairs[name] = await KeyPair.generate()
    return {"key": base64url.encode(pair.public), "mark": handover.mark(name, pair.public)}


async def end_handover(name: str, sealed: str) -> dict[str, Any]:
    """Open what the phone has sealed; return a report's id, and what stands in its link. Raises web.Refused."""
    pair = _pairs.pop(name)
    try:
        report, link_share = handover.unpack(await pair.open(base64url.decode(sealed), handover.info(name)))
    except (WrongKeyOrDamaged, ValueError):
        raise web.Refused("handover_over", _NOT_OURS) from None
    return {"report": report, "fragment": base32.link_text(link_share)}


async def mark_handover(name: str, key: str) -> dict[str, Any]:
    """Return the mark that the computer shows which has this key. Raises web.Refused for what is no key."""
    return {"mark": handover.mark(name, _point(key))}


async def seal_handover(name: str, key: str, report: str, fragment: str) -> dict[str, Any]:
    """Seal a link to a computer's key. Raises web.Refused for what is no key, LinkCutOff and LinkMistyped."""
    packed = handover.pack(report, base32.read_link_text(fragment))
    try:
        sealed = await seal(packed, _point(key), handover.info(name))
    except ValueError:
        raise web.Refused("handover_over", _NO_KEY) from None
    return {"sealed": base64url.encode(sealed)}


def _point(key: str) -> bytes:
    try:
        point = base64url.decode(key)
    except ValueError:
        point = b""
    if len(point) != hpke.POINT:
        raise web.Refused("handover_over", _NO_KEY)
    return point
