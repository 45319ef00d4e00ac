"""What senders see of their reports, and do about them: how they stand, what happened, proofs, consent, changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sealed import entries, hints, letter, notes, receipts
from sealed.errors import N_, BadProof
from sealed.header import time_text
from sealed.released import check_since, size_of

from . import logs, proofs, told, web
from .text import _

_RULES = ("not_before", "not_after", "most", "most_each", "download", "mark", "passkey", "jurisdictions")
_HALF_CHANGED = N_(
    "The change is half made: the portal knows whom you name, but the key server, which decides, does not. "
    "Save it again."
)
_HALF_DELETED = N_("Nobody can open the photos any more, but not everything is deleted yet. Delete them once more.")
_LISTED_OTHERWISE = N_(
    "The key server lists this entry otherwise than its log has it. "
    "Do not rely on the list; tell whoever runs the key server."
)


@dataclass(frozen=True)
class Own:
    """A report of the person who is signed in: its id, its key server and file host (URLs), and names by account, "you"
    included. `deleted`: the portal knows that it was deleted everywhere."""

    report: str
    key_server: str
    file_host: str
    names: dict[str, str]
    deleted: bool

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
            "claimed": self._name(standing["claimed_by"]) if standing["claimed_by"] else "",
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

    async def delete(self) -> dict[str, Any]:
        """Let nobody ever open it again, its sender neither. Raises web.Refused.

        First the key, then the file, then whom it was for: what breaks off leaves nothing that opens, and is done
        again from its beginning. Only the whole of it is told as deleted.
        """
        url = f"{self.key_server}/v1/keys/{self.report}"
        await web.ask("DELETE", url, await web.get_pass(self.report, "policy:write", self.key_server))
        try:
            await self._delete_file()
            await web.tell_portal("DELETE", f"/api/reports/{self.report}")
        except web.Refused as refused:
            raise web.Refused(refused.error, f"{_(_HALF_DELETED)} {_(refused.message)}") from None
        return {}

    async def _delete_file(self) -> None:
        url = f"{self.file_host}/v1/blobs/{self.report}"
        authorization = await web.get_pass(self.report, "blob:delete")
        try:
            await web.ask("DELETE", url, authorization)
        except web.Refused as refused:
            if refused.error != "not_available":  # it was attached to a message, or is gone already
                raise

    async def change(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Change who can open it, when, how often, and how it may be seen. Raises web.Refused.

        `typed` may have `not_before` and `not_after` (RFC 3339 in UTC), `most` and `most_each` as text, empty for no
        limit; `download`, `mark` and `passkey`, empty for no; `jurisdictions` (countries), empty for any; `recipients`
        (contacts), empty for whoever opens it first. What is not there stays as it is.
        """
        changes = {name: _READ[name](value) for name, value in typed.items() if name in _READ}
        body = (await self._read("policy"))["policy"] | changes
        to = typed.get("recipients")
        if to is None:
            await self._write("PUT", "policy", body)
        else:
            await self._send_to(to, body)
        return {}

    async def _send_to(self, to: list[str], policy: dict[str, Any]) -> None:
        """Name others: at the portal, which reads what was typed, then at the key server, which decides."""
        path = f"/api/reports/{self.report}/recipients"
        before = await web.tell_portal("GET", path)
        named = await web.tell_portal("PUT", path, {"recipients": to})
        try:
            await self._write("PUT", "policy", policy | named)
        except web.Refused as refused:
            raise await self._put_back(path, before, refused) from None

    async def _put_back(self, path: str, before: dict[str, Any], refused: web.Refused) -> web.Refused:
        """Name again whom the key server goes by, where it has said no; return what to say."""
        undone = refused.error not in web.PASSING and not before["unknown"]
        try:
            if undone:
                await web.tell_portal("PUT", path, {"recipients": before["recipients"]})
        except web.Refused:
            undone = False
        return refused if undone else web.Refused(refused.error, f"{_(_HALF_CHANGED)} {_(refused.message)}")

    async def links(self, address: str, fragment: str) -> dict[str, Any]:
        """Return the link that a device has kept, for whoever is named by now; and where several are, their own.

        `address` is the portal's, `fragment` what stands behind the link's #. Raises web.Refused.
        """
        to = (await web.tell_portal("GET", f"/api/reports/{self.report}/recipients"))["recipients"]
        link, links = letter.links(f"{address}/r/{self.report}#", hints.split(fragment)[0], to)
        told = [{"contact": contact, "link": one} for contact, one in links.items()]
        return {"to": to, "link": link, "links": told}

    def _name(self, account: str) -> str:
        return self.names.get(account, _(told.NOBODY))

    def _state(self, standing: dict[str, Any]) -> dict[str, Any]:
        now = time_text(proofs.now())
        state = told.state(standing, now)
        if standing.get("deleted") and not self.deleted:
            state = {"kind": "unfinished", "words": _(_HALF_DELETED)}
        # Who waits for what is taken back waits in vain: there is no answer to give.
        return {"state": state, "waiting": 0 if standing["revoked"] else standing["waiting"]}

    async def _read(self, what: str) -> Any:
        authorization = await web.kept_pass(self.report, "log:read", self.key_server)
        return await web.ask("GET", self._url(what), authorization)

    async def _write(self, method: str, what: str, body: dict[str, Any] | None = None) -> None:
        authorization = await web.get_pass(self.report, "policy:write", self.key_server)
        await web.ask(method, self._url(what), authorization, body)

    def _url(self, what: str) -> str:
        return f"{self.key_server}/v1/keys/{self.report}/{what}"


def _end(typed: str) -> str | None:
    if not typed:
        raise web.Refused("bad_policy", "Say until when the photos can be opened.")
    return _time(typed)


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


_READ: dict[str, Callable[[Any], Any]] = {
    "not_before": _time,
    "not_after": _end,
    "most": _count,
    "most_each": _count,
    "download": bool,
    "mark": bool,
    "passkey": bool,
    "jurisdictions": list,
}
