"""What a sender says: to whom, about which patient, what is asked, and who may open it when and how."""

from dataclasses import dataclass, replace
from typing import Any

from . import hints
from .header import time_text
from .report import Consent

_USUAL: dict[str, Any] = {"days": 7, "download": False}
_DAY = 86_400  # seconds


@dataclass(frozen=True)
class Letter:
    """What a sender says: to whom (contacts), about which patient, what is asked, and for how many days it opens.

    Addressed to nobody, it is whose who opens it first. It opens from `begin` on (seconds since 1970; 0 or None: now),
    `openings` times in all, `each` times for each person (0 or None: any number). Who opens it may save the photos, or
    only look at them (`download`), and sees their own name over them (`mark`; None: no). None for `days` and `download`
    is as the sender's organisation has it. `passkey`: whoever opens it must have signed in with one; `countries`
    (ISO 3166): must say that they work in one. `key_server` is an address, or empty for the portal's default.
    `recovery_key_changed`: the sender knows that their organisation has another one now. `site` is where on the body.
    """

    to: tuple[str, ...]
    patient: str
    question: str
    notes: str
    days: float | None
    begin: int | None = None
    openings: int | None = None
    each: int | None = None
    download: bool | None = None
    passkey: bool | None = None
    countries: tuple[str, ...] = ()
    key_server: str = ""
    recovery_key_changed: bool = False
    mark: bool | None = None
    site: str = ""
    consent: Consent | None = None

    def decided(self, account: dict[str, Any]) -> "Letter":
        """Return it with what its sender says nothing of as their organisation has it, or as is usual."""
        defaults = _USUAL | (account.get("organisation") or {}).get("defaults", {})
        left_open = [name for name in _USUAL if getattr(self, name) is None]
        return replace(self, **{name: defaults[name] for name in left_open})

    def asked(self) -> dict[str, Any]:
        """Return what the portal is asked for to begin a report: PASSES.md."""
        return {"recipients": list(self.to)} | ({"key_server": self.key_server} if self.key_server else {})

    def policy(self, recipients: list[str], now: int) -> dict[str, Any]:
        """Return the policy that the key server keeps, of a letter that is decided; `now` in seconds since 1970.

        `recipients` are the letter's in their one form, as the portal has told them.
        """
        return {
            "recipients": recipients,
            "not_before": time_text(self.begin) if self.begin else None,
            "not_after": time_text(end(self.begin, self.days or 0, now)),
            "most_each": self.each or None,
            "most": self.openings or None,
            "download": self.download,
            "passkey": bool(self.passkey),
            "jurisdictions": list(self.countries),
            "mark": self.mark,
        }


def end(begin: int | None, days: float, now: int) -> int:
    """Return when it ends to open what opens for some days, from `begin` or from now on; seconds since 1970."""
    return max(now, begin or 0) + round(days * _DAY)


def links(address: str, link_text: str, named: list[str]) -> tuple[str, dict[str, str]]:
    """Return the link for whoever is named, and where there are several, each one's own, by contact.

    `address` is all before the link share. A hint that two of them share is no hint: neither gets it.
    """
    told = [hints.hint(contact) for contact in named]
    found = {
        contact: address + (hints.with_hint(link_text, contact) if told.count(hint) == 1 else link_text)
        for contact, hint in zip(named, told, strict=True)
    }
    return (found[named[0]], {}) if len(named) == 1 else (address + link_text, found)
