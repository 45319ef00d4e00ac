"""The play: Dr Ada sends the sample report to a registrar, follows its log, and may take it back."""

import threading
import time
from pathlib import Path
from typing import Any

from ..cli.sender import line, told
from ..sender import Letter, Sent, send
from ..sender.client import Client, ClientError
from . import disk
from .inbox import Inbox, Message

SENDER, SENDER_NAME, HOSPITAL = "ada@example.org", "Dr Ada Example", "Demo Hospital"
# Reserved for fiction by Australia's ACMA ("Phone numbers for use in TV shows, films and creative works").
RECIPIENT = "+61491570006"
PATIENT = "SAMPLE 0042-17"
_PHOTOS = sorted((Path(__file__).parent / "photos").glob("*.jpg"))
_LETTER = Letter(
    to=(RECIPIENT,),
    patient=PATIENT,
    question="Excise the mole, or see it again in three months?",
    notes=(
        "1. Mole on the forearm: darker since May.\n2. Rash on the shoulder: two days, no fever.\n"
        "3. Sutured cut on the lower leg: day five.\n(These pictures are drawn. There is no such patient.)"
    ),
    days=7,
)
# The first is in the file, so that the search can be seen to find something.
WORDS = ("SAFELIT1", PATIENT, SENDER_NAME[:6], "JFIF")


class Stage:
    """What has happened so far. `home` keeps the sender's session, `blobs` is the file host's folder."""

    def __init__(self, portal: str, home: Path, blobs: Path, inbox: Inbox) -> None:
        self._client = Client(portal, home)
        self._blobs, self._inbox = blobs, inbox
        self._speaking = threading.Lock()  # two threads use the one client: the page's and the terminal's
        self._sent: Sent | None = None
        self._report: dict[str, Any] = {}
        self._entries: list[dict[str, Any]] = []

    def send(self) -> Sent:
        """Send the sample as its sender does; let the link arrive as from her own phone.

        The link share passes through no server of ours: a phone network carries it.
        """
        self._sign_in()
        self._sent = send(self._client, _PHOTOS, _LETTER, lambda step, done, total: None)
        text = f"Photos of the patient I rang you about. Tap to open them:\n{self._sent.link}"
        self._inbox.put(Message("sms", RECIPIENT, SENDER_NAME, "", text, time.time()))
        return self._sent

    def blob(self, report: str) -> Path:
        """Return where a sealed report lies on the disk."""
        return self._blobs / f"{report}.sealed"

    def look(self) -> None:
        """Ask the key server for the log, as `safelight activity` does. Raises ClientError."""
        with self._speaking:
            try:
                self._fetch()
            except ClientError as error:
                if error.error != "sign_in":
                    raise
                self._sign_in()  # signed out in a shell, or half a day has gone by

    def revoke(self) -> None:
        """Withdraw the report, as `safelight revoke` does. Raises ClientError."""
        if self._sent is None:
            raise ClientError("not_yet", "The photos have not been sent yet. Try again in a moment.")
        with self._speaking:
            self._with_pass("POST", "revoke", "policy:write")
            self._fetch()

    def lines(self) -> list[str]:
        """Return the log as `safelight activity` prints it, oldest first."""
        return [line(entry, self._report["people"]) for entry in list(self._entries)]

    def told(self) -> dict[str, Any]:
        """Return everything the page shows, ready for JSON; before the report is sent, next to nothing."""
        if self._sent is None or not self._entries:
            return {"report": None}
        entries = list(self._entries)
        return {
            "report": self._sent.report,
            "log": [entry | {"told": told(entry, self._report["people"])} for entry in entries],
            "signed_in": bool(self._report["people"]),
            "messages": [message.told() for message in self._inbox.newest_first()],
            "file": disk.look(self.blob(self._sent.report), WORDS),
        }

    def _fetch(self) -> None:
        reports = self._client.ask("GET", "/api/reports")["reports"]
        self._report = next(found for found in reports if self._sent and found["id"] == self._sent.report)
        self._entries = self._with_pass("GET", "log", "log:read")["entries"]

    def _with_pass(self, method: str, what: str, scope: str) -> Any:
        report = self._report["id"]
        return self._client.with_pass(method, f"{self._report['key_server']}/v1/keys/{report}/{what}", report, scope)

    def _sign_in(self) -> None:
        """Sign in with a code from the inbox, and keep her mail out of the visitor's sight."""
        before = len(self._inbox.messages)
        try:
            self._client.sign_in(SENDER, lambda to: self._inbox.code_for(SENDER, before))
        except TimeoutError:
            raise ClientError("no_code", "Dr Ada's code has not arrived. Is another demo just starting?") from None
        self._inbox.forget(SENDER)
