"""Station 9 in the recipient's browser: the share is asked for, its entry in the log proved, then it is opened."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from sealed import notes, receipts
from sealed.errors import N_, BadProof
from sealed.released import RELEASE, Request, logged_file, may_save, rules, size_of

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
    """One request for a server share: however often it is made, it is one release."""

    def __init__(self, report_id: str, key_server: str, log_key: str, remembered: str) -> None:
        self._report, self._key_server, self._remembered = report_id, key_server, remembered
        self._key = notes.read_key(log_key)
        self._witnessed = ""
        self._request_id = secrets.token_urlsafe(24)
        self._pair: KeyPair | None = None

    async def witness(self, file_host: str) -> None:
        """Learn from a file host what it has seen of the log: this release must go on from that too."""
        self._witnessed = await logs.witnessed(file_host, self._key)

    async def release(self, authorization: str) -> Released:
        """Ask for the release. Raises web.Refused, BadProof, WrongKeyOrDamaged."""
        self._pair = self._pair or await KeyPair.generate()
        point = base64.urlsafe_b64encode(self._pair.public).decode().rstrip("=")
        sizes = {"log_size": self._remembered, "witnessed_size": self._witnessed}
        body = {"hpke_key": point} | {name: size_of(note, self._key) for name, note in sizes.items()}
        url = f"{self._key_server}/v1/keys/{self._report}/release"
        try:
            answer = await web.post(url, authorization, self._request_id, body)
        except web.Refused as refused:
            if refused.error == "used_before":
                self._request_id = secrets.token_urlsafe(24)
            raise
        return await self._open(answer, self._pair)

    async def acknowledge(self, released: Released, saved: bool = False) -> None:
        """Say that what was released could be seen, or was saved: an entry of its own. Raises web.Refused."""
        # A fresh pass: on a slow line the first photo takes longer to come than the release's own is good for.
        authorization = await web.get_pass(self._report, "key:release", self._key_server)
        url = f"{self._key_server}/v1/keys/{self._report}/acknowledgements"
        said = {"entry": released.told["entry"]["number"], "saved": saved}
        await web.post(url, authorization, self._request_id, said)

    async def _open(self, answer: Any, pair: KeyPair) -> Released:
        request = Request(RELEASE, self._key_server, self._report, self._request_id)
        await logs.verify(request.check(answer, self._key, self._remembered, self._witnessed))
        entry: str = answer["entry"]
        if logged_file(entry) != answer["file"]["sha256"]:
            raise BadProof(_OTHER_FILE)
        sealed = base64.urlsafe_b64decode(answer["sealed_share"] + "=" * (-len(answer["sealed_share"]) % 4))
        share = await pair.open(sealed, request.info(entry.encode()))
        said, receipt = json.loads(entry), receipts.read(answer["receipt"])
        told = {
            "entry": {"number": receipt.number, "recorded": said["recorded"]},
            "proof": {"entry": entry, "receipt": answer["receipt"]},
            "rules": rules(entry),
            "download": may_save(entry),
            "log": {"origin": self._key.name, "checkpoint": receipt.note.write()},
        }
        return Released(share, answer["file"]["sha256"], answer["file"]["length"], told)
