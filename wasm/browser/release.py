"""A server share in the browser: asked for, its entry in the log proved, then opened (stations 4 and 9)."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from sealed import base64url, notes, receipts
from sealed.errors import N_, BadProof
from sealed.released import CREATE, RELEASE, Request, logged_file, may_save, rules, size_of

from . import logs, web
from .hpke import KeyPair

_OTHER_FILE = N_("The log names another file than the one that was sent. The photos are not shown; ask the sender.")


@dataclass(frozen=True)
class Released:
    """A server share (32 bytes) whose release is proved to be in the log, and the file that it is for.

    `told` is for the page: the entry's number and time, its own bytes with their receipt, the checkpoint to remember,
    and what the entry says of the policy.
    """

    server_share: bytes = field(repr=False)
    file_sha256: str
    file_length: int
    told: dict[str, Any]


class Share:
    """One request for a server share, RELEASE or CREATE: however often it is made, it is one entry of the log."""

    def __init__(self, report_id: str, key_server: str, log_key: str, remembered: str, action: str = RELEASE) -> None:
        self._report, self._key_server, self._remembered = report_id, key_server, remembered
        self._key, self._action = notes.read_key(log_key), action
        self._witnessed = ""
        self._request_id = secrets.token_urlsafe(24)
        self._pair: KeyPair | None = None

    async def witness(self, file_host: str) -> None:
        """Learn from a file host what it has seen of the log: this release must go on from that too."""
        self._witnessed = await logs.witnessed(file_host, self._key)

    async def create(self, authorization: str, policy: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """Have the key made; return its server share (32 bytes), and the checkpoint to remember.

        Raises web.Refused, BadProof, WrongKeyOrDamaged.
        """
        answer, share = await self._ask(authorization, policy)
        return share, self._log(answer)

    async def release(self, authorization: str) -> Released:
        """Ask for the release. Raises web.Refused, BadProof, WrongKeyOrDamaged."""
        answer, share = await self._ask(authorization, {})
        entry: str = answer["entry"]
        if logged_file(entry) != answer["file"]["sha256"]:
            raise BadProof(_OTHER_FILE)
        told = {
            "entry": {"number": receipts.read(answer["receipt"]).number, "recorded": json.loads(entry)["recorded"]},
            "proof": {"entry": entry, "receipt": answer["receipt"]},
            "rules": rules(entry),
            "download": may_save(entry),
            "log": self._log(answer),
        }
        return Released(share, answer["file"]["sha256"], answer["file"]["length"], told)

    async def acknowledge(self, released: Released, saved: bool = False) -> None:
        """Say that what was released could be seen, or was saved: an entry of its own. Raises web.Refused."""
        # A fresh pass: on a slow line the first photo takes longer to come than the release's own is good for.
        authorization = await web.get_pass(self._report, "key:release", self._key_server)
        said = {"entry": released.told["entry"]["number"], "saved": saved}
        await web.post(f"{self._url}/acknowledgements", authorization, self._request_id, said)

    async def _ask(self, authorization: str, more: dict[str, Any]) -> tuple[Any, bytes]:
        """Ask for the share; return the answer, whose entry is proved to be in the log, and what is sealed in it."""
        pair = self._pair = self._pair or await KeyPair.generate()
        point = base64url.encode(pair.public)
        notes_seen = {"log_size": self._remembered, "witnessed_size": self._witnessed}
        body = more | {"hpke_key": point} | {name: size_of(note, self._key) for name, note in notes_seen.items()}
        url = self._url if self._action == CREATE else f"{self._url}/{self._action}"
        try:
            answer = await web.post(url, authorization, self._request_id, body)
        except web.Refused as refused:
            if refused.error == "used_before":
                self._request_id = secrets.token_urlsafe(24)
            raise
        request = Request(self._action, self._key_server, self._report, self._request_id)
        await logs.verify(request.check(answer, self._key, self._remembered, self._witnessed))
        sealed = base64url.decode(answer["sealed_share"])
        return answer, await pair.open(sealed, request.info(answer["entry"].encode()))

    def _log(self, answer: Any) -> dict[str, str]:
        return {"origin": self._key.name, "checkpoint": receipts.read(answer["receipt"]).note.write()}

    @property
    def _url(self) -> str:
        return f"{self._key_server}/v1/keys/{self._report}"
