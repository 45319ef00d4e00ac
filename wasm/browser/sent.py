"""What senders see of their reports, and do about them: how they stand, what happened, proofs, consent, changes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sealed import entries, notes, receipts
from sealed.errors import N_, BadProof
from sealed.header import TIME_FORMAT
from sealed.released import check_since, size_of

from . import logs, proofs, told, web
from .text import _

_RULES = ("not_before", "not_after", "most", "most_each", "download", "mark")
_LISTED_OTHERWISE = N_(
    "The key server lists this entry otherwise than its log has it. "
    "Do not rely on the list; tell whoever runs the key server."
)


@dataclass(frozen=True)
class Own:
    """A report of the person who is signed in: its id, its key server (URL), and names by account, "you" included."""

    report: str
    key_server: str
    names: dict[str, str]

    async def standing(self) -> dict[str, Any]:
        """Return how the report stands, for a line of the list. Raises web.Refused."""
        return self._state(await self._read("policy"))

    async def activity(self) -> dict[str, Any]:
        """Return all there is to see: how it stands, who waits, what happened, newest first. Raises web.Refused."""
        standing, log, asked = [await self._read(what) for what in ("policy", "log", "requests")]
        policy, entries = standing["policy"], log["entries"]
        shown = [told.entry(one, self.names, entries[0]["issuer"]) for one in reversed(entries)]
        return self._state(standing) | {
            "entries": shown,
            "requests": [one | {"who": self._name(one["account"])} for one in asked["requests"]],
            "consents": [one | {"who": self._name(one["account"])} for one in asked["consents"]],
            "rules": {name: policy[name] for name in _RULES},
            "who": told.who(standing, self.names),
        }

    async def prove(self, said: dict[str, Any], log_key: str, remembered: str) -> dict[str, Any]:
        """Prove a listed entry: the log has it, as it is listed, and still all that this browser saw of it before.

        `said` is told.said of it, `remembered` the checkpoint seen last. Raises web.Refused, BadProof.
        """
        key, number = notes.read_key(log_key), int(said["number"])
        answer = await self._read(f"log/{number}?since={size_of(remembered, key)}")
        try:
            entry, path = answer["entry"].encode(), [notes.read_hash(one) for one in answer["consistency"]]
            listed = entries.read(entry)
        except (AttributeError, LookupError, TypeError, ValueError, BadProof):
            raise BadProof(_LISTED_OTHERWISE) from None
        proved = receipts.check(answer.get("receipt"), entry, key)
        check_since(remembered, proved.checkpoint, path)
        await logs.verify(proved)
        if proved.number != number or listed != said | {"key_server": self.key_server, "key": self.report}:
            raise BadProof(_LISTED_OTHERWISE)
        note = receipts.read(answer["receipt"]).note.write()
        return {"entry": answer["entry"], "receipt": answer["receipt"], "checkpoint": note}

    async def consent(self, account: str) -> dict[str, Any]:
        """Let an account that has asked open once. Raises web.Refused."""
        await self._write("POST", "consents", {"account": account})
        return {}

    async def withdraw(self) -> dict[str, Any]:
        """Let nobody open it from now on. Raises web.Refused."""
        await self._write("POST", "revoke")
        return {}

    async def change(self, typed: dict[str, str]) -> dict[str, Any]:
        """Change when it opens, how often, and how it may be seen; the rest, people too, stays. Raises web.Refused.

        `typed` has `not_before` and `not_after` (RFC 3339 in UTC), `most` and `most_each` as text, empty for no limit,
        and `download` and `mark`, empty for no.
        """
        if not typed["not_after"]:
            raise web.Refused("bad_policy", "Say until when the photos can be opened.")
        changes = {name: _time(typed[name]) for name in ("not_before", "not_after")}
        counts = {name: _count(typed[name]) for name in ("most", "most_each")}
        asked = (await self._read("policy"))["policy"]
        asked |= {name: bool(typed[name]) for name in ("download", "mark")}
        await self._write("PUT", "policy", asked | changes | counts)
        return {}

    def _name(self, account: str) -> str:
        return self.names.get(account, _(told.NOBODY))

    def _state(self, standing: dict[str, Any]) -> dict[str, Any]:
        now = datetime.fromtimestamp(proofs.now(), UTC).strftime(TIME_FORMAT)
        return {"state": told.state(standing, now), "waiting": standing["waiting"]}

    async def _read(self, what: str) -> Any:
        authorization = await web.kept_pass(self.report, "log:read", self.key_server)
        return await web.ask("GET", self._url(what), authorization)

    async def _write(self, method: str, what: str, body: dict[str, Any] | None = None) -> None:
        authorization = await web.get_pass(self.report, "policy:write", self.key_server)
        await web.ask(method, self._url(what), authorization, body)

    def _url(self, what: str) -> str:
        return f"{self.key_server}/v1/keys/{self.report}/{what}"


def _time(typed: str) -> str | None:
    """Return a time as policies have it, whole seconds; None where none was typed."""
    return f"{typed[:19]}Z" if typed else None


def _count(typed: str) -> int | None:
    text = typed.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= 4):
        raise web.Refused("bad_policy", "How often must be a number from 1 to 1000, or empty for no limit.")
    return int(text)
