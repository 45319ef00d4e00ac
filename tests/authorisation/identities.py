"""Everybody who asks, by the names that table.py uses.

    anonymous        no session, no pass; to key server and file host they send a sender's cookie, which is nothing
    recipient        named by the sender, has opened it, and may go on
    other-recipient  the same, of another sender's report
    claimed          opened a link that names nobody, first
    latecomer        has the same link, second
    revoked          named, and the report was withdrawn
    expired          named, and the time is over
    sender           whose report the recipient's is; withdrew, overdue: the same person, of these two reports
    other-sender     of the other report, and administrator of another organisation
    administrator    people of the same issuer who own nothing: of an organisation, of which the sender is, too. Their
    auditor          passes say more: that they are in charge, and of which roles
    other-issuer     on the key server's list; its passes name the sender's account and the recipient's contact
    unlisted-issuer  the same of an issuer that is on no list

To the portal the last two bring their pass, and a cookie that their own portal has signed with the sender's session.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.inprocess import PORTAL

NEXT_DOOR, FAR_AWAY = "https://next-door.example", "https://far-away.example"
IN_CHARGE: dict[str, Any] = {"admin": True, "permissions": ["*"]}


@dataclass(frozen=True)
class Identity:
    """Somebody: their contact, the name of their own report, their issuer, and what their passes say besides."""

    contact: str = ""
    own: str = ""
    issuer: str = PORTAL
    claims: dict[str, Any] = field(default_factory=dict, hash=False)


ADA, BEN = "ada@example.org", "ben@example.org"
REGISTRAR, NURSE, FIRST, SECOND = (f"{name}@example.org" for name in ("registrar", "nurse", "first", "second"))
WHO = {
    "anonymous": Identity(issuer=""),
    "recipient": Identity(REGISTRAR, "named"),
    "other-recipient": Identity(NURSE, "elsewhere"),
    "claimed": Identity(FIRST, "open"),
    "latecomer": Identity(SECOND, "open"),
    "revoked": Identity(REGISTRAR, "revoked"),
    "expired": Identity(REGISTRAR, "expired"),
    "sender": Identity(ADA, "named"),
    "other-sender": Identity(BEN, "elsewhere"),
    "withdrew": Identity(ADA, "revoked"),
    "overdue": Identity(ADA, "expired"),
    "administrator": Identity("boss@example.org", claims=IN_CHARGE | {"role": "administrator"}),
    "auditor": Identity("auditor@example.org", claims=IN_CHARGE | {"role": "auditor", "roles": ["auditor"]}),
    "other-issuer": Identity(REGISTRAR, "next door", NEXT_DOOR),
    "unlisted-issuer": Identity(REGISTRAR, "", FAR_AWAY),
}
WITHOUT_OWN = frozenset(name for name, who in WHO.items() if not who.own)
