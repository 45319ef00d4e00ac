"""The institution's own sign-in, beside the portal's pass: begun, brought to an end, and asked for (SIGN_IN.md).

A portal that lies can sign passes for anyone. It cannot sign in for anyone here: what a pass alone asks for is refused.
One sign-in is good for one account, one report and one session key.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from sealed.base32 import encode_id

from .. import clock, contacts
from ..database import Database
from ..oidc import PATIENCE, Provider, Turn
from ..passes import Pass
from ..problems import Problem
from ..sign_ins import SignIn as Told
from ..sql import sql
from .commits import Commits
from .models import Key, SignIn

GOOD = 8 * 3600  # seconds that it is good for: a shift; it ends before that with the session key
MOST = 20  # sign-ins of one account that have begun and not ended
BACK = "/sign-in/back"  # where the provider sends people back, below the key server's own address
RETURNS = {"link": "/r/", "file": "/open/", "sent": "/sent/", "program": ""}
"""Where somebody goes afterwards: a page of the portal's about the report, or back to a program, by a typed code."""

_FORGET = "DELETE FROM sign_in WHERE until < ?"
_WAITING = "SELECT count(*) FROM sign_in WHERE issuer = ? AND account = ? AND jkt IS NULL"
_BEGIN = (
    "INSERT INTO sign_in (id, issuer, account, key_id, returns, binding, until, contacts) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, '')"
)
_ENTER = "UPDATE sign_in SET browser = ? WHERE id = ? AND until >= ? AND code IS NULL RETURNING issuer"
_FINISH = (
    "UPDATE sign_in SET browser = NULL, code = ?, subject = ?, person = ?, contacts = ? "
    "WHERE browser = ? AND until >= ? AND code IS NULL RETURNING issuer, key_id, returns"
)
# With the same key once more: the answer to the first try may have been lost. It lasts no longer for that.
_REDEEM = (
    "UPDATE sign_in SET jkt = ?, until = CASE WHEN jkt IS NULL THEN ? ELSE until END WHERE binding = ? AND code = ? "
    "AND issuer = ? AND account = ? AND key_id = ? AND until >= ? AND (jkt IS NULL OR jkt = ?) RETURNING until"
)


@dataclass(frozen=True)
class Came:
    """Somebody has signed in: for a report of an issuer's; the code is for whoever began it."""

    issuer: str
    report: str
    returns: str
    code: str

    @property
    def address(self) -> str:
        """The portal's page to go back to, the code in its fragment, which no server gets; empty for a program."""
        path = RETURNS[self.returns]
        return f"{self.issuer}{path}{self.report}#signed-in={self.code}" if path else ""


@dataclass(frozen=True)
class OwnSignIn:
    """What demands it: the provider, what people call it, and this server's secret (32 bytes)."""

    name: str
    issuer: str
    provider: Provider
    secret: bytes = field(repr=False)
    database: Database
    commits: Commits

    @classmethod
    def of(cls, told: Told | None, url: str, secret: bytes, database: Database, commits: Commits) -> "OwnSignIn | None":
        """Return the sign-in that the key server at `url` demands, if any."""
        if told is None:
            return None
        return cls(told.name, told.issuer, Provider(told, url + BACK, "email phone"), secret, database, commits)

    def begin(self, asker: Pass, binding: bytes, returns: str) -> str:
        """Return the name, in its page's address, of a new sign-in; `binding` is the SHA-256 of the asker's secret.

        Nothing is looked up: it begins for an id that nobody has as for any other. Raises Problem 429.
        """
        name, now = encode_id(secrets.token_bytes(16)), clock.now()

        def note(session: Session) -> None:
            sql(session, _FORGET, (now,))
            [(waiting,)] = sql(session, _WAITING, (asker.issuer, asker.account))
            if waiting >= MOST:
                raise Problem(429, "too_many", "You have begun to sign in too often. Try again in 15 minutes.")
            row = (_hash(name), asker.issuer, asker.account, asker.object, returns, binding, now + PATIENCE)
            sql(session, _BEGIN, row)

        self.commits.run(note)
        return name

    def begun(self, name: str) -> SignIn | None:
        """Return a sign-in that somebody has begun and that has not come to its end."""
        with self.database.read() as session:
            found = session.get(SignIn, _hash(name))
        return found if found and found.code is None and found.until >= clock.now() else None

    def enter(self, name: str) -> tuple[str, str] | None:
        """Bind a sign-in to a browser; return that browser's secret and the provider's address; None where it is over.

        Raises Problem 503.
        """
        if self.begun(name) is None:
            return None  # the provider is asked for nobody who only knocks here
        browser = secrets.token_urlsafe(32)
        address = self.provider.address(Turn.of(self.secret, browser))
        found = self.commits.run(lambda session: sql(session, _ENTER, (_hash(browser), _hash(name), clock.now())))
        return (browser, address) if found else None

    def finish(self, browser: str, answer: dict[str, str]) -> Came | None:
        """Learn from the provider who came back in a browser; None where that browser has no sign-in under way.

        Raises oidc.NotSignedIn, Problem 503.
        """
        with self.database.read() as session:
            found = session.scalars(select(SignIn).where(SignIn.browser == _hash(browser))).one_or_none()
        if found is None or found.until < clock.now():
            return None
        person = self.provider.person(answer, Turn.of(self.secret, browser))
        code = encode_id(secrets.token_bytes(16))
        known = " ".join(contacts.pseudonym(self.secret, one) for one in person.contacts)
        by_name = contacts.pseudonym(self.secret, f"{self.issuer} {person.subject}")
        row = (_hash(code), person.subject, by_name, known, _hash(browser), clock.now())
        ended = self.commits.run(lambda session: sql(session, _FINISH, row))
        if not ended:
            return None
        [(issuer, report, returns)] = ended
        return Came(issuer, report, returns, code)

    def redeem(self, asker: Pass, secret: str, code: str) -> int:
        """Make a sign-in good for the asker's session key; return until when. Raises Problem 403.

        Who began it has the secret, who came back has the code: only who is both gets anything.
        """
        now = clock.now()
        said, of = (_hash(secret), _hash(code.strip().upper())), (asker.issuer, asker.account, asker.object)
        row = (asker.jkt, now + GOOD, *said, *of, now, asker.jkt)
        found = self.commits.run(lambda session: sql(session, _REDEEM, row))
        if not found:
            raise Problem(403, "sign_in_over", "This sign-in is over, or was begun elsewhere. Begin it again.")
        return int(found[0][0])


def refusal(session: Session, asker: Pass, known: Collection[str | None]) -> tuple[str | None, SignIn | None]:
    """Return why somebody's own sign-in does not do, or None, and the sign-in where there is one.

    `known` are the pseudonyms of those whom it may be; empty: any person of the provider's. What the portal says of
    contacts does not count here.
    """
    mine = select(SignIn).filter_by(issuer=asker.issuer, account=asker.account, key_id=asker.object, jkt=asker.jkt)
    found = session.scalars(mine.where(SignIn.until >= clock.now())).all()
    for one in found:
        if not known or not set(known).isdisjoint(one.contacts.split()):
            return None, one
    return ("sign_in_other" if found else "sign_in_needed"), None


def refusal_of_owner(session: Session, key: Key, owner: Pass) -> str | None:
    """Return why an owner's own sign-in does not do for letting others in; None where it does.

    It must be of the person whose contact the pass named that made the key: a portal that lies later cannot change it.
    """
    return refusal(session, owner, {key.owner_contact})[0]


def logged(own: OwnSignIn | None, asker: Pass, found: SignIn | None) -> tuple[Pass, dict[str, str]]:
    """Return as whom, and with which details, the log has what a sign-in was shown for.

    The provider's name for a person is committed to like an address: it can be erased.
    """
    if own is None or found is None:
        return asker, {}
    return replace(asker, observed=(*asker.observed, ("subject", found.subject or ""))), {"sign_in": own.issuer}


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
