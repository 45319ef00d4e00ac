"""An inbox for trying out: takes mail by SMTP and SMS by HTTP, and keeps both in memory.

A stand-in for a mail provider and an SMS gateway: it takes what they would take, from
Apprise's own mailto:// and json:// senders.
"""

import email
import email.policy
import re
import threading
import time
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from .. import contacts

_SMS_LIMIT = 1600  # characters, ten parts: what gateways take at most


@dataclass(frozen=True)
class Message:
    """What has arrived: `kind` is `mail` or `sms`; `at` is seconds since 1970."""

    kind: str
    to: str
    sender: str
    subject: str
    text: str
    at: float

    @property
    def code(self) -> str | None:
        """The code in it, where there is one."""
        found = re.search(r"\b\d{6,10}\b", self.text)
        return found[0] if found else None

    def told(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return asdict(self) | {"code": self.code}


class Inbox:
    """Everybody's mailbox and phone on this machine."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._arrived = threading.Condition()

    def put(self, message: Message) -> None:
        """Let a message arrive."""
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()

    def newest_first(self) -> list[Message]:
        """Return all messages."""
        return self.messages[::-1]

    def forget(self, contact: str) -> None:
        """Throw away the messages to one contact."""
        with self._arrived:
            self.messages = [message for message in self.messages if message.to != contact]

    def code_for(self, contact: str, after: int = 0) -> str:
        """Wait for a message to `contact` behind the first `after` ones; return its code."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: self._codes(contact, after), timeout=30):
                raise TimeoutError("no code has arrived")
            return self._codes(contact, after)[-1]

    def _codes(self, contact: str, after: int) -> list[str]:
        return [message.code for message in self.messages[after:] if message.to == contact and message.code]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail (aiosmtpd's hook)."""
        content = envelope.original_content or b""
        parsed = email.message_from_bytes(content, EmailMessage, policy=email.policy.default)
        body = parsed.get_body(("plain",)) if isinstance(parsed, EmailMessage) else None
        text = body.get_content() if body else ""
        subject, sender = str(parsed["subject"] or ""), str(parsed["from"] or "")
        for to in envelope.rcpt_tos:
            self.put(Message("mail", to, sender, subject, text.strip(), time.time()))
        return "250 OK"

    def sms(self, to: str) -> ResponseReturnValue:
        """Take an SMS as Apprise's json:// sends it."""
        body: Any = request.get_json(silent=True)
        text = body.get("message") if isinstance(body, dict) else None
        if not contacts.is_mobile(to) or not isinstance(text, str) or not 0 < len(text) <= _SMS_LIMIT:
            return jsonify(error="not an SMS"), 400
        self.put(Message("sms", to, str(body.get("title") or "Safelight"), "", text, time.time()))
        return "", 204

    def listed(self) -> ResponseReturnValue:
        """All messages as JSON, newest first."""
        return jsonify(messages=[message.told() for message in self.newest_first()])


class Running:
    """An inbox's two servers on 127.0.0.1: SMTP and HTTP, each on a port (0: any free one)."""

    def __init__(self, inbox: Inbox, app: Flask, smtp_port: int = 0, http_port: int = 0) -> None:
        app.post("/sms/<to>")(inbox.sms)
        app.get("/messages")(inbox.listed)
        self._http = make_server("127.0.0.1", http_port, app, threaded=True)
        self.http_port = self._http.server_port
        self._smtp = Controller(inbox, hostname="127.0.0.1", port=smtp_port or _free_port())
        self.smtp_port = self._smtp.port
        self._smtp.start()
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def settings(self) -> dict[str, str]:
        """Return the settings by which a portal sends its messages here."""
        mail = f"mailto://127.0.0.1:{self.smtp_port}?mode=insecure&from=safelight@localhost.example&to={{to}}"
        return {"SAFELIGHT_MAIL": mail, "SAFELIGHT_SMS": f"json://127.0.0.1:{self.http_port}/sms/{{to}}"}

    def stop(self) -> None:
        """End both servers."""
        self._smtp.stop()
        self._http.shutdown()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
