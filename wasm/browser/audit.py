"""What auditors see of their organisation's part of a log: each entry is proved on this device before it is shown."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sealed import entries, notes, receipts
from sealed.entries import Audited
from sealed.errors import N_
from sealed.released import size_of

from . import logs, told, web
from .text import _

LAST = 2**53 - 1  # no entry has this number: the largest that a page can say
_MOST = 10_000  # entries of one file: about 40 MB, which a page can still hold
_REASONS = {
    "not_available": N_("The photos were not sent to this person."),
    "revoked": N_("The photos had been withdrawn or deleted."),
    "expired": N_("The time for opening them was over."),
    "not_yet": N_("It was too early."),
    "sign_in_needed": N_("They had not signed in at the key server itself."),
    "sign_in_other": N_("They had signed in at the key server as somebody else."),
    "passkey_needed": N_("They had signed in without a passkey."),
    "claimed": N_("Somebody else had opened the link first."),
    "elsewhere": N_("The sender allows certain countries only."),
    "used_up": N_("They had been opened as often as the sender allows."),
    "look_only": N_("The sender lets them be looked at, not saved."),
    "disabled": N_("This person's account was disabled."),
}
# By action and outcome: a word for the page's colours, and what happened; {who} did it.
_HAPPENED = {
    ("create", "granted"): ("own", N_("{who} began to send photos")),
    ("register", "granted"): ("own", N_("{who} sent the photos")),
    ("policy", "granted"): ("own", N_("{who} changed who can open them, when or how often")),
    ("ask", "granted"): ("ask", N_("{who} asked to be let in")),
    ("ask", "denied"): ("denied", N_("{who} asked to be let in, in vain")),
    ("policy", "denied"): ("denied", N_("{who} tried to change who can open them, in vain")),
    ("consent", "denied"): ("denied", N_("{who} tried to let somebody open them, in vain")),
    ("consent", "granted"): ("own", N_("{who} let somebody open them once")),
    ("revoke", "granted"): ("own", N_("{who} withdrew the photos")),
    ("delete", "granted"): ("own", N_("{who} deleted the photos everywhere")),
    ("release", "granted"): ("opened", N_("{who} opened the photos")),
    ("release", "denied"): ("denied", N_("{who} was refused")),
    ("acknowledge", "granted"): ("opened", N_("The photos reached the screen of {who}")),
    ("save", "granted"): ("opened", N_("{who} saved the photos")),
    ("recover", "granted"): ("opened", N_("{who} opened the photos with the recovery key")),
    ("recover", "denied"): ("denied", N_("{who} was refused, with the recovery key")),
    ("audit", "granted"): ("own", N_("{who} read this log")),
}


@dataclass(frozen=True)
class Audit:
    """An organisation (id) at one key server (URL); names by account of its own people, who are of one issuer (URL)."""

    organisation: str
    key_server: str
    log_key: str
    issuer: str
    names: dict[str, str]

    async def audited(self, begin: int, end: int, before: int, remembered: str) -> dict[str, Any]:
        """Return entries recorded from `begin` to `end` (seconds since 1970), newest first, those before a number.

        `checkpoint` is the one to remember, if any; `more`: there may be older ones. Raises web.Refused, BadProof.
        """
        page, checkpoint = await self._page(begin, end, before, remembered)
        shown = [self._shown(one) for one in page]
        return {"entries": shown, "checkpoint": checkpoint, "more": len(page) == entries.PAGE}

    async def export_audited(self, begin: int, end: int, remembered: str) -> dict[str, Any]:
        """Return all those entries as a file (LOG.md section 10), and how many they are. Raises as `audited` does."""
        lines: list[bytes] = []
        before = LAST
        while True:
            page, checkpoint = await self._page(begin, end, before, remembered)
            if not page:
                return {"text": b"".join(lines).decode(), "count": len(lines), "checkpoint": remembered}
            lines += [one.line() + b"\n" for one in page]
            if len(lines) > _MOST:
                raise web.Refused(
                    "too_much", _("These are more than {most} entries. Choose fewer days.", most=f"{_MOST:,}")
                )
            before, remembered = page[-1].said["number"], checkpoint

    async def prove_audited(self, said: dict[str, str], log_key: str, remembered: str) -> dict[str, Any]:
        """Prove one entry once more, by its own receipt. Raises BadProof."""
        _, proved = entries.check(said["entry"], said["receipt"], notes.read_key(log_key))
        await logs.verify(proved)
        return said | {"checkpoint": remembered}  # it is of a page that has been seen: nothing newer to remember

    async def _page(self, begin: int, end: int, before: int, remembered: str) -> tuple[list[Audited], str]:
        key = notes.read_key(self.log_key)
        query = {"from": begin, "to": end, "before": before, "since": size_of(remembered, key)}
        authorization = await web.kept_pass(self.organisation, "log:audit", self.key_server)
        url = f"{self.key_server}/v1/organisations/{self.organisation}/log?{urlencode(query)}"
        answer = await web.ask("GET", url, authorization)
        page, proved = entries.read_page(answer, key, remembered)
        if proved is None:
            return [], ""
        await logs.verify(proved)
        return page, receipts.read(page[0].receipt).note.write()

    def _shown(self, one: Audited) -> dict[str, Any]:
        said, observed = one.said, one.observed
        nobody = _("somebody else ({account})", account=said["account"][:6])
        who = self.names.get(said["account"], nobody) if said["issuer"] == self.issuer else nobody
        happened = said["action"], said["outcome"]
        kind, words = _HAPPENED.get(happened, ("own", N_("{action}, {outcome}, by {who}")))
        opening = who[:1].upper() + who[1:] if who == nobody and words.startswith("{who}") else who
        return {
            "number": said["number"],
            "recorded": said["recorded"],
            "kind": kind,
            "title": _(words, who=opening, action=happened[0], outcome=happened[1]),
            "reason": _(_REASONS.get(said["reason"] or "", "")),
            "report": "" if said["key"] == self.organisation else said["key"],
            "account": said["account"],
            "declared": observed.get("jurisdiction", ""),
            "address": observed.get("address", ""),
            "browser": told.browser(observed.get("user_agent", "")),
            "said": {"entry": one.entry, "receipt": one.receipt},
        }
