"""What an entry of the log says, for whoever reads it away from the key server (LOG.md sections 1 and 10)."""

from dataclasses import dataclass
from typing import Any

from . import canonical, notes, receipts
from .errors import N_, BadProof
from .notes import VerifierKey
from .receipts import Proved
from .released import LARGEST, check_since

PAGE = 50  # entries in one answer to an auditor
_NO_ENTRY = N_("This is no entry of a key server's log. Do not rely on it; tell whoever runs the key server.")


@dataclass(frozen=True)
class Audited:
    """An entry that is proved: its own text, its receipt, what it says, and what it only commits to, by name."""

    entry: str
    receipt: str
    said: dict[str, Any]
    observed: dict[str, str]

    def line(self) -> bytes:
        """Return its line of an excerpt, without the newline."""
        return canonical.dumps({"entry": self.entry, "receipt": self.receipt})


def read(entry: bytes) -> dict[str, Any]:
    """Return who did what and when, flat, under the names of a key server's listing. Raises BadProof."""
    try:
        return _said(canonical.loads(entry[:LARGEST]))
    except (AttributeError, LookupError, TypeError, ValueError):
        raise BadProof(_NO_ENTRY) from None


def check(entry: object, receipt: object, key: VerifierKey) -> tuple[dict[str, Any], Proved]:
    """Check an entry and its receipt, all but the signature; return what it says. Raises BadProof."""
    data = entry.encode() if isinstance(entry, str) else b""
    said, proved = read(data), receipts.check(receipt, data, key)
    if said["number"] != proved.number:
        raise BadProof(_NO_ENTRY)
    return said, proved


def read_page(answer: Any, key: VerifierKey, remembered: str | None) -> tuple[list[Audited], Proved | None]:
    """Check what a key server answers an auditor, all but the signature, which is one for all; None for no entries.

    `remembered` is the checkpoint seen last: the log must still hold what it held then. Raises BadProof.
    """
    found, first = [], None
    try:
        path = [notes.read_hash(one) for one in answer["consistency"]]
        for one in answer["entries"]:
            said, proved = check(one["entry"], one["receipt"], key)
            first = first or proved
            if proved.message != first.message or proved.signature != first.signature:
                raise BadProof(_NO_ENTRY)
            observed = {str(name): str(value) for name, value in one["observed"].items()}
            found.append(Audited(one["entry"], one["receipt"], said, observed))
    except (AttributeError, LookupError, TypeError):
        raise BadProof(_NO_ENTRY) from None
    if first:
        check_since(remembered, first.checkpoint, path)
    return found, first


def _said(entry: Any) -> dict[str, Any]:
    person, key = entry["agent"][0]["who"]["identifier"], entry["entity"][0]["what"]["identifier"]
    return {
        "number": int(entry["id"]),
        "recorded": entry["recorded"],
        "action": entry["subtype"][-1]["code"],
        "outcome": {"0": "granted", "4": "denied"}[entry["outcome"]],
        "issuer": person["system"],
        "account": person["value"],
        "reason": entry.get("outcomeDesc"),
        "key_server": key["system"],
        "key": key["value"],
    }
