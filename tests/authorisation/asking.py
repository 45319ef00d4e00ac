"""What a request to each route says: always good, so that only who asks and for which id decides."""

from collections.abc import Callable
from typing import Any, Protocol

from sealed import base64url
from sealed.cosignatures import AddCheckpoint
from sealed.notes import read_checkpoint, read_note
from tests.filehost.steps import PIECE, TUS
from tests.shares import PAIR, asking
from viewer import clock

SEALED, HALF = b"sealed", 3
UPLOAD = TUS | {"Upload-Length": str(len(SEALED)), "Upload-Offset": str(HALF), "Content-Type": PIECE}
FILE = {"sha256": "ab" * 32, "length": len(SEALED)}
CONTACT = "nobody@example.org"
RECOVERY_KEY = base64url.encode(PAIR.public)


class Known(Protocol):
    """What is known of the reports, by their ids: the log's entry of an opening, and who has asked to open.

    `checkpoint` is the log's, as the file host has witnessed it.
    """

    entries: dict[str, int]
    askers: dict[str, str]
    checkpoint: str


def policy(**members: Any) -> dict[str, Any]:
    """A policy of a day; `members` go in place of its own."""
    return {"not_after": clock.text(clock.now() + 86_400)} | members


# What is sent with a report's id; what is known of no report is asked with what is known of another.
BODIES: dict[str, Callable[[Known, str], Any]] = {
    "POST /api/codes": lambda known, report: {"contact": CONTACT},
    "POST /api/sessions": lambda known, report: {"attempt": "a" * 22, "code": "000000"},
    "POST /api/sessions/passkey": lambda known, report: {"credential": {}},
    "PUT /api/account": lambda known, report: {"name": "", "jurisdiction": "AU"},
    "POST /api/passkeys": lambda known, report: {"credential": {}},
    "PUT /api/passkeys/<passkey>": lambda known, report: {"name": "Phone"},
    "POST /api/sessions/hospital/turn": lambda known, report: {"hospital": "general"},
    "POST /api/sessions/hospital": lambda known, report: {"hospital": "general", "state": "s", "code": "c"},
    "POST /api/account/codes": lambda known, report: {"contact": CONTACT},
    "POST /api/account/contacts": lambda known, report: {"attempt": "a" * 22, "code": "000000"},
    "PUT /api/account/contacts/main": lambda known, report: {"contact": CONTACT},
    "POST /api/account/contacts/removals": lambda known, report: {"contact": CONTACT},
    "POST /api/account/hospitals": lambda known, report: {"issuer": "https://general.example"},
    "POST /api/account/hospitals/removals": lambda known, report: {"issuer": "https://general.example"},
    "PUT /api/handovers/<handover>": lambda known, report: {"sealed": "A" * 170},
    "POST /api/reports": lambda known, report: {"recipients": [CONTACT]},
    "PUT /api/reports/<report>/recipients": lambda known, report: {"recipients": [CONTACT]},
    "PUT /api/organisation/recovery-key": lambda known, report: {"recovery_key": RECOVERY_KEY},
    "PUT /api/reports/<report>/recovery": lambda known, report: {"sealed": "A" * 135, "recovery_key": RECOVERY_KEY},
    "POST /v1/keys/<report>/recover": lambda known, report: asking(),
    "PUT /api/organisation/defaults": lambda known, report: {"days": 14, "download": True},
    "POST /api/organisation/members": lambda known, report: {"contact": CONTACT, "name": "Dr", "role": "sender"},
    "PUT /api/organisation/members/<account>/role": lambda known, report: {"role": "auditor"},
    "PUT /v1/accounts/<account>/keys": lambda known, report: {"disabled": True, "number": 7},
    "PUT /v1/accounts/<account>/erasure": lambda known, report: {"disabled": True, "number": 7},
    "PUT /v1/accounts/<account>/blobs/erasure": lambda known, report: {"disabled": True, "number": 7},
    "PUT /v1/accounts/<account>/blobs": lambda known, report: {"disabled": True, "number": 7},
    "POST /v1/keys/<report>": lambda known, report: policy(recipients=[CONTACT]) | asking(),
    "PUT /v1/keys/<report>/file": lambda known, report: FILE,
    "POST /v1/keys/<report>/release": lambda known, report: asking(),
    "POST /v1/keys/<report>/sign-ins": lambda known, report: {"binding": "A" * 43, "return": "link"},
    "POST /v1/keys/<report>/sign-ins/redeem": lambda known, report: {"secret": "a", "code": "b"},
    "POST /v1/keys/<report>/acknowledgements": lambda known, report: {"entry": about(known.entries, report)},
    "POST /v1/keys/<report>/consents": lambda known, report: {"account": about(known.askers, report)},
    "PUT /v1/keys/<report>/policy": lambda known, report: policy(most=7),
    "POST /v1/blobs/<report>": lambda known, report: SEALED,
    "PATCH /v1/blobs/<report>/upload": lambda known, report: SEALED[HALF:],
    "POST /v1/witness/add-checkpoint": lambda known, report: again(known.checkpoint),
}


def about(values: dict[str, Any], report: str) -> Any:
    """Return what is known of a report, or of some other one."""
    return values.get(report, next(iter(values.values())))


def again(checkpoint: str) -> bytes:
    """Return the request to witness what has been witnessed already."""
    note = read_note(checkpoint)
    return AddCheckpoint(read_checkpoint(note.text).size, (), note).write().encode()
