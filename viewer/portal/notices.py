"""Tells senders that somebody asks to open their photos, was refused, or used the recovery key: by a short message.

The portal reads the logs of its key servers for that (events.py). A notice is first kept, with the log's reading, then
taken out of the database and sent: two processes never send the same one, and one that a gateway refuses is tried
again.
"""

import logging
from datetime import UTC, datetime
from typing import Any, NamedTuple

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from sealed.header import parse_time

from .. import clock, log_key
from ..config import Settings
from ..database import Database
from ..text import N_, _, date, speaking
from . import events, limits, messages, received
from .ids import new_id
from .models import Account, Contact, Notice, Report

DAY = 86_400  # seconds; what is older is no news
# Notices about one report in a day: whoever has a link must not fill a phone.
MOST = {"asked": 10, "denied": 1, "recovered": 10}
TRIES = 5  # the pauses between them: 1, 4, 16 and 64 minutes
WORDS = {
    "asked": (
        N_("Somebody asks to open photos you sent"),
        N_("Somebody asks you to let them open the photos that you sent on {sent}. See who, and answer:"),
    ),
    "denied": (
        N_("Somebody was not let in to photos you sent"),
        N_("Somebody tried to open the photos that you sent on {sent}, and was refused. See who, and why:"),
    ),
    "recovered": (
        N_("Photos you sent were opened with the recovery key"),
        N_("The photos that you sent on {sent} were opened with your organisation's recovery key by {who}. See it:"),
    ),
}
_ANSWERS = 100  # of one key server, before another one's turn: none can keep the others from being read
_log = logging.getLogger("safelight")


class _Letter(NamedTuple):
    contact: str
    subject: str
    text: str


class Notices:
    """What one process of a portal does about notices. `step` does all that is to be done now."""

    def __init__(self, settings: Settings, database: Database, reader: events.Reader) -> None:
        self._settings, self._database, self._reader = settings, database, reader
        self._key_servers = tuple(log_key.servers(settings))
        self._down: set[str] = set()

    def step(self) -> None:
        """Read what is new in the logs, and send what is due."""
        for key_server in self._key_servers:
            try:
                after, answers = events.claim(self._database, key_server), 0
                while after is not None and answers < _ANSWERS:
                    after, answers = self._read(key_server, after), answers + 1
            except Exception as error:  # what one of them makes up must not hide the others
                _log.error("a key server's events: unexpected %s", type(error).__name__)
        while (notice := self._take()) is not None:
            self._send(notice)

    def _read(self, key_server: str, after: int) -> int | None:
        """Read on behind an entry; return behind which to read on at once, or None where there is no more."""
        try:
            answer = self._reader.fetch(key_server, after)
        except requests.RequestException as error:
            if key_server not in self._down:  # told once, not every few seconds
                _log.error("a key server's events cannot be read: %s", type(error).__name__)
            self._down.add(key_server)
            return None
        self._down.discard(key_server)
        found: list[dict[str, Any]] = answer["events"]
        if answer["size"] <= after:  # put back from a backup: it begins again, and what is older than a day is no news
            found, last = [], -1
        elif not found or found[-1]["number"] <= after:
            return None
        else:
            last = found[-1]["number"]
        with self._database.write() as session:
            if not events.advance(session, key_server, after, last):
                return None
            for event in found:
                self._keep(session, key_server, event)
        return last

    def _keep(self, session: Session, key_server: str, event: dict[str, Any]) -> None:
        """Keep a notice of an event, if it is one to tell. What one key server says of another's keys is nothing."""
        report = session.get(Report, event["key"])
        if report is None or report.key_server != key_server:
            return
        received.note(session, self._settings.portal_url, report, event)
        kind = _kind(event)
        if kind is None or _age(event) > DAY:
            return
        if (event["issuer"], event["account"]) == (self._settings.portal_url, report.sender_id):
            return  # senders know what they have tried themselves
        is_new = limits.spend(session, f"notice {kind} {report.id}", MOST[kind], DAY)
        if is_new and limits.spend_message(session, self._settings):
            notice = Notice(id=new_id(), report_id=report.id, kind=kind, due_at=clock.now(), tries=0)
            notice.account = event["account"] if "{who}" in WORDS[kind][1] else ""
            session.add(notice)

    def _take(self) -> Notice | None:
        """Take a notice that is due out of the database, so that nobody else sends it."""
        due = select(Notice).where(Notice.due_at <= clock.now()).order_by(Notice.due_at).limit(1)
        with self._database.read() as session:
            if session.scalar(due) is None:
                return None
        with self._database.write() as session:
            notice = session.scalar(due.with_for_update(skip_locked=True))
            if notice is not None:
                session.delete(notice)
            return notice

    def _send(self, notice: Notice) -> None:
        """Send it; where the gateway does not take it, put it back for later."""
        letter = self._letter(notice)
        try:
            if letter:
                messages.send(self._settings, *letter)
        except messages.NotSent:
            tries = notice.tries + 1
            if tries < TRIES:
                due_at = clock.now() + 60 * 4**notice.tries
                with self._database.write() as session:
                    again = Notice(id=notice.id, report_id=notice.report_id, kind=notice.kind, account=notice.account)
                    again.due_at, again.tries = due_at, tries
                    session.add(again)

    def _letter(self, notice: Notice) -> _Letter | None:
        """Return a notice in words, to its sender's main contact; None where nobody can be reached.

        It names no patient, since the portal knows of none; and not who asked, since phones show messages to anybody.
        Who used the recovery key it does name: that is a colleague, who must not be able to do it unseen.
        """
        with self._database.read() as session:
            report = session.get_one(Report, notice.report_id)
            own = select(Contact).join(Account).where(Account.id == report.sender_id, Account.disabled_at.is_(None))
            verified = own.where(Contact.verified_at.is_not(None))
            verified = verified.order_by(Contact.is_main.desc(), Contact.verified_at.desc())
            reached = (c.value for c in session.scalars(verified) if messages.can_reach(self._settings, c.value))
            contact = next(reached, None)
            account = session.get(Account, notice.account) if notice.account else None
        sent = datetime.fromtimestamp(report.created_at, UTC)
        subject, sentence = WORDS[notice.kind]
        with speaking(self._settings.language):
            who = (account and account.name) or _("an administrator of it")
            words = _(sentence, sent=date(sent, "MMMMd"), who=who)
            subject = _(subject)
        return _Letter(contact, subject, f"{words} {self._settings.portal_url}/sent/{report.id}") if contact else None


def _kind(event: dict[str, Any]) -> str | None:
    if event["reason"] == "sign_in_needed":
        return None  # whoever opens it is sent to the key server's own sign-in by this: no news
    if event["outcome"] == "denied":
        return "denied"
    return {"ask": "asked", "recover": "recovered"}.get(event["action"])


def _age(event: dict[str, Any]) -> int:
    """Return how many seconds ago an event was recorded."""
    return clock.now() - int(parse_time(event["recorded"]).timestamp())
