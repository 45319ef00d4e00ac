"""Tells a person what was changed in their account, at their other contacts: whoever changed it might be a stranger.

A letter is kept with the change itself, then taken out of the database and sent, and tried again where a gateway does
not take it.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import clock
from ..config import Settings
from ..database import Database
from ..problems import Problem
from ..text import N_, _, speaking
from . import limits, messages
from .ids import new_id
from .models import Contact
from .person_models import Letter

MOST = 30  # changes of one account in a day: each is told in messages, which cost
TRIES = 5  # the pauses between them: 1, 4, 16 and 64 minutes
WORDS = {
    "contact_added": N_("{what} can be used to sign in to your Safelight account from now on."),
    "contact_removed": N_("{what} has been removed from your Safelight account."),
    "hospital_added": N_("The sign-in of {what} can be used for your Safelight account from now on."),
    "hospital_removed": N_("The sign-in of {what} has been removed from your Safelight account."),
    "contact_moved": N_(
        "{what} belongs to another Safelight account now: somebody showed that they receive messages there."
    ),
    "main_changed": N_("Messages of Safelight go to {what} first from now on."),
    "passkey_added": N_("The passkey {what} can be used to sign in to your Safelight account from now on."),
    "passkey_refused": N_(
        "The passkey {what} was refused: somebody may have a copy of it. Remove it, and make a new one."
    ),
    "passkey_removed": N_("The passkey {what} has been removed from your Safelight account."),
    "erased": N_("Your Safelight account has been erased."),
}
_LOOK = N_("If it was not you, sign in at {url}/account and look: you can end all sessions there, and undo it.")
_GONE = N_("If it was not you, tell whoever runs Safelight for you.")


def tell(session: Session, settings: Settings, account: str, kind: str, what: str = "", but: str = "") -> None:
    """Let an account's verified contacts be told of a change, in the write transaction of the change itself.

    `kind` is one of WORDS, `what` is put into its sentence; `but` is a contact that need not be told. What is told goes
    out soon after the COMMIT (beside.wake: at once). Raises Problem 429 beyond MOST changes in a day.
    """
    if kind != "erased" and not limits.spend(session, f"changes {account}", MOST, limits.DAY):
        raise Problem(429, "too_many", _("Your account was changed very often today. Go on tomorrow."))
    with speaking(settings.language):  # a stranger who changes it must not choose one that its owner does not read
        subject, sentence = _("Your Safelight account"), _(WORDS[kind], what=what)
        after = _(_GONE) if kind == "erased" else _(_LOOK, url=settings.portal_url)
    its = Contact.account_id == account, Contact.verified_at.is_not(None), Contact.value != but
    for contact in session.scalars(select(Contact.value).where(*its)):
        if messages.can_reach(settings, contact):
            letter = Letter(id=new_id(), contact=contact, subject=subject, due_at=clock.now(), tries=0)
            letter.text = f"{sentence} {after}"
            session.add(letter)
    session.flush()


class Letters:
    """What one process of a portal does about letters. `step` sends whatever is due."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database

    def step(self) -> None:
        """Send what is due."""
        while (letter := self._take()) is not None:
            try:
                messages.send(self._settings, letter.contact, letter.subject, letter.text)
            except messages.NotSent:
                self._put_back(letter)

    def _take(self) -> Letter | None:
        """Take a letter that is due out of the database, so that nobody else sends it."""
        due = select(Letter).where(Letter.due_at <= clock.now()).order_by(Letter.due_at).limit(1)
        with self._database.read() as session:
            if session.scalar(due) is None:
                return None
        with self._database.write() as session:
            letter = session.scalar(due.with_for_update(skip_locked=True))
            if letter is not None:
                session.delete(letter)
            return letter

    def _put_back(self, letter: Letter) -> None:
        if letter.tries + 1 == TRIES:
            return
        again = Letter(id=letter.id, contact=letter.contact, subject=letter.subject, text=letter.text)
        again.due_at, again.tries = clock.now() + 60 * 4**letter.tries, letter.tries + 1
        with self._database.write() as session:
            session.add(again)
