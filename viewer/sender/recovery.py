"""An organisation's recovery key: senders seal link shares to it, and it opens what they sent when the link is lost.

The key is a pair whose private half nobody's server ever has (FORMAT.md section 7).
"""

import secrets
from typing import Any

from sealed import base64url, keys
from sealed.errors import WrongKeyOrDamaged
from sealed.sending import Deposit

from .. import hpke
from ..hpke import KeyPair
from .client import Client, ClientError

CHANGED = (
    "The recovery key of your organisation is another one than before: its mark is {}. Whoever has its private half "
    "can open what you send, together with the portal. Ask an administrator whom you know, not by way of the portal, "
    "whether they have changed it. If they have, send again with --recovery-key-changed."
)
_OTHER_KEY = (
    "This is not the recovery key that the photos were sealed to. Your organisation may have had another one "
    "when they were sent: try its file. Nothing was opened."
)


def mark(public_key: str) -> str:
    """Return the sixteen digits, in fours, by which people compare a public key (base64url)."""
    return keys.recovery_mark(base64url.decode(public_key))


def trusted(client: Client, account: dict[str, Any], changed: bool) -> str:
    """Return the recovery key to seal to, empty where the account's organisation has none.

    The first one that this program sees at a portal is kept, and no other taken until its user says that it has
    `changed`: a portal that lies could hand out a key of its own. Raises ClientError.
    """
    now: str = (account.get("organisation") or {}).get("recovery_key") or ""
    before = client.kept("recovery").get(client.portal)
    if now and before not in (None, now) and not changed:
        raise ClientError("recovery_key_changed", CHANGED.format(mark(now)))
    if now:
        client.keep("recovery", {client.portal: now})
    return now


def deposit(client: Client, step: Deposit) -> None:
    """Give the portal a report's link share, sealed to a recovery key. Raises ClientError."""
    info = keys.recovery_info(step.organisation, step.report)
    sealed = base64url.encode(hpke.seal(step.link_share, base64url.decode(step.recovery_key), info))
    body = {"sealed": sealed, "recovery_key": step.recovery_key}
    client.ask("PUT", f"/api/reports/{step.report}/recovery", body, secrets.token_urlsafe(24))


def find(client: Client, report_id: str, pair: KeyPair) -> tuple[dict[str, Any], bytes]:
    """Return where the portal says that a report's key and file are, and its link share, opened by the recovery key.

    Raises WrongKeyOrDamaged, also for another key; ClientError for who is no administrator of its organisation.
    """
    told = dict(client.ask("GET", f"/api/reports/{report_id}/recovery"))
    info = keys.recovery_info(told["organisation"], report_id)
    try:
        return told, pair.open(base64url.decode(told["sealed"]), info)
    except WrongKeyOrDamaged:
        raise WrongKeyOrDamaged(_OTHER_KEY) from None
